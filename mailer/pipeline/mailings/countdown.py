"""Stops the countdown between "send" and the first copy, so that a mailing stands again as it did before."""

from collections.abc import Mapping

from mailer.domain.delivery import State
from mailer.domain.errors import Refused
from mailer.domain.mailing import UNDER_WAY, Mailing, MailingState, Step, StoppedCountdown
from mailer.domain.progress import current_mailing
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings.pause import cancel_waiting_copies
from mailer.pipeline.mailings.steps import all_mailings, cancelled, move_mailing
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries

# A copy in one of these states has not left and is in no sender's hands.
_UNTOUCHED = frozenset({State.PENDING, State.HELD, State.CANCELLED})


def find_stoppable(context: Context, name: IssueName) -> StoppedCountdown:
    """What `stop_countdown` would do now; nothing is changed. Raises what it raises."""
    with context.store.reading() as connection:
        return _stopped(connection, name, _stoppable(connection, name))


def stop_countdown(context: Context, name: IssueName) -> StoppedCountdown:
    """Bring a mailing of which no copy has left back to where it stood before "send", approved or planned.

    It does not leave by its schedule any more: only a person sends it, or approves it anew. A supplement of which no
    copy has left is cancelled, and its people are owed their copies again. Refused once a copy has left, or is in the
    hands of a sender at this moment: whichever of the two comes first to the rows of the mailing decides.
    """
    with context.store.transaction() as connection:
        mailings.lock(connection, name.newsletter, name.serial)  # a sender that claims holds the same rows
        stoppable, now = _stoppable(connection, name), context.clock.now()
        stopped = _stopped(connection, name, stoppable)
        for mailing in stoppable:
            if mailing.supplement:
                move_mailing(connection, mailing, Step.CANCEL, closed_at=now)
                cancel_waiting_copies(connection, mailing.id)
            else:
                step = Step.STOP if mailing.is_approved else Step.STOP_UNAPPROVED
                move_mailing(connection, mailing, step, starts_at=None, stopped_at=now)
        context.record(connection, Step.STOP, name, f"{stopped.copies} copies")
    return stopped


def _stopped(connection: Connection, name: IssueName, stoppable: list[Mailing]) -> StoppedCountdown:
    counts = deliveries.counts(connection, [mailing.id for mailing in stoppable])
    first = stoppable[0]
    back_to = MailingState.APPROVED if first.is_approved else MailingState.PLANNED
    return StoppedCountdown(
        issue=str(name),
        state=MailingState.CANCELLED if first.supplement else back_to,
        copies=counts[State.PENDING] + counts[State.HELD],
        supplements=tuple(mailing.supplement for mailing in stoppable if mailing.supplement),
    )


def _stoppable(connection: Connection, name: IssueName) -> list[Mailing]:
    every = all_mailings(connection, name)
    under_way = [mailing for mailing in every if mailing.state in UNDER_WAY]
    counts = deliveries.counts_by_mailing(connection, [mailing.id for mailing in under_way])
    stoppable = [mailing for mailing in under_way if nothing_has_left(mailing, counts[mailing.id])]
    if stoppable:
        return stoppable
    if under_way:
        raise Refused(
            f"a copy of {name} has left, or is leaving at this moment: the countdown is over",
            Action.PAUSE.of(name),
        )
    current = current_mailing(every)
    if current.state is MailingState.CANCELLED:
        raise cancelled(current)
    raise Refused(f"{name} is {current.state}: no countdown is running", Action.SHOW_STATUS.of(name))


def nothing_has_left(mailing: Mailing, counts: Mapping[str, int]) -> bool:
    """Whether no copy of the mailing has left or been refused, and no sender has one in hand, by its counts."""
    touched = any(number for state, number in counts.items() if state not in _UNTOUCHED)
    return mailing.first_handover_at is None and not touched
