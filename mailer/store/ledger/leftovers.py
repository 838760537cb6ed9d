"""Frees the copies that dead senders left behind, by their journals, and copies whose lease has ended.

A copy whose lease has ended is uncertain and keeps its owner: on another machine nothing else is known of that process. Once a
process on the owner's own machine finds it dead, its journal settles the copy.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from mailer.domain.delivery import SETTLED_LATE, Event, JournalEntry, State, advance, event_after_death
from mailer.store.columns import has_come
from mailer.store.ledger.results import add_attempts, begin_mailing
from mailer.store.schema import THROTTLED, attempts, columns_in, deliveries, is_sending, is_uncertain

JournalEntries = Mapping[tuple[int, int], JournalEntry]
# Longer than any lease: one that ends later was given while the clock was ahead.
LONGEST_LEASE = timedelta(days=1)
_UNCLAIMED = {"relay": None, "lease_until": None, "marked_at": None}
_IN_JOURNAL = "its sender ended before it wrote this; the answer stands in its journal"
# The outcome and text of an attempt that is read out of a dead sender's journal, by the event.
_RECOVERED = {
    Event.ACCEPTED: ("accepted", _IN_JOURNAL),
    Event.DEFERRED: ("deferred", _IN_JOURNAL),
    Event.UNUSED: (THROTTLED, _IN_JOURNAL),
    Event.REJECTED: ("rejected", _IN_JOURNAL),
    Event.ABANDONED_MARKED: ("unknown", "its sender ended before the reply: it may have arrived"),
}


def any_ended_lease(connection: Connection, now: datetime, *, alive: int) -> bool:
    """Whether the lease of a copy has ended that another process has in hand."""
    query = select(deliveries.c.id).where(_has_ended(now, alive)).limit(1)
    return connection.execute(query).first() is not None


def _has_ended(now: datetime, alive: int | None) -> ColumnElement[bool]:
    ended = has_come(deliveries.c.lease_until, now, now + LONGEST_LEASE)
    return and_(is_sending, ended, deliveries.c.owner.is_distinct_from(alive))


def take_over(
    connection: Connection, *, dead: Mapping[int, JournalEntries | None], now: datetime, alive: int | None = None
) -> tuple[int, list[int]]:
    """Free the copies of processes that are proved dead, by their journals, and copies whose lease has ended.

    `dead` has each dead owner's journal, None when it cannot be read: without one every copy may have left. The owner that
    is known to be `alive` keeps its copies. Returns how many copies became pending, and the ids of those that became
    uncertain.
    """
    columns = ("id", "epoch", "owner", "relay", "mailing", "marked_at")
    left_behind = and_(is_sending, or_(deliveries.c.owner.in_(list(dead)), _has_ended(now, alive)))
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
        values = columns_in(advance(State.SENDING, event)) | _UNCLAIMED
        values["owner"] = copy.owner if copy.owner not in dead and values["state"] == State.UNCERTAIN else None
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


def settle(connection: Connection, *, dead: Mapping[int, JournalEntries | None]) -> dict[State, int]:
    """Settle the copies of these dead owners that are uncertain since their leases ended, by the owners' journals.

    Their last attempt, which was noted as unknown then, gets the answer that stands in the journal. Returns how many copies
    are in which state now.
    """
    query = select(deliveries.c.id, deliveries.c.epoch, deliveries.c.owner)
    query = query.where(is_uncertain, deliveries.c.owner.in_(list(dead))).with_for_update(skip_locked=True)
    settled: dict[State, int] = {}
    for copy in connection.execute(query).all():
        journal = dead[copy.owner]
        entry = None if journal is None else journal.get((copy.id, copy.epoch))
        event = Event.ABANDONED_MARKED if journal is None else event_after_death(entry)
        state = advance(State.UNCERTAIN, SETTLED_LATE[event]) if event in SETTLED_LATE else State.UNCERTAIN
        own = (deliveries.c.id == copy.id) & (deliveries.c.epoch == copy.epoch) & is_uncertain
        if connection.execute(update(deliveries).where(own).values(**columns_in(state), owner=None)).rowcount != 1:
            continue  # a person was quicker
        if event is not Event.ABANDONED_MARKED:
            outcome, text = _RECOVERED.get(event, (THROTTLED, "its sender ended before the content left"))
            _correct_last_attempt(connection, copy.id, outcome, text, entry.code if entry is not None else 0)
        settled[state] = settled.get(state, 0) + 1
    return settled


def _correct_last_attempt(connection: Connection, delivery: int, outcome: str, text: str, code: int) -> None:
    of_copy = attempts.c.delivery == delivery
    last = select(func.max(attempts.c.number)).where(of_copy).scalar_subquery()
    unknown = of_copy & (attempts.c.number == last) & (attempts.c.outcome == "unknown")
    connection.execute(update(attempts).where(unknown).values(outcome=outcome, text=text, code=code or None))
