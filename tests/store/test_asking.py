"""The few copies that wait for a person are found by their indexes, however many copies there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.store import Store, mailings, reports
from mailer.store.copies import deliveries, open_copies
from tests.store.rows import NOW, a_copy, a_mailing, a_mailing_of, put, write


@contextmanager
def plans(store: Store) -> Iterator[list[str]]:
    """How SQLite looks for what is asked meanwhile, a line for each table or index."""
    if store._engine.dialect.name != "sqlite":
        pytest.skip("another database plans by what is in its tables")
    seen: list[str] = []

    def explain(_connection, cursor, statement, parameters, *_):  # type: ignore[no-untyped-def]
        if statement.startswith("SELECT"):
            seen.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(store._engine, "before_cursor_execute", explain)
    try:
        yield seen
    finally:
        event.remove(store._engine, "before_cursor_execute", explain)


def test_uncertain_and_held_copies_are_found_by_an_index_of_their_own(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [first, second, third, _] = a_mailing_of(connection, 4)
        put(connection, first, state=State.UNCERTAIN)
        put(connection, second, state=State.HELD, held_reason="address_changed")
        put(connection, third, state=State.HELD, held_reason="unpaid")
    with store.reading() as connection:
        assert open_copies.uncertain(connection) == {first: "bulletin/253"}
        assert open_copies.held(connection, [mailing]) == [second, third]
        assert open_copies.held(connection, [mailing + 1]) == []
    with plans(store) as seen, store.reading() as connection:
        open_copies.uncertain(connection)
        open_copies.held(connection, [mailing])
    assert sum("ix_deliveries_asking" in one for one in seen) == 2
    assert not [one for one in seen if one.startswith("SCAN")]


def test_copies_that_failed_are_found_by_their_mailing_and_those_made_up_for_are_not(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [first, second, _] = a_mailing_of(connection, 3)
        supplement = a_mailing(connection, supplement=1)
        for copy in (second, first):
            put(connection, copy, state=State.REJECTED)
    with store.reading() as connection:
        assert open_copies.candidates(connection, [mailing, supplement]) == {first: False, second: False}
        assert list(open_copies.candidates(connection, [mailing], 1)) == [first]
        assert open_copies.candidates(connection, [supplement]) == {}
    with plans(store) as seen, store.reading() as connection:
        open_copies.candidates(connection, [mailing])
        reports.listing(connection, unsettled=True)
    assert sum("ix_deliveries_person" in one for one in seen) == 3
    assert not [one for one in seen if one.startswith("SCAN") and "INDEX" not in one]
    with store.transaction() as connection:
        write(connection, supplement, [a_copy(4, person="P002")])
        assert list(open_copies.candidates(connection, [mailing])) == [first]


def test_mailings_that_ended_are_listed_as_they_ended(store: Store) -> None:
    with store.transaction() as connection:
        later = a_mailing(connection, MailingState.CLOSED, closed_at=NOW + timedelta(minutes=1))
        sooner = a_mailing(connection, MailingState.CANCELLED, supplement=1, closed_at=NOW)
        a_mailing(connection, MailingState.CLOSED, supplement=2, closed_at=NOW - timedelta(minutes=1))
        a_mailing(connection, MailingState.CLOSED, supplement=3)
        assert [one.id for one in mailings.ended_since(connection, NOW)] == [sooner, later]


def test_copies_are_counted_by_state_without_reading_those_accepted(store: Store) -> None:
    states = [state for state in State if state is not State.SENDING]
    with store.transaction() as connection:
        mailing, copies = a_mailing_of(connection, len(states) + 1)
        for copy, state in zip(copies, states, strict=False):
            put(connection, copy, state=state, held_reason="unpaid" if state is State.HELD else None)
        put(connection, copies[-1], state=State.ACCEPTED)
        other = a_mailing(connection, supplement=1)
    with plans(store) as seen, store.reading() as connection:
        counts = deliveries.counts_by_mailing(connection, [mailing, other])
    with store.reading() as connection:
        assert counts[mailing] == deliveries.counts(connection, [mailing])
    assert counts[other] == dict.fromkeys(map(str, State), 0)
    assert {index for one in seen for index in one.split() if index.startswith("ix_")} >= {
        "ix_deliveries_failed",
        "ix_deliveries_asking",
        "ix_deliveries_due",
    }
    assert any("COVERING INDEX ix_deliveries_mailing" in one for one in seen)
