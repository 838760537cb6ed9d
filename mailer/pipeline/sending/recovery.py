"""Clears up around a sender: copies that the dead left behind, relays that are down, mailings that are done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.pause import cancel_waiting_copies
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries
from mailer.store.ledger import leftovers, outages
from mailer.store.ledger.leftovers import Traces
from mailer.store.ledger.owners import Owner, owners_with_copies


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadSender:
    """A sending process that is proved to have ended, and its journal; None when that cannot be read."""

    owner: Owner
    traces: Traces | None


# Reads the journal of a sender; None while it may be alive.
JournalOfDead = Callable[[Owner], DeadSender | None]


def take_over(connection: Connection, context: Context, own: int, journal_of_dead: JournalOfDead) -> list[Owner]:
    """Free the copies of senders that are proved dead, by their journals, and those whose lease has ended.

    Returns the dead, whose journals are not needed any more. A person settles what is uncertain, whatever `on_unknown`
    says: this very copy might have ended the sender.
    """
    others = [owner for owner in owners_with_copies(connection) if owner.id != own]
    dead = [sender for sender in map(journal_of_dead, others) if sender is not None]
    _free(connection, context, {sender.owner.id: sender.traces for sender in dead}, maillog.copies_freed)
    return [sender.owner for sender in dead]


def free_own(connection: Connection, context: Context, own: int, traces: Callable[[], Traces | None]) -> None:
    """Free what is ours in the ledger while we have nothing in hand: it was claimed, and never reached us.

    Our own journal is asked all the same.
    """
    if any(owner.id == own for owner in owners_with_copies(connection)):
        _free(connection, context, {own: traces()}, maillog.copies_returned)


def _free(
    connection: Connection, context: Context, dead: Mapping[int, Traces | None], log: Callable[[int, int], None]
) -> None:
    pending, uncertain = leftovers.take_over(connection, dead=dead, now=context.clock.now())
    if pending or uncertain:
        log(pending, len(uncertain))


def relay_is_up(connection: Connection, context: Context) -> None:
    """The relay can be used again."""
    outages.end(connection, context.clock.now())


def relay_is_down(connection: Connection, context: Context, reason: str) -> None:
    """No relay can be used; the time to give up stands still."""
    outages.begin(connection, context.clock.now(), reason)
    maillog.relay_down(reason)


def tidy(connection: Connection, context: Context) -> set[int]:
    """Cancel what came back to a cancelled mailing, close what is done; returns the mailings that were closed."""
    for one in mailings.mailings_in(connection, [MailingState.CANCELLED]):
        if deliveries.any_waits(connection, one.id):
            cancel_waiting_copies(connection, one.id)
    closed = close_done(connection, context)
    for one in closed:
        maillog.mailing_moved(one.issue, "closed")
    return {one.id for one in closed}


def close_done(connection: Connection, context: Context) -> list[Mailing]:
    """Close every mailing in which nothing is pending or sending; returns those that were closed.

    A closed one to which a copy came back (a late reply, a copy settled or released) goes on first.
    """
    for one in mailings.mailings_in(connection, [MailingState.CLOSED]):
        if deliveries.any_waits(connection, one.id):
            mailings.move(connection, one, take(one.state, Step.REOPEN))
    now = context.clock.now()
    sending = mailings.mailings_in(connection, [MailingState.SENDING])
    return [
        one
        for one in sending
        if not deliveries.any_waits(connection, one.id)
        and mailings.move(connection, one, take(one.state, Step.CLOSE), closed_at=now)
    ]
