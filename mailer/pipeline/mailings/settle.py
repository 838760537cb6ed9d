"""Settles an uncertain copy, or releases a held one: what the secretary decides about single copies."""

from mailer.domain.circulation import ADDRESS_CHANGED, Judged, why_lost
from mailer.domain.delivery import Delivery, Event, State
from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.deliveries import find_delivery
from mailer.pipeline.mailings.entitle import judge_people
from mailer.pipeline.mailings.pause import cancel_waiting_copies
from mailer.pipeline.mailings.steps import cancelled
from mailer.store import Connection, issues, mailings
from mailer.store.copies import deliveries


def settle_delivery(context: Context, identity: int, *, accepted: bool) -> tuple[str, State]:
    """Count an uncertain copy as accepted, or send it once more, with the same Message-ID, so that it is recognisable.

    A cancelled mailing sends nothing again: there the copy is cancelled too, and its reader is owed one by a supplement.
    Returns the issue and the copy's new state. Refused for a copy that is not uncertain.
    """
    with context.store.transaction() as connection:
        delivery = find_delivery(connection, identity)
        if delivery.state is not State.UNCERTAIN:
            raise Refused(f"delivery {identity} is {delivery.state}, not uncertain: there is nothing to settle")
        mailing = mailings.mailing(connection, delivery.mailing)
        if accepted:
            _move(connection, delivery, Event.SETTLED_ACCEPTED)
        else:
            _move(connection, delivery, Event.SETTLED_RESEND, judged_by="")
            if mailing.state is MailingState.CANCELLED:
                cancel_waiting_copies(connection, mailing.id)
            else:
                _reopen(connection, mailing)
        context.record(connection, "settle", f"delivery {identity}", "accepted" if accepted else "resend")
        return str(mailing.issue), find_delivery(connection, identity).state


def release_delivery(context: Context, identity: int) -> str:
    """Make a held copy pending again, with the register's present address and words for it; returns the address.

    Refused while its reader is not entitled: the reason is named.
    """
    with context.store.transaction() as connection:
        delivery = find_delivery(connection, identity)
        if delivery.state is not State.HELD:
            raise Refused(f"delivery {identity} is {delivery.state}, not held: there is nothing to release")
        mailing = mailings.mailing(connection, delivery.mailing)
        revision = issues.revision_of(connection, mailing)
        judged = judge_people(connection, context, revision, {delivery.person}).get(delivery.person)
        reason = why_lost(judged, delivery.language, {delivery.address})
        address = judged.candidate.seat.address if judged else None
        if (reason is not None and reason != ADDRESS_CHANGED) or address is None:
            raise Refused(
                f"delivery {identity}: {delivery.label} is not entitled now ({reason})",
                Action.EXPLAIN.of(delivery.person, mailing.issue),
            )
        _reopen(connection, mailing)
        words = _present_words(judged, delivery)
        _move(connection, delivery, Event.RELEASED, judged_by="", address=address.wire, **words)
        context.record(connection, "release", f"delivery {identity}", reason or delivery.held_reason or "")
        return address.wire


def _reopen(connection: Connection, mailing: Mailing) -> None:
    if mailing.state is MailingState.CANCELLED:
        raise cancelled(mailing)
    if mailing.state is MailingState.CLOSED:
        # False when another copy of it has just reopened it: that serves as well.
        mailings.move(connection, mailing, take(mailing.state, Step.REOPEN))


def _present_words(judged: Judged | None, delivery: Delivery) -> dict[str, str]:
    """The name and salutation that the register has now, since a missing one may be why the copy was held."""
    seat = judged.candidate.seat if judged else None
    return {
        "name": (seat.names.get(delivery.language) if seat else None) or delivery.copy.name,
        "salutation": (seat.salutations.get(delivery.language) if seat else None) or delivery.copy.salutation,
    }


def _move(connection: Connection, delivery: Delivery, event: Event, **also: object) -> None:
    if not deliveries.move(connection, delivery, event, **also):
        raise Refused(
            f"delivery {delivery.id} has just been changed by another person or process",
            Action.SHOW_COPY.of(delivery.id),
        )
