"""Pauses a mailing, resumes it, or cancels it."""

from mailer.domain.delivery import Event, State
from mailer.domain.errors import Refused
from mailer.domain.mailing import ENDED, MailingState, Step
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.steps import all_mailings, move_mailing
from mailer.store import Connection
from mailer.store.copies import deliveries


def pause_mailing(context: Context, name: IssueName) -> None:
    """Stop sending. A copy that is being handed over at this moment still leaves; nothing is lost."""
    _move_each(context, name, MailingState.SENDING, Step.PAUSE)


def resume_mailing(context: Context, name: IssueName) -> None:
    """Go on with a paused mailing where it stopped."""
    _move_each(context, name, MailingState.PAUSED, Step.RESUME)


def cancel_mailing(context: Context, name: IssueName) -> int:
    """Cancel all copies not sent yet; returns how many. A copy that is being handed over at this moment still leaves."""
    cancelled = 0
    with context.store.transaction() as connection:
        now = context.clock.now()
        unfinished = [mailing for mailing in all_mailings(connection, name) if mailing.state not in ENDED]
        if not unfinished:
            raise Refused(f"{name} has no mailing that could be cancelled: it is closed or cancelled already")
        for mailing in unfinished:
            move_mailing(connection, mailing, Step.CANCEL, closed_at=now)
            cancelled += cancel_waiting_copies(connection, mailing.id)
        context.record(connection, "cancel", name, f"{cancelled} copies")
    return cancelled


def cancel_waiting_copies(connection: Connection, mailing: int) -> int:
    """Cancel the pending and held copies of a mailing; returns how many."""
    return sum(
        deliveries.move_all(connection, mailing, state, Event.CANCELLED) for state in (State.PENDING, State.HELD)
    )


def _move_each(context: Context, name: IssueName, state: MailingState, step: Step) -> None:
    """Take the step with every mailing of the issue that is in this state; Refused when none is."""
    with context.store.transaction() as connection:
        every = all_mailings(connection, name)
        movable = [mailing for mailing in every if mailing.state is state]
        if not movable:
            raise Refused(f"{name} is {every[-1].state}, not {state}: there is nothing to {step}")
        for mailing in movable:
            move_mailing(connection, mailing, step)
        context.record(connection, step, name)
