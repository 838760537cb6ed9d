"""Rows for one statement come out as they went in, on the database at hand, however many there are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Connection, FromClause, Insert, MetaData, Table, Text, event, insert, select

from mailer.store import Store
from mailer.store.columns import UtcDateTime
from mailer.store.ledger.batches import SLICE, ForRows, gathered, instant, listed, packed, read

COLUMNS = {"id": int, "word": str, "at": datetime, "more": int, "last": str}
TYPES = {int: BigInteger, str: Text, datetime: UtcDateTime}
TABLE = Table(
    "kept", MetaData(), *(Column(name, TYPES[kind]) for name, kind in COLUMNS.items()), prefixes=["TEMPORARY"]
)


def _inserting(batch: FromClause) -> Insert:
    columns = (batch.c[name] for name in COLUMNS)
    return insert(TABLE).from_select([*COLUMNS], select(*columns).where(batch.c.id.is_not(None)))


KEEP = ForRows(COLUMNS, _inserting)
# What the databases keep: 64 bits of a whole number; PostgreSQL's text has every character but NUL.
whole = st.integers(-(2**63), 2**63 - 1)
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
rows = st.tuples(whole, words, st.none() | instants, st.none() | whole, st.none() | words)


@contextmanager
def _counting(connection: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def keep(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", keep)
    yield statements
    event.remove(connection, "before_cursor_execute", keep)


def _there_and_back(store: Store, written: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    with store.rehearsal() as connection:
        TABLE.create(connection)
        KEEP.execute(connection, written)
        return [tuple(row) for row in connection.execute(select(TABLE))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(rows, max_size=8))
@example([(1, "'; -- % %s :x ?", None, None, None)])
def test_every_type_comes_back_as_it_went_in_nothing_and_other_alphabets_too(
    store: Store, written: list[tuple[object, ...]]
) -> None:
    assert sorted(_there_and_back(store, written), key=repr) == sorted(written, key=repr)


def test_many_rows_come_back_by_few_statements_that_are_always_the_same(store: Store) -> None:
    at = datetime(2018, 7, 12, 7, 0, 0, 1, tzinfo=UTC)
    for many in (1, SLICE - 1, SLICE, SLICE + 1, 5000):
        written = [(number, f"№ {number}", at + timedelta(seconds=number), None, "'; --") for number in range(many)]
        assert sorted(_there_and_back(store, written)) == written
    with store.rehearsal() as connection, _counting(connection) as statements:
        TABLE.create(connection)
        KEEP.execute(connection, written)
        assert len([one for one in statements if "batch" in one]) <= 1 + 5000 // SLICE
        assert len(set(statements)) == 2


def test_no_rows_are_no_statement(store: Store) -> None:
    with store.rehearsal() as connection, _counting(connection) as statements:
        KEEP.execute(connection, [])
        assert not statements


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(whole), st.lists(words))
def test_values_are_listed_in_a_statement(store: Store, numbers: list[int], texts: list[str]) -> None:
    with store.reading() as connection:
        for kind, values in ((int, numbers), (str, texts)):
            query = listed(connection.dialect.name, kind)
            assert list(connection.execute(query, {"values": packed(values)}).scalars()) == values


def test_rows_are_read_as_one_value(store: Store) -> None:
    written = [(1, "№", None, 2, "'"), (2, "", None, None, None)]
    with store.rehearsal() as connection:
        TABLE.create(connection)
        query = select(TABLE.c.id, TABLE.c.word, TABLE.c.more).order_by(TABLE.c.id)
        statement = gathered(connection.dialect.name, query.subquery("rows"))
        assert read(connection.execute(statement).scalar()) == []
        KEEP.execute(connection, written)
        assert read(connection.execute(statement).scalar()) == [[1, "№", 2], [2, "", None]]


@given(instants)
def test_an_instant_is_written_as_the_column_keeps_it(at: datetime) -> None:
    assert instant(at) == at.replace(tzinfo=None).isoformat(" ", "microseconds")
    assert instant(None) is None
