"""Begins to send a mailing, after every check."""

from dataclasses import dataclass

from mailer.domain.delivery import State
from mailer.domain.errors import MailerError, NotFound, Refused
from mailer.domain.mailing import Mailing, MailingState, SendStart, Step
from mailer.domain.progress import current_mailing
from mailer.domain.remedy import Action
from mailer.domain.worker_task import WorkerTask, batches
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.proof import prove
from mailer.pipeline.mailings.approve import withdraw_within
from mailer.pipeline.mailings.changes import accept_change, refuse_changed
from mailer.pipeline.mailings.drift import drift_of, refuse_drifted
from mailer.pipeline.mailings.four_eyes import refuse_one_person
from mailer.pipeline.mailings.pause import new_start
from mailer.pipeline.mailings.steps import all_mailings, move_mailing, next_state
from mailer.store import Connection, mailings, tests_sent
from mailer.store.copies import deliveries

# A mailing in one of these has begun already: `send` leaves it as it is.
BEGUN = frozenset({MailingState.SENDING, MailingState.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReview:
    """What a send comes to: so many `copies` leave after `undo_minutes`; `held` ones stay. With a `refusal` none does."""

    mailing: Mailing
    copies: int
    held: int
    undo_minutes: float
    refusal: MailerError | None


def send_mailing(
    context: Context, name: IssueName, *, copies: int | None = None, as_planned: bool = False
) -> SendStart:
    """Begin a planned mailing; one that has begun is left as it is. `undo_minutes` pass before the first message.

    `copies` is the number that a person has confirmed: Refused when there are more or fewer by now. Raises what
    `find_sendable` raises, and CannotRender naming each person whose copy cannot be made.
    """
    mailing = find_sendable(context, name, as_planned=as_planned)
    if mailing.state not in BEGUN:
        return begin_mailing(context, mailing, copies=copies, as_planned=as_planned)
    if as_planned and not mailing.has_begun:
        with context.store.transaction() as connection:
            accept_change(connection, context, mailing)
    with context.store.reading() as connection:
        number = sum(deliveries.counts(connection, [mailing.id]).values())
    return SendStart(copies=number, starts_at=mailing.starts_at or context.clock.now())


def find_sendable(context: Context, name: IssueName, *, as_planned: bool = False) -> Mailing:
    """The mailing that `send_mailing` would begin, or the one that has begun already.

    Raises Refused when it is paused or cancelled, when its approval is missing, or when it is approved but out of date:
    that approval is withdrawn. Until a copy has left, Refused too when the register says otherwise now, unless it is to
    go `as_planned`.
    """
    mailing, drift = _look(context, name, as_planned=as_planned)
    if drift and mailing.approved_hash:
        with context.store.transaction() as connection:
            withdraw_within(connection, context, mailing, drift)
        raise Refused(f"the approval of {name} is void: {drift}; plan, test and approve it again")
    _refuse_unready(context, mailing, drift, as_planned=as_planned)
    return mailing


def review_send(context: Context, name: IssueName, *, as_planned: bool = False) -> SendReview:
    """What `send_mailing` would begin now, or why it would refuse; nothing is changed. NotFound without a plan."""
    refusal: MailerError | None = None
    try:
        context.refuse_at_standstill(Action.SEND)
        mailing, drift = _look(context, name, as_planned=as_planned)
        _refuse_unready(context, mailing, drift, as_planned=as_planned)
    except NotFound:
        raise
    except MailerError as error:
        refusal = error
    with context.store.reading() as connection:
        mailing = current_mailing(all_mailings(connection, name))
        counts = deliveries.counts(connection, [mailing.id])
    return SendReview(
        mailing=mailing,
        copies=counts[State.PENDING],
        held=counts[State.HELD],
        undo_minutes=context.newsletter(mailing.newsletter).schedule.undo_minutes,
        refusal=refusal,
    )


def _look(context: Context, name: IssueName, *, as_planned: bool) -> tuple[Mailing, str | None]:
    """The mailing that `send` is about, and what has changed since it was planned where it has not begun."""
    with context.store.reading() as connection:
        every = all_mailings(connection, name)
        sending = [mailing for mailing in every if mailing.state is MailingState.SENDING]
        mailing = sending[-1] if sending else every[0]
        if mailing.state in BEGUN:
            if not (as_planned or mailing.has_begun):
                refuse_changed(connection, context, mailing, Action.SEND_AS_PLANNED)
            return mailing, None
        if mailing.state is MailingState.PAUSED:
            raise Refused(f"{name} is paused", Action.RESUME.of(name))
        next_state(mailing, Step.SEND)
        return mailing, drift_of(connection, context, mailing)


def _refuse_unready(context: Context, mailing: Mailing, drift: str | None, *, as_planned: bool) -> None:
    """Refused when an unbegun mailing is out of date, lacks an approval by another, or is not what the register says."""
    if mailing.state in BEGUN:
        return
    if drift:
        raise Refused(f"{mailing.issue}: {drift}", Action.PLAN.of(mailing.issue))
    with context.store.reading() as connection:
        if not may_leave(context, mailing):
            raise Refused(
                f"{mailing.issue} is not approved"
                if tests_sent.was_tested(connection, mailing.content_hash, mailing.editions_hash)
                else f"{mailing.issue} is not approved: test it first",
                Action.APPROVE.of(mailing.issue),
            )
        refuse_one_person(connection, context, mailing)
        if not as_planned:
            refuse_changed(connection, context, mailing, Action.SEND_AS_PLANNED)


def may_leave(context: Context, mailing: Mailing) -> bool:
    """Whether the mailing has the approval that it needs."""
    return mailing.may_leave(approval_required=context.newsletter(mailing.newsletter).approval_required)


def begin_mailing(
    context: Context, mailing: Mailing, *, copies: int | None = None, as_planned: bool = True
) -> SendStart:
    """Make every copy once, then move the mailing to `sending`; nothing leaves before its `starts_at`.

    The copies of an approved mailing were made at its approval and are not made again: its seal covers content,
    circulation and editions, and a new plan is another mailing without an approval. Raises Refused when there are more
    or fewer `copies`, or when another process has changed the mailing since it was read, CannotRender naming each
    person whose copy cannot be made. Where the register says otherwise, it goes `as_planned`, which the history keeps, or
    is refused.
    """
    context.refuse_at_standstill(Action.SEND)
    with context.store.reading() as connection:
        pending = deliveries.counts(connection, [mailing.id])[State.PENDING]
    if copies is not None and pending != copies:
        raise Refused(f"{mailing.issue} has {pending} copies by now, not {copies}; look at it and send it again")
    if not mailing.is_approved:
        prove(context, mailing)
    with context.store.transaction() as connection:
        if as_planned:
            accept_change(connection, context, mailing)
        else:
            refuse_changed(connection, context, mailing, Action.SEND_AS_PLANNED)
        return begin_within(connection, context, mailing, pending)


def begin_within(connection: Connection, context: Context, mailing: Mailing, copies: int) -> SendStart:
    """Move a mailing to `sending` within the transaction given. Every copy of it has been made once."""
    if not mailing.supplement:  # a supplement goes out as its issue was approved, whatever was edited since
        refuse_drifted(connection, context, mailing)
    refuse_one_person(connection, context, mailings.mailing(connection, mailing.id))  # its approval as it is now
    newsletter, starts_at = context.newsletter(mailing.newsletter), new_start(context, mailing)
    if newsletter.schedule.canary and newsletter.editors and not mailing.supplement:
        _refuse_untested(connection, mailing)
    move_mailing(connection, mailing, Step.SEND, starts_at=starts_at, stopped_at=None)
    context.bell(connection, WorkerTask.DELIVER, {mailing.id: batches(copies)}, starts_at)
    context.record(connection, "send", mailing.issue, f"{copies} copies from {starts_at:%Y-%m-%d %H:%M:%S} UTC")
    return SendStart(copies=copies, starts_at=starts_at)


def _refuse_untested(connection: Connection, mailing: Mailing) -> None:
    """Refused when the editors, who are the first of a canary wave, have not had a test of exactly this."""
    if not tests_sent.was_tested(connection, mailing.content_hash, mailing.editions_hash):
        raise Refused(
            f"{mailing.issue} goes out in waves ([send] canary), and the editors come first, but no test mailing of exactly "
            "this was sent",
            Action.TEST.of(mailing.issue),
        )
