"""What people decide about a mailing: approve it, withdraw that, send, pause, resume, cancel."""

from datetime import timedelta

from mailer.domain.delivery import Event, State
from mailer.domain.errors import NotFound, Refused
from mailer.domain.mailing import Approval, Mailing, MailingState, SendStart, Step, take
from mailer.domain.remedy import Action, Note
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.compile import inputs_hash
from mailer.pipeline.issues.proof import prove
from mailer.pipeline.issues.shelf import find_revision
from mailer.store import Connection, history, issues, mailings
from mailer.store.copies import deliveries

# A mailing in one of these is not begun by `send`: it goes on, or stands as it is.
GOES_ON = frozenset({MailingState.SENDING, MailingState.CLOSED})


def approve(context: Context, name: IssueName) -> Approval:
    """Bind this person's approval to the hashes of content, circulation and compiled editions.

    Every copy has been made once. Raises Refused where nothing is planned or the plan is no longer what would go out,
    CannotRender naming each person whose copy cannot be made.
    """
    with context.store.reading() as connection:
        found = first_mailing(connection, name)
        _step(found, Step.APPROVE)
        _refuse_drifted(connection, context, found)
    copies = prove(context, found)
    with context.store.transaction() as connection:
        _refuse_drifted(connection, context, found)
        now = context.clock.now()
        _move(connection, found, Step.APPROVE, approved_hash=found.seal, approved_by=context.who, approved_at=now)
        note(connection, context, "approve", name, f"seal {found.seal[:12]}, {copies} copies")
        tested = mailings.was_tested(connection, found.content_hash, found.editions_hash)
    untested = Note("no test mailing of exactly this was sent", (Action.TEST.of(name),))
    return Approval(copies=copies, warnings=() if tested else (untested,))


def withdraw(context: Context, name: IssueName) -> None:
    """The approval is gone; the issue may be edited, pulled and planned again. Refused once sending began."""
    with context.store.transaction() as connection:
        found = first_mailing(connection, name)
        _withdraw(connection, context, found, "by hand")


def send(context: Context, name: IssueName, *, copies: int | None = None) -> SendStart:
    """Begin a planned mailing, or go on with one under way; `undo_minutes` pass before the first message.

    `copies` is the number that a person has confirmed: Refused when it is another one by now. Raises what `ready` does,
    and CannotRender naming each person whose copy cannot be made.
    """
    found = ready(context, name)
    if found.state in GOES_ON:
        with context.store.reading() as connection:
            return SendStart(copies=_copies(connection, found), starts_at=found.starts_at or context.clock.now())
    return begin(context, found, copies=copies)


def ready(context: Context, name: IssueName) -> Mailing:
    """The mailing that `send` would begin, or the one that is under way or done (its state is in GOES_ON).

    Raises Refused when it is paused or cancelled, when an approval is missing, or when it no longer seals what would go
    out: it is then withdrawn.
    """
    with context.store.reading() as connection:
        every = _all(connection, name)
        under_way = [one for one in every if one.state is MailingState.SENDING]
        found = under_way[-1] if under_way else every[0]
        if found.state in GOES_ON:
            return found
        if found.state is MailingState.PAUSED:
            raise Refused(f"{name} is paused", Action.RESUME.of(name))
        _step(found, Step.SEND)
        drift = drifted(connection, context, found)
    if drift and found.approved_hash:
        with context.store.transaction() as connection:
            _withdraw(connection, context, found, drift)
        raise Refused(f"the approval of {name} is void: {drift}; plan, test and approve it again")
    if drift:
        raise Refused(f"{name}: {drift}", Action.PLAN.of(name))
    if not may_leave(context, found):
        raise Refused(f"{name} is not approved: test it first", Action.APPROVE.of(name))
    return found


