"""What a sender left behind: freed by its journal when it is dead, in doubt when it may be alive or left no journal."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy

from mailer.domain.delivery import Event, JournalEntry, JournalState, State
from mailer.store import Store, mailings
from mailer.store.copies import deliveries
from mailer.store.ledger import leftovers, owners
from tests.store.rows import (
    LEASE,
    NOW,
    SECOND,
    a_mailing,
    a_mailing_of,
    an_owner,
    came,
    put,
    state_of,
    take,
    write_down,
)


@pytest.mark.parametrize(
    ("entries", "state", "tried"),
    [
        ([], State.PENDING, None),
        ([JournalEntry(state=JournalState.BEGUN)], State.UNCERTAIN, ("unknown", None)),
        ([JournalEntry(state=JournalState.LOST)], State.UNCERTAIN, ("unknown", None)),
        ([JournalEntry(state=JournalState.ACCEPTED, code=250)], State.ACCEPTED, ("accepted", 250)),
        ([JournalEntry(state=JournalState.DEFERRED, code=451)], State.PENDING, ("deferred", 451)),
        ([JournalEntry(state=JournalState.THROTTLED, code=450)], State.PENDING, ("throttled", 450)),
        ([JournalEntry(state=JournalState.REJECTED, code=554)], State.REJECTED, ("rejected", 554)),
        (None, State.UNCERTAIN, ("unknown", None)),
    ],
)
def test_a_dead_senders_journal_tells_what_became_of_its_copy(
    store: Store, entries: list[JournalEntry] | None, state: State, tried: tuple[str, int | None] | None
) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        journal = None if entries is None else dict.fromkeys([(held.delivery, held.epoch)][: len(entries)], *entries)
        found = leftovers.take_over(connection, dead={owner: journal}, now=NOW + SECOND)
        assert found == (int(state is State.PENDING), [delivery] if state is State.UNCERTAIN else [])
        left = deliveries.delivery(connection, delivery)
        assert (left.state, left.owner, left.marked_at) == (state, None, None)
        attempts = deliveries.attempts_of(connection, delivery)
        assert [(one.outcome, one.code) for one in attempts] == ([tried] if tried else [])
        for one in attempts:
            assert (one.started_at, one.finished_at) == (NOW, NOW + SECOND)
            assert "its sender ended before" in one.text
        # A plan of which a copy may have left is never replaced.
        assert mailings.mailing(connection, mailing).first_handover_at == (NOW if tried else None)
        assert leftovers.take_over(connection, dead={owner: journal}, now=NOW + SECOND) == (0, [])


def test_what_the_journal_says_of_an_earlier_claim_is_not_about_this_one(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        other = {
            (held.delivery, held.epoch + 1): JournalEntry(state=JournalState.ACCEPTED),
            (99, 1): JournalEntry(state=JournalState.BEGUN),
        }
        assert leftovers.take_over(connection, dead={owner: other}, now=NOW) == (1, [])
        assert state_of(connection, delivery) is State.PENDING


def test_only_the_copies_of_the_dead_are_taken_over(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 4)
        dead, alive = an_owner(connection, 1), an_owner(connection, 2)
        begun, _ = take(connection, mailing, dead, limit=2)
        take(connection, mailing, alive)
        journal = {(begun.delivery, begun.epoch): JournalEntry(state=JournalState.BEGUN)}
        assert leftovers.take_over(connection, dead={dead: journal}, now=NOW) == (1, ids[:1])
        states = [state_of(connection, one) for one in ids]
        assert states == [State.UNCERTAIN, State.PENDING, State.SENDING, State.SENDING]
        assert leftovers.take_over(connection, dead={}, now=NOW) == (0, [])


def test_a_lease_that_is_over_leaves_every_copy_in_doubt(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 2)
        take(connection, mailing, an_owner(connection))
        assert leftovers.take_over(connection, dead={}, now=NOW + LEASE - SECOND) == (0, [])
        # It may be frozen, or on another machine: all of them were marked, and nobody can read how far it came.
        assert leftovers.take_over(connection, dead={}, now=NOW + LEASE) == (0, ids)
        assert {state_of(connection, one) for one in ids} == {State.UNCERTAIN}
        assert [one.outcome for one in deliveries.attempts_of(connection, ids[0])] == ["unknown"]


def test_a_dead_senders_journal_counts_even_when_its_lease_is_over(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        take(connection, mailing, owner)
        assert leftovers.take_over(connection, dead={owner: {}}, now=NOW + 2 * LEASE) == (1, [])
        assert state_of(connection, delivery) is State.PENDING


def test_what_is_settled_is_not_taken_over(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery, other] = a_mailing_of(connection, 2)
        supplement = a_mailing(connection, supplement=1)
        owner = an_owner(connection)
        [held, _] = take(connection, mailing, owner)
        write_down(connection, owner, came(held))
        put(connection, other, state=State.CANCELLED, owner=None, relay=None, lease_until=None, marked_at=None)
        assert leftovers.take_over(connection, dead={owner: None}, now=NOW + 2 * LEASE) == (0, [])
        assert state_of(connection, delivery) is State.ACCEPTED
        assert mailings.mailing(connection, supplement).first_handover_at is None


@pytest.mark.parametrize(
    ("entry", "state", "tried"),
    [
        (None, State.PENDING, ("throttled", None)),
        (JournalEntry(state=JournalState.BEGUN), State.UNCERTAIN, ("unknown", None)),
        (JournalEntry(state=JournalState.LOST), State.UNCERTAIN, ("unknown", None)),
        (JournalEntry(state=JournalState.ACCEPTED, code=250), State.ACCEPTED, ("accepted", 250)),
        (JournalEntry(state=JournalState.DEFERRED, code=451), State.PENDING, ("deferred", 451)),
        (JournalEntry(state=JournalState.THROTTLED, code=450), State.PENDING, ("throttled", 450)),
        (JournalEntry(state=JournalState.REJECTED, code=554), State.REJECTED, ("rejected", 554)),
    ],
)
def test_a_journal_that_is_read_after_the_lease_has_ended_settles_the_copy(
    store: Store, entry: JournalEntry | None, state: State, tried: tuple[str, int | None]
) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        assert leftovers.take_over(connection, dead={}, now=NOW + LEASE) == (0, [delivery])
        assert [left.id for left in owners.owners_of_uncertain(connection)] == [owner]
        assert owners.idle_owners(connection) == []  # its journal is needed
        journal = {(held.delivery, held.epoch): entry} if entry else {}
        assert leftovers.settle(connection, dead={owner: journal}) == {state: 1}
        left = deliveries.delivery(connection, delivery)
        assert (left.state, left.owner) == (state, None)
        assert [(one.outcome, one.code) for one in deliveries.attempts_of(connection, delivery)] == [tried]
        assert left.attempts == (tried[0] != "throttled")
        assert [left.id for left in owners.idle_owners(connection)] == [owner]
        assert leftovers.settle(connection, dead={owner: journal}) == {}


def test_a_journal_settles_nothing_that_was_decided_meanwhile(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [resent, accepted, other] = a_mailing_of(connection, 3)
        owner = an_owner(connection)
        take(connection, mailing, owner)
        leftovers.take_over(connection, dead={}, now=NOW + LEASE)
        for delivery, event in ((resent, Event.SETTLED_RESEND), (accepted, Event.SETTLED_ACCEPTED)):
            assert deliveries.move(connection, deliveries.delivery(connection, delivery), event)
        [again] = take(connection, mailing, an_owner(connection, 2), now=NOW + LEASE)
        leftovers.take_over(connection, dead={}, now=NOW + 2 * LEASE)
        assert again.delivery == resent
        assert leftovers.settle(connection, dead={owner: {}}) == {State.PENDING: 1}
        states = [state_of(connection, delivery) for delivery in (resent, accepted, other)]
        assert states == [State.UNCERTAIN, State.ACCEPTED, State.PENDING]


def test_an_unreadable_journal_leaves_every_copy_to_a_person(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        take(connection, mailing, owner)
        leftovers.take_over(connection, dead={}, now=NOW + LEASE)
        assert leftovers.settle(connection, dead={owner: None}) == {State.UNCERTAIN: 1}
        assert owners.owners_of_uncertain(connection) == []
        assert [one.outcome for one in deliveries.attempts_of(connection, delivery)] == ["unknown"]


def test_many_copies_are_freed_by_as_few_statements_as_one(store: Store) -> None:
    accepted = JournalEntry(state=JournalState.ACCEPTED, code=250)
    counts = []
    with store.transaction() as connection:
        mailing, _ids = a_mailing_of(connection, 65)
        for copies in (1, 64):
            owner = an_owner(connection, copies)
            held = take(connection, mailing, owner, limit=copies)
            statements: list[str] = []
            sqlalchemy.event.listen(
                connection, "before_cursor_execute", lambda *words, to=statements: to.append(words[2])
            )
            leftovers.take_over(connection, dead={}, now=NOW + LEASE)
            journal = {(claim.delivery, claim.epoch): accepted for claim in held}
            assert leftovers.settle(connection, dead={owner: journal}) == {State.ACCEPTED: copies}
            counts.append(len(statements))
    assert counts[0] == counts[1] > 0


def test_a_late_reply_waits_for_the_process_that_frees_its_copy(store: Store) -> None:
    with store.transaction() as connection:
        if connection.dialect.name == "sqlite":
            pytest.skip("one transaction writes at a time")
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)

    def write() -> None:
        with store.transaction() as late:
            write_down(late, owner, came(held))

    with ThreadPoolExecutor() as threads:
        with store.transaction() as connection:
            assert leftovers.take_over(connection, dead={}, now=NOW + LEASE) == (0, [delivery])
            writing = threads.submit(write)
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            while not connection.exec_driver_sql(waits).scalar() and not writing.done():
                pass
        writing.result()
    with store.reading() as connection:
        assert state_of(connection, delivery) is State.ACCEPTED
        assert [one.outcome for one in deliveries.attempts_of(connection, delivery)] == ["unknown", "accepted"]
