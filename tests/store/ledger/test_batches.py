"""Rows for one statement: what goes in as one JSON value comes out the same on the database at hand."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mailer.store import Store
from mailer.store.ledger.batches import instant, packed, unpacked

COLUMNS = {"id": int, "word": str, "at": datetime, "more": int, "last": str}
# What the databases keep: 64 bits of a whole number; PostgreSQL's text has every character but NUL.
whole = st.integers(-(2**63), 2**63 - 1)
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
rows = st.tuples(whole, words, st.none() | instants, st.none() | whole, st.none() | words)


def there_and_back(store: Store, given: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    written = [[instant(one) if isinstance(one, datetime) else one for one in row] for row in given]
    with store.reading() as connection:
        batch = unpacked(connection.dialect.name, COLUMNS)
        query = select(*(batch.c[name] for name in COLUMNS))
        return [tuple(row) for row in connection.execute(query, {"rows": packed(written)})]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, max_size=8))
def test_every_type_comes_back_as_it_went_in_nothing_and_other_alphabets_too(
    store: Store, given: list[tuple[object, ...]]
) -> None:
    assert sorted(there_and_back(store, given), key=repr) == sorted(given, key=repr)


def test_many_rows_come_back_in_one_statement(store: Store) -> None:
    at = datetime(2018, 7, 12, 7, 0, 0, 1, tzinfo=UTC)
    given = [(number, f"№ {number}", at + timedelta(seconds=number), None, "'; --") for number in range(5000)]
    assert there_and_back(store, given) == given


def test_an_instant_is_compared_with_a_column_of_instants(store: Store) -> None:
    ahead = timezone(timedelta(hours=3))
    midnight = datetime(2018, 7, 12, tzinfo=UTC)
    [(_, _, found, _, _)] = there_and_back(store, [(1, "", midnight, None, None)])
    assert found == midnight.astimezone(ahead)
    assert found.tzinfo is UTC
    assert instant(None) is None