def may_leave(context: Context, found: Mailing) -> bool:
    """Whether the approval that is needed is there and holds; the stricter of the plan's and today's settings counts."""
    required = found.approval_required or context.newsletter(found.newsletter).approval_required
    return found.is_approved or not required


def begin(context: Context, found: Mailing, *, copies: int | None = None) -> SendStart:
    """Move a mailing to `sending`, every copy made once before; nothing leaves before its `starts_at`.

    One whose seal is approved had every copy made at its approval, and they are not made again: the seal is of this
    very content, circulation and editions, none of them changes while it stands, and a plan made anew is another
    mailing without an approval. Raises Refused when there are not so many `copies`, or when somebody has changed the
    mailing since it was read, CannotRender naming each person whose copy cannot be made.
    """
    with context.store.reading() as connection:
        pending = deliveries.counts(connection, [found.id])[State.PENDING]
    if copies is not None and pending != copies:
        raise Refused(f"{found.issue} has {pending} copies by now, not {copies}; look at it and send it again")
    if not found.is_approved:
        prove(context, found)
    with context.store.transaction() as connection:
        return begin_proved(connection, context, found, pending)


def begin_proved(connection: Connection, context: Context, found: Mailing, copies: int) -> SendStart:
    """Move a mailing whose copies were all made once to `sending`, from the state in which it was read."""
    if not found.supplement:  # a supplement goes out as it was approved, whatever was edited since
        _refuse_drifted(connection, context, found)
    newsletter = context.newsletter(found.newsletter)
    if newsletter.schedule.canary and newsletter.editors and not found.supplement:
        _refuse_untested(connection, found)
    undo = timedelta(minutes=newsletter.schedule.undo_minutes)
    starts_at = context.clock.now() + undo
    _move(connection, found, Step.SEND, starts_at=starts_at)
    note(
        connection,
        context,
        "send",
        IssueName.parse(found.issue),
        f"{copies} copies from {starts_at:%Y-%m-%d %H:%M:%S} UTC",
    )
    return SendStart(copies=copies, starts_at=starts_at)


def pause(context: Context, name: IssueName) -> None:
    """Nothing more leaves, but for what is being handed over at this moment. Nothing is lost."""
    _each(context, name, MailingState.SENDING, Step.PAUSE)


def resume(context: Context, name: IssueName) -> None:
    """A paused mailing goes on where it stopped."""
    _each(context, name, MailingState.PAUSED, Step.RESUME)


def cancel(context: Context, name: IssueName) -> int:
    """Every copy that has not left, and is not leaving at this moment, never will; returns how many."""
    cancelled = 0
    with context.store.transaction() as connection:
        now = context.clock.now()
        found = [
            one for one in _all(connection, name) if one.state not in {MailingState.CLOSED, MailingState.CANCELLED}
        ]
        if not found:
            raise Refused(f"{name} has no mailing that could be cancelled: it is closed or cancelled already")
        for one in found:
            _move(connection, one, Step.CANCEL, closed_at=now)
            cancelled += cancel_waiting(connection, one.id)
        note(connection, context, "cancel", name, f"{cancelled} copies")
    return cancelled


def cancel_waiting(connection: Connection, mailing: int) -> int:
    """Cancel the pending and held copies of a mailing; returns how many."""
    return sum(
        deliveries.move_all(connection, mailing, state, Event.CANCELLED) for state in (State.PENDING, State.HELD)
    )


def miss(connection: Connection, context: Context, found: Mailing) -> None:
    """A scheduled mailing that was not begun in time is held: a person is asked."""
    _move(connection, found, Step.MISSED, held_reason="missed_window")
    note(connection, context, "hold", IssueName.parse(found.issue), "missed_window")


def drifted(connection: Connection, context: Context, found: Mailing) -> str | None:
    """Why the plan is no longer what would go out if it were planned now; None when it still is."""
    newest = issues.latest_revision(connection, found.newsletter, found.serial)
    if newest is not None and newest.content_hash != found.content_hash:
        return "the issue was edited since it was planned"
    if inputs_hash(context, context.newsletter(found.newsletter)) != found.inputs_hash:
        return "a template, the fees or the newsletter's settings changed since it was planned"
    return None


