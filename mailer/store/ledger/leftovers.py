"""Frees the copies that dead senders left behind, by their journals, and copies whose lease has ended.

A copy whose lease has ended is uncertain and keeps its owner: on another machine nothing else is known of that process. Once a
process on the owner's own machine finds it dead, its journal settles the copy.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, update

from mailer.domain.delivery import SETTLED_LATE, Event, JournalEntry, State, advance, event_after_death
from mailer.store.columns import has_come
from mailer.store.ledger.batches import listed, packed
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
    ends: dict[tuple[Event, int | None], list[Row[Any]]] = {}  # by what happens to a copy, and the owner that it keeps
    for copy in connection.execute(query).all():
        event = _event(copy, dead)
        keeps = copy.owner if event is Event.ABANDONED_MARKED and copy.owner not in dead else None
        ends.setdefault((event, keeps), []).append(copy)
    pending, uncertain = 0, []
    for (event, owner), copies in ends.items():
        values = columns_in(advance(State.SENDING, event)) | _UNCLAIMED | {"owner": owner}
        moved = _move(connection, is_sending, copies, values)  # without those whose owner is alive, and was quicker
        freed = [copy for copy in copies if copy.id in moved]
        if event in _RECOVERED:
            add_attempts(connection, [_attempt(copy, event, dead, now) for copy in freed])
            for mailing in {copy.mailing for copy in freed}:
                begin_mailing(
                    connection, mailing, min(copy.marked_at or now for copy in freed if copy.mailing == mailing)
                )
        pending += len(freed) if values["state"] == State.PENDING else 0
        uncertain += sorted(moved) if event is Event.ABANDONED_MARKED else []
    return pending, uncertain


def _event(copy: Row[Any], dead: Mapping[int, JournalEntries | None]) -> Event:
    journal = dead.get(copy.owner)
    if journal is not None:
        return event_after_death(journal.get((copy.id, copy.epoch)))
    return Event.ABANDONED if copy.marked_at is None else Event.ABANDONED_MARKED


def _attempt(
    copy: Row[Any], event: Event, dead: Mapping[int, JournalEntries | None], now: datetime
) -> tuple[object, ...]:
    outcome, text = _RECOVERED[event]
    entry = (dead.get(copy.owner) or {}).get((copy.id, copy.epoch))
    code = entry.code if entry is not None and entry.code else None
    return (copy.id, copy.relay or "", copy.marked_at or now, now, outcome, code, "", text, "", "")


def _move(
    connection: Connection, before: ColumnElement[bool], copies: Sequence[Row[Any]], values: Mapping[str, object]
) -> set[int]:
    """Set these values in all copies that are still as `before`, in the epoch in which they were read; returns their ids.

    One statement for all of an epoch: the others of a cluster wait for this transaction, and on a busy machine one for each
    copy took longer than a lease.
    """
    by_epoch: dict[int, list[int]] = {}
    for copy in copies:
        by_epoch.setdefault(copy.epoch, []).append(copy.id)
    moved: set[int] = set()
    for epoch, identities in by_epoch.items():
        own = deliveries.c.id.in_(listed(connection.dialect.name, int)) & (deliveries.c.epoch == epoch) & before
        statement = update(deliveries).where(own).values(**values).returning(deliveries.c.id)
        moved |= set(connection.execute(statement, {"values": packed(identities)}).scalars())
    return moved


def settle(connection: Connection, *, dead: Mapping[int, JournalEntries | None]) -> dict[State, int]:
    """Settle the copies of these dead owners that are uncertain since their leases ended, by the owners' journals.

    Their last attempt, which was noted as unknown then, gets the answer that stands in the journal. Returns how many copies
    are in which state now.
    """
    query = select(*(deliveries.c[name] for name in ("id", "epoch", "owner")))
    query = query.where(is_uncertain, deliveries.c.owner.in_(list(dead))).with_for_update(skip_locked=True)
    answers: dict[tuple[Event, int], list[Row[Any]]] = {}  # by what became of a copy, and the code of the answer
    for copy in connection.execute(query).all():
        journal = dead[copy.owner]
        entry = None if journal is None else journal.get((copy.id, copy.epoch))
        event = Event.ABANDONED_MARKED if journal is None else event_after_death(entry)
        answers.setdefault((event, entry.code if entry is not None else 0), []).append(copy)
    settled: dict[State, int] = {}
    for (event, code), copies in answers.items():
        state = advance(State.UNCERTAIN, SETTLED_LATE[event]) if event in SETTLED_LATE else State.UNCERTAIN
        moved = _move(
            connection, is_uncertain, copies, {**columns_in(state), "owner": None}
        )  # a person was quicker at others
        if event is not Event.ABANDONED_MARKED:
            outcome, text = _RECOVERED.get(event, (THROTTLED, "its sender ended before the content left"))
            _correct_last_attempts(connection, moved, outcome, text, code)
        if moved:
            settled[state] = settled.get(state, 0) + len(moved)
    return settled


def _correct_last_attempts(
    connection: Connection, identities: Collection[int], outcome: str, text: str, code: int
) -> None:
    of_copies = attempts.c.delivery.in_(listed(connection.dialect.name, int))
    later = attempts.alias("later")
    last = select(func.max(later.c.number)).where(later.c.delivery == attempts.c.delivery).scalar_subquery()
    unknown = of_copies & (attempts.c.number == last) & (attempts.c.outcome == "unknown")
    statement = update(attempts).where(unknown).values(outcome=outcome, text=text, code=code or None)
    connection.execute(statement, {"values": packed(identities)})
