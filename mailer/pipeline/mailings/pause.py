"""Pauses a mailing, resumes it, or cancels it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from mailer.domain.delivery import Event, State
from mailer.domain.errors import Refused
from mailer.domain.mailing import ENDED, Cancellation, Mailing, MailingState, Step
from mailer.domain.progress import current_mailing
from mailer.domain.remedy import Action
from mailer.domain.worker_task import WorkerTask
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.steps import all_mailings, cancelled, move_mailing
from mailer.store import Connection
from mailer.store.copies import deliveries


def pause_mailing(context: Context, name: IssueName) -> None:
    """Stop sending. A copy that is being handed over at this moment still leaves; nothing is lost.

    In the countdown the time of the first copy is cleared: `resume_mailing` sets another one.
    """
    now = context.clock.now()
    _move_each(
        context,
        name,
        MailingState.SENDING,
        Step.PAUSE,
        lambda each: {"starts_at": None} if each.counts_down(now) else {},
    )


def resume_mailing(context: Context, name: IssueName) -> None:
    """Go on with a paused mailing where it stopped; one that was paused in its countdown begins that anew."""
    _move_each(
        context,
        name,
        MailingState.PAUSED,
        Step.RESUME,
        lambda each: {"starts_at": new_start(context, each)} if each.starts_at is None else {},
    )


def new_start(context: Context, mailing: Mailing) -> datetime:
    """When the first copy leaves of a mailing that is begun now: `undo_minutes` from now."""
    return context.clock.now() + timedelta(minutes=context.newsletter(mailing.newsletter).schedule.undo_minutes)


def count_paused_copies(context: Context, name: IssueName) -> int:
    """How many copies `resume_mailing` would let go on; nothing is changed. Refused when no mailing of the issue is paused."""
    with context.store.reading() as connection:
        paused = _movable(all_mailings(connection, name), MailingState.PAUSED, Step.RESUME)
        return deliveries.counts(connection, [mailing.id for mailing in paused])[State.PENDING]


def find_cancellation(context: Context, name: IssueName) -> Cancellation:
    """What `cancel_mailing` would do now; nothing is changed. Refused when no mailing of the issue can be cancelled."""
    with context.store.reading() as connection:
        return _cancellation(connection, name, _unfinished(connection, name))


def cancel_mailing(context: Context, name: IssueName) -> Cancellation:
    """Cancel all copies not sent yet, for good. A copy that is being handed over at this moment still leaves.

    Only mailings that have not ended are cancelled: of an issue that has been sent, its supplement alone.
    """
    with context.store.transaction() as connection:
        now, unfinished = context.clock.now(), _unfinished(connection, name)
        cancellation = _cancellation(connection, name, unfinished)
        for mailing in unfinished:
            move_mailing(connection, mailing, Step.CANCEL, closed_at=now)
            cancel_waiting_copies(connection, mailing.id)
        detail = [*(f"supplement {number}" for number in cancellation.supplements), f"{cancellation.never} copies"]
        context.record(connection, "cancel", name, ", ".join(detail))
    return cancellation


def cancel_waiting_copies(connection: Connection, mailing: int) -> int:
    """Cancel the pending and held copies of a mailing; returns how many."""
    return sum(
        deliveries.move_all(connection, mailing, state, Event.CANCELLED) for state in (State.PENDING, State.HELD)
    )


def _unfinished(connection: Connection, name: IssueName) -> list[Mailing]:
    every = all_mailings(connection, name)
    unfinished = [mailing for mailing in every if mailing.state not in ENDED]
    if not unfinished:
        raise _ended(every)
    return unfinished


def _ended(every: list[Mailing]) -> Refused:
    mailing = current_mailing(every)
    if mailing.state is MailingState.CANCELLED:
        return cancelled(mailing)
    return Refused(f"{mailing.issue} has been sent: nothing of it waits", Action.SHOW_STATUS.of(mailing.issue))


def _cancellation(connection: Connection, name: IssueName, unfinished: list[Mailing]) -> Cancellation:
    counts = deliveries.counts(connection, [mailing.id for mailing in unfinished])
    return Cancellation(
        issue=str(name),
        whole_issue=not unfinished[0].supplement,
        supplements=tuple(mailing.supplement for mailing in unfinished if mailing.supplement),
        left=sum(counts[state] for state in (State.SENDING, State.ACCEPTED, State.UNCERTAIN, State.BOUNCED)),
        never=counts[State.PENDING] + counts[State.HELD],
    )


def _move_each(
    context: Context,
    name: IssueName,
    state: MailingState,
    step: Step,
    changed: Callable[[Mailing], Mapping[str, object]],
) -> None:
    """Take the step with every mailing of the issue that is in this state, each with what is `changed` in it.

    Refused when none is.
    """
    with context.store.transaction() as connection:
        for mailing in _movable(all_mailings(connection, name), state, step):
            move_mailing(connection, mailing, step, **changed(mailing))
            if step is Step.RESUME:
                context.bell(connection, WorkerTask.DELIVER, {mailing.id: 1})
        context.record(connection, step, name)


def _movable(every: list[Mailing], state: MailingState, step: Step) -> list[Mailing]:
    movable = [mailing for mailing in every if mailing.state is state]
    if not movable:
        current = current_mailing(every)
        if current.state is MailingState.CANCELLED:
            raise cancelled(current)
        remedies = [Action.WITHDRAW.of(current.issue)] if current.state is MailingState.APPROVED else []
        raise Refused(f"{current.issue} is {current.state}, not {state}: there is nothing to {step}", *remedies)
    return movable
