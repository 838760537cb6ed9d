"""Passes many rows to one statement, and many from one: each step of SQLite's hands Python's lock to another thread."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    FromClause,
    Insert,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    table,
)

# SQLite gets so many rows at a time: then the statement is always the same, and is prepared once.
SLICE = 128
_IN_POSTGRESQL = {int: "bigint", str: "text", datetime: "timestamptz"}


class ForRows:
    """A statement that inserts from the rows of a `batch` with these columns, in their order, each of one kind.

    The rows are parameters: as JSON they cost twice as much, and one execution for each costs more, beside a busy thread
    five times as much.
    """

    def __init__(self, columns: Mapping[str, type], statement: Callable[[FromClause], Insert]) -> None:
        self._kinds = tuple(columns.values())
        self._names = ", ".join(columns)
        self._statement = statement(table("batch", *map(column, columns)))
        self._written: dict[str, str] = {}  # by the kind of database

    def execute(self, connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
        """Execute it for these rows. Instants are aware, in UTC."""
        if not rows:
            return
        dialect = connection.dialect
        if dialect.name not in self._written:
            batch = self._values() if dialect.name == "sqlite" else self._arrays()
            statement = self._statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
            self._written[dialect.name] = f"WITH batch ({self._names}) AS ({batch}) {statement}"
        written = self._written[dialect.name]
        if dialect.name != "sqlite":
            arrays = {f"c{place}": list(values) for place, values in enumerate(zip(*rows, strict=True))}
            connection.exec_driver_sql(written, arrays)
            return
        for begin in range(0, len(rows), SLICE):
            connection.exec_driver_sql(written, self._flat(rows[begin : begin + SLICE]))

    def _flat(self, rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
        """All values one after another, filled up to a slice with rows of nothing, which the statement leaves out."""
        columns = zip(self._kinds, zip(*rows, strict=True), strict=True)
        written = [map(instant, values) if kind is datetime else values for kind, values in columns]
        return (*chain.from_iterable(zip(*written, strict=True)), *[None] * ((SLICE - len(rows)) * len(written)))

    def _values(self) -> str:
        row = f"({', '.join('?' * len(self._kinds))})"
        return f"VALUES {', '.join([row] * SLICE)}"

    def _arrays(self) -> str:
        arrays = (f"%(c{place})s::{_IN_POSTGRESQL[kind]}[]" for place, kind in enumerate(self._kinds))
        return f"SELECT * FROM unnest({', '.join(arrays)})"  # noqa: S608 (of the words in this module)


def instant(at: datetime | None) -> str | None:
    """An aware instant in UTC as SQLite keeps it, which drops the zone; twice as fast as `isoformat`."""
    if at is None:
        return None
    return f"{_second(at.year, at.month, at.day, at.hour, at.minute, at.second)}.{at.microsecond:06}"


@lru_cache(maxsize=256)
def _second(*numbers: int) -> str:
    return "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*numbers)


def packed(values: Iterable[int] | Iterable[str]) -> str:
    """The values as one, for the parameter `values` of `listed`."""
    return json.dumps(list(values), ensure_ascii=False)


def listed(dialect: str, kind: type[int] | type[str]) -> Select[Any]:
    """The values of the parameter `values`, all of this kind, as a query for this kind of database.

    Keep the statement: building one costs as much as a hundred of its values.
    """
    parameter = bindparam("values", type_=Text())
    if dialect == "sqlite":
        return select(func.json_each(parameter).table_valued("value").c.value)
    from sqlalchemy.dialects.postgresql import JSONB  # a twentieth of a second, which only PostgreSQL needs

    value = func.jsonb_array_elements_text(cast(parameter, JSONB)).table_valued(column("value", Text())).c.value
    return select(cast(value, BigInteger()) if kind is int else value)


def gathered(dialect: str, rows: Subquery) -> Select[Any]:
    """All rows of a query as one value, for `read`."""
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*rows.c), type_=Text()))
    return select(cast(func.jsonb_agg(func.jsonb_build_array(*rows.c)), Text()))


def read(value: str | None) -> list[list[Any]]:
    """The rows of a `gathered` value; dates are text."""
    rows: list[list[Any]] = json.loads(value or "[]")
    return rows
