"""Frees the copies that dead senders left behind, by their journals, and copies whose lease has ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, or_, select, update

from mailer.domain.delivery import Event, JournalEntry, State, advance, event_after_death
from mailer.store.columns import has_come
from mailer.store.ledger.results import add_attempts, begin_mailing
from mailer.store.schema import THROTTLED, columns_in, deliveries, is_sending

JournalEntries = Mapping[tuple[int, int], JournalEntry]
# Longer than any lease: one that ends later was given while the clock was ahead.
LONGEST_LEASE = timedelta(days=1)
_FREE = {"owner": None, "relay": None, "lease_until": None, "marked_at": None}
_IN_JOURNAL = "its sender ended before it wrote this; the answer stands in its journal"
# The outcome and text of an attempt that is read out of a dead sender's journal, by the event.
_RECOVERED = {
    Event.ACCEPTED: ("accepted", _IN_JOURNAL),
    Event.DEFERRED: ("deferred", _IN_JOURNAL),
    Event.UNUSED: (THROTTLED, _IN_JOURNAL),
    Event.REJECTED: ("rejected", _IN_JOURNAL),
    Event.ABANDONED_MARKED: ("unknown", "its sender ended before the reply: it may have arrived"),
}


def take_over(
    connection: Connection, *, dead: Mapping[int, JournalEntries | None], now: datetime, alive: int | None = None
) -> tuple[int, list[int]]:
    """Free the copies of processes that are proved dead, by their journals, and copies whose lease has ended.

    `dead` has each dead owner's journal, None when it cannot be read: without one every copy may have left. The owner that
    is known to be `alive` keeps its copies. Returns how many copies became pending, and the ids of those that became
    uncertain.
    """
    columns = ("id", "epoch", "owner", "relay", "mailing", "marked_at")
    left_behind = and_(
        is_sending,
        or_(
            deliveries.c.owner.in_(list(dead)),
            and_(
                has_come(deliveries.c.lease_until, now, now + LONGEST_LEASE),
                deliveries.c.owner.is_distinct_from(alive),
            ),
        ),
    )
    # Another process that frees copies has locked its own.
    query = select(*(deliveries.c[name] for name in columns)).where(left_behind).with_for_update(skip_locked=True)
    pending, uncertain = 0, []
    for copy in connection.execute(query).all():
        entry, event = None, Event.ABANDONED_MARKED
        journal = dead.get(copy.owner)
        if journal is not None:
            entry = journal.get((copy.id, copy.epoch))
            event = event_after_death(entry)
        elif copy.marked_at is None:
            event = Event.ABANDONED
        own = (deliveries.c.id == copy.id) & (deliveries.c.epoch == copy.epoch)
        values = columns_in(advance(State.SENDING, event)) | _FREE
        if connection.execute(update(deliveries).where(own, is_sending).values(**values)).rowcount != 1:
            continue  # its owner is alive, and was quicker
        if event in _RECOVERED:
            outcome, text = _RECOVERED[event]
            times = (copy.marked_at or now, now)
            code = entry.code if entry is not None and entry.code else None
            add_attempts(connection, [(copy.id, copy.relay or "", *times, outcome, code, "", text, "", "")])
            begin_mailing(connection, copy.mailing, copy.marked_at or now)
        pending += values["state"] == State.PENDING
        uncertain += [copy.id] if event is Event.ABANDONED_MARKED else []
    return pending, uncertain