def first_mailing(connection: Connection, name: IssueName) -> Mailing:
    """The issue's first mailing; NotFound says how to plan one."""
    found = mailings.mailings_of(connection, name.newsletter, name.serial)
    if not found:
        find_revision(connection, name)
        raise NotFound(f"{name} has no plan", Action.PLAN.of(name))
    return found[0]


def note(connection: Connection, context: Context, verb: str, name: IssueName, detail: str) -> None:
    """A line of history: who did what to which issue."""
    history.record(connection, at=context.clock.now(), who=context.who, verb=verb, subject=str(name), detail=detail)


def _refuse_drifted(connection: Connection, context: Context, found: Mailing) -> None:
    drift = drifted(connection, context, found)
    if drift:
        raise Refused(f"{found.issue}: {drift}", Action.PLAN.of(found.issue))


def _refuse_untested(connection: Connection, found: Mailing) -> None:
    """The editors are the first of a canary wave: they have had exactly this."""
    if not mailings.was_tested(connection, found.content_hash, found.editions_hash):
        raise Refused(
            f"{found.issue} goes out in waves ([send] canary), and the editors come first, but no test mailing of exactly "
            "this was sent",
            Action.TEST.of(found.issue),
        )


def _withdraw(connection: Connection, context: Context, found: Mailing, why: str) -> None:
    _step(found, Step.WITHDRAW)
    gone = {"approved_hash": None, "approved_by": None, "approved_at": None, "due_at": None}
    _move(connection, found, Step.WITHDRAW, **gone)
    note(connection, context, "withdraw", IssueName.parse(found.issue), why)


def _each(context: Context, name: IssueName, state: MailingState, step: Step) -> None:
    with context.store.transaction() as connection:
        every = _all(connection, name)
        found = [one for one in every if one.state is state]
        if not found:
            raise Refused(f"{name} is {every[-1].state}, not {state}: there is nothing to {step}")
        for one in found:
            _move(connection, one, step)
        note(connection, context, step, name, "")


def _all(connection: Connection, name: IssueName) -> list[Mailing]:
    first_mailing(connection, name)
    return mailings.mailings_of(connection, name.newsletter, name.serial)


def _copies(connection: Connection, found: Mailing) -> int:
    return sum(deliveries.counts(connection, [found.id]).values())


def _step(found: Mailing, step: Step) -> MailingState:
    try:
        return take(found.state, step)
    except ValueError:
        if step is Step.APPROVE and found.state is MailingState.APPROVED:
            raise Refused(f"{found.issue} is approved already, by {found.approved_by}") from None
        if step is Step.WITHDRAW and found.state is MailingState.PLANNED:
            raise Refused(
                f"{found.issue} has no approval to withdraw; edit it and pull it, then plan it again"
            ) from None
        raise Refused(
            f"{found.issue} is {found.state}: it cannot be {_DONE[step]}", Action.SHOW_STATUS.of(found.issue)
        ) from None


def _move(connection: Connection, found: Mailing, step: Step, **also: object) -> None:
    """Move a mailing from the state in which it was read; ids are never used again, so a new plan is another mailing."""
    if not mailings.move(connection, found, _step(found, step), **also):
        raise Refused(
            f"{found.issue} has just been changed by another person or process", Action.SHOW_STATUS.of(found.issue)
        )


_DONE = {
    Step.APPROVE: "approved",
    Step.WITHDRAW: "withdrawn",
    Step.SEND: "sent",
    Step.PAUSE: "paused",
    Step.RESUME: "resumed",
    Step.MISSED: "held",
    Step.CLOSE: "closed",
    Step.REOPEN: "sent again",
    Step.CANCEL: "cancelled",
}
