"""Copies one table into another database, chunk by chunk, with a note how far it got; and compares both row by row."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    CursorResult,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON

from mailer.domain.errors import BadInput
from mailer.domain.remedy import Action
from mailer.store import migrate
from mailer.store.columns import by_code_point
from mailer.store.endurance import Endurance
from mailer.store.trouble import trouble_of

# Rows at a time, and octets of the pictures and mails in them, one of which may have 16 MiB.
CHUNK, OCTETS = 2000, 8 << 20
# Only in a target, until the copy is whole: how far each table got; under no name, what the source was like.
progress = Table(
    migrate.COPYING,
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("last", JSON),
    Column("rows", BigInteger, nullable=False),
)

Tell = Callable[[str, int, int], None]  # what is done, with how many rows of how many


def count(connection: Connection, each: Table) -> int:
    """How many rows the table has."""
    return connection.execute(select(func.count()).select_from(each)).scalar_one()


def copy_table(origin: Connection, engine: Engine, each: Table, rows: int, tell: Tell, endurance: Endurance) -> None:
    """Copy what is not there yet of so many rows. BadInput names the first one that cannot be kept there."""
    while (done := endurance.wait_for(partial(_copy_chunk, origin, engine, each))) is not None:
        tell(f"copying {each.name}", done, rows)


def compare(origin: Connection, target: Connection, each: Table, rows: int, tell: Tell) -> None:
    """BadInput naming the first row that is not the same on both sides."""
    with _all(origin, each) as own, _all(target, each) as others:
        copied = iter(others)
        for done, row in enumerate(own):
            other = next(copied, None)
            if other is None or tuple(other) != tuple(row):
                raise BadInput(f"{each.name} differs at {_key(each, row)}: empty the target, then copy again")
            if done % CHUNK == 0:
                tell(f"comparing {each.name}", done, rows)
        if (other := next(copied, None)) is not None:
            raise BadInput(f"{each.name} has {_key(each, other)}, which the source does not have: empty the target")


def reason(error: DBAPIError) -> str:
    """What the database says, in one line."""
    return next(iter(str(error.orig).strip().splitlines()), "it says nothing")


def _copy_chunk(origin: Connection, engine: Engine, each: Table) -> int | None:
    """Copy the next rows; returns how many there are by now, None when there were none left."""
    with engine.begin() as target:
        after, before = _reached(target, each)
        try:
            rows = _after(origin, each, after)
        except (DBAPIError, ValueError) as error:  # ValueError: a text that is no date
            what = reason(error) if isinstance(error, DBAPIError) else error
            raise BadInput(f"{each.name} cannot be read after {after}: {what}", Action.CHECK_DATABASE.of()) from error
        if not rows:
            return None
        try:
            target.execute(insert(each), _values(each, rows))
        except DBAPIError as error:
            if trouble_of(error) is not None:
                raise
            target.rollback()
            raise _refusal(engine, each, rows, error) from error
        done = before + len(rows)
        note = {"last": _key(each, rows[-1]), "rows": done}
        target.execute(update(progress).where(progress.c.name == each.name).values(note))
    return done


def _refusal(engine: Engine, each: Table, rows: Sequence[Row[Any]], error: DBAPIError) -> BadInput:
    """Which of these rows the target refuses, and why."""
    for row in rows:
        with engine.connect() as target:  # never committed
            try:
                target.execute(insert(each), _values(each, [row]))
            except DBAPIError as of_row:
                return BadInput(
                    f"{each.name} {_key(each, row)} cannot be kept there: {reason(of_row)}; correct it here, then copy again",
                    Action.CHECK_DATABASE.of(),
                )
    return BadInput(f"{each.name} cannot be kept there: {reason(error)}", Action.CHECK_DATABASE.of())


def _values(each: Table, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(each.c.keys(), row, strict=True)) for row in rows]


def _reached(target: Connection, each: Table) -> tuple[list[Any] | None, int]:
    row = target.execute(select(progress.c.last, progress.c.rows).where(progress.c.name == each.name)).first()
    if row is not None:
        return row.last, row.rows
    target.execute(insert(progress).values(name=each.name, last=None, rows=0))
    return None, 0


def _keys(connection: Connection, each: Table) -> list[ColumnElement[Any]]:
    """The columns of the primary key, in the order that both databases share."""
    return [
        by_code_point(connection, column) if isinstance(column.type, Text) else column for column in each.primary_key
    ]


def _key(each: Table, row: Row[Any]) -> list[Any]:
    return [row[each.c.keys().index(column.name)] for column in each.primary_key]


def _after(connection: Connection, each: Table, last: list[Any] | None) -> Sequence[Row[Any]]:
    """The next rows of the table by its primary key; few where they are large."""
    keys = _keys(connection, each)
    query = select(each).order_by(*keys).limit(CHUNK)
    if last is not None:
        values = [literal(value, column.type) for value, column in zip(last, each.primary_key, strict=True)]
        query = query.where(tuple_(*keys) > tuple_(*values))
    chosen: list[Row[Any]] = []
    octets = 0
    with connection.execute(query, execution_options={"yield_per": _at_once(each)}) as rows:
        for row in rows:
            chosen.append(row)
            octets += sum(len(value) for value in row if isinstance(value, bytes))
            if octets >= OCTETS:
                break
    return chosen


def _all(connection: Connection, each: Table) -> CursorResult[Any]:
    """All rows by the primary key, never all in memory."""
    query = select(each).order_by(*_keys(connection, each))
    return connection.execute(query, execution_options={"yield_per": _at_once(each)})


def _at_once(each: Table) -> int:
    """How many rows the database gives at once."""
    return 1 if any(isinstance(column.type, LargeBinary) for column in each.columns) else CHUNK
