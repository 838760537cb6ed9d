"""Keeps order around the senders: frees copies of dead ones, notes outages, closes mailings that are done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.due import CLOCKS_DIFFER
from mailer.domain.mailing import Mailing, MailingState, Step, take
from mailer.domain.relay_limits import SlowRelay
from mailer.pipeline import maillog
from mailer.pipeline.bounces.breaker import pause_refused_by_relay
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.pause import cancel_waiting_copies
from mailer.pipeline.sending.turn import startable_mailings
from mailer.store import Connection, mailings, relay_paces
from mailer.store.ledger import claims, leftovers, outages
from mailer.store.ledger.leftovers import JournalEntries
from mailer.store.ledger.owners import Owner, end_owner, lock_dead, owners_of_uncertain, owners_with_copies
from mailer.store.ledger.unfinished import any_due, any_sending, unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadSender:
    """A sending process that is proved to have ended, and its journal; None when that cannot be read."""

    owner: Owner
    journal: JournalEntries | None


# Reads the journal of a sender; None while it may be alive.
JournalOfDead = Callable[[Owner], DeadSender | None]


def take_over(connection: Connection, context: Context, own: int, journal_of_dead: JournalOfDead) -> list[Owner]:
    """Free the copies of senders that are proved dead, by their journals, and those whose lease has ended.

    Returns those of the dead whose end is noted, since their journals are not needed any more. A person settles what is uncertain,
    whatever `on_unknown` says: this very copy might have ended the sender.
    """
    others = _with_copies(connection)
    others.pop(own, None)
    proved = [sender for sender in map(journal_of_dead, others.values()) if sender is not None]
    locked = lock_dead(connection, [sender.owner.id for sender in proved])
    dead = [sender for sender in proved if sender.owner.id in locked]
    _free(connection, context, {sender.owner.id: sender.journal for sender in dead}, maillog.copies_freed, alive=own)
    settle_by_journals(connection, dead)
    # A copy of theirs that another transaction has locked is not freed yet.
    left = _with_copies(connection) if dead else {}
    ended = [sender.owner for sender in dead if sender.owner.id not in left]
    for owner in ended:
        end_owner(connection, owner.id, context.clock.now())
    for mailing, starts_at in _dated_ahead(connection, context):
        mailings.change(connection, mailing.id, starts_at=starts_at)
        maillog.mailing_moved(mailing.issue, f"begins at {starts_at:%Y-%m-%d %H:%M:%S} UTC: the clock was ahead before")
    return ended


def _with_copies(connection: Connection) -> dict[int, Owner]:
    """The processes with copies in hand, and those whose journals may settle uncertain ones, by id."""
    return {owner.id: owner for owner in [*owners_with_copies(connection), *owners_of_uncertain(connection)]}


def settle_by_journals(connection: Connection, dead: Collection[DeadSender]) -> None:
    """Settle the copies of these senders, which have nothing in hand, that are uncertain since their leases ended."""
    settled = leftovers.settle(connection, dead={sender.owner.id: sender.journal for sender in dead})
    if settled:
        maillog.copies_settled_by_journal(settled)


def _dated_ahead(connection: Connection, context: Context) -> list[tuple[Mailing, datetime]]:
    """The mailings whose first copy would leave later than `undo_minutes` from now, with the time that they have then.

    They were begun while the clock was ahead, by more than the clocks of two machines differ.
    """
    now, dated = context.clock.now(), []
    for mailing in mailings.mailings_in(connection, [MailingState.SENDING]):
        newsletter = context.newsletters.get(mailing.newsletter)
        if newsletter is None or mailing.starts_at is None:
            continue
        latest = now + timedelta(minutes=newsletter.schedule.undo_minutes)
        if mailing.starts_at > latest + CLOCKS_DIFFER:
            dated.append((mailing, latest))
    return dated


def free_own(connection: Connection, context: Context, own: int, journal: Callable[[], JournalEntries | None]) -> None:
    """Free what is ours in the ledger while we have nothing in hand: it was claimed, and never reached us.

    Our own journal says the same, and is read to be sure. Others may have found such copies uncertain meanwhile.
    """
    if any(owner.id == own for owner in owners_with_copies(connection)):
        _free(connection, context, {own: journal()}, maillog.copies_returned)
    for owner in owners_of_uncertain(connection):
        if owner.id == own:
            settle_by_journals(connection, [DeadSender(owner=owner, journal=journal())])


def renew(connection: Connection, context: Context, own: int, lease: timedelta) -> set[int]:
    """Renew the leases of our copies, which may wait for longer than a lease; returns the copies."""
    now = context.clock.now()
    return claims.renew(connection, own, now=now, lease_until=now + lease)


def _free(
    connection: Connection,
    context: Context,
    dead: Mapping[int, JournalEntries | None],
    log: Callable[[int, int], None],
    alive: int | None = None,
) -> None:
    pending, uncertain = leftovers.take_over(connection, dead=dead, now=context.clock.now(), alive=alive)
    if pending or uncertain:
        log(pending, len(uncertain))


def relay_is_up(connection: Connection, context: Context) -> None:
    """Note that a relay can be used again."""
    outages.end(connection, context.clock.now())


def relay_is_down(connection: Connection, context: Context, reason: str) -> None:
    """Note that no relay can be used: no copy is given up meanwhile."""
    outages.begin(connection, context.clock.now(), reason)
    maillog.relay_down(reason)


def relays_are_left_out(connection: Connection, context: Context, relays: Mapping[str, str]) -> None:
    """Note that these of several relays cannot be used, with the reason, and that all others can."""
    outages.leave_out(connection, context.clock.now(), relays)


def slow_relays(connection: Connection, _context: Context) -> dict[str, SlowRelay]:
    """What was found out about relays that asked to slow down."""
    return relay_paces.slow_relays(connection)


def pause_refused(connection: Connection, context: Context, words: str) -> None:
    """Pause the mailings under way, since no relay is left that works for us."""
    startable = startable_mailings(connection, context, context.clock.now(), only=None)
    pause_refused_by_relay(connection, context, [mailing.id for mailing in startable], words)


def has_work(connection: Connection, context: Context) -> bool:
    """Whether a sender has anything to do now: a copy is due or in hand, or a mailing must be moved on. It only reads."""
    if any_sending(connection):
        return True
    open_mailings = unfinished(connection)
    if any(mailing.open_copies != (mailing.state is MailingState.SENDING) for mailing in open_mailings):
        return True  # one is to be closed or to go on, or its copies are to be cancelled
    if open_mailings and _dated_ahead(connection, context):
        return True
    now = context.clock.now()
    return bool(open_mailings) and any(
        any_due(connection, mailing.id, now) for mailing in startable_mailings(connection, context, now, only=None)
    )


def tidy(connection: Connection, context: Context) -> set[int]:
    """Move mailings on: close those that are done, and see to copies that came back to an ended one.

    A copy comes back by a late reply, or when a person settles or releases it. A closed mailing then goes on; of a
    cancelled one the copy is cancelled too. Returns the mailings that were closed.
    """
    closed = set()
    for candidate in unfinished(connection):
        mailing = mailings.mailing(connection, candidate.id)
        if mailing.state is not candidate.state:
            continue  # another process has just moved it on, and what was found of it is out of date
        if mailing.state is MailingState.CLOSED:
            if mailings.move(connection, mailing, take(mailing.state, Step.REOPEN)):
                context.record(connection, Step.REOPEN, mailing.issue, "a copy of it came back")
        elif mailing.state is MailingState.CANCELLED:
            cancel_waiting_copies(connection, mailing.id)
        elif not candidate.open_copies and _close(connection, context, mailing):
            maillog.mailing_moved(mailing.issue, "closed")
            closed.add(mailing.id)
    return closed


def _close(connection: Connection, context: Context, mailing: Mailing) -> bool:
    if not mailings.move(connection, mailing, take(mailing.state, Step.CLOSE), closed_at=context.clock.now()):
        return False
    context.record(connection, Step.CLOSE, mailing.issue)
    return True
