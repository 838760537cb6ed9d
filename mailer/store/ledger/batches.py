"""Rows for one statement: many at once as a single JSON value, because a parameter each costs more than writing it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from mailer.store.columns import UtcDateTime

_WHOLE, _WORDS, INSTANT = BigInteger(), Text(), UtcDateTime()


def packed(rows: Iterable[Sequence[object]]) -> str:
    """The rows as the value of the parameter `rows`; instants are written by `instant`."""
    return json.dumps(list(rows), ensure_ascii=False)


def instant(at: datetime | None) -> str | None:
    """An aware instant in UTC as a packed row has it."""
    return at.isoformat(" ", "microseconds") if at is not None else None


def unpacked(dialect: str, columns: Mapping[str, type[int] | type[str] | type[datetime]]) -> Subquery:
    """The rows of the parameter `rows` as a table with these columns, in their order, for this kind of database.

    Whoever uses it keeps the statement: putting one together costs as much as a hundred of its rows.
    """
    sqlite = dialect == "sqlite"
    given = bindparam("rows", type_=Text())
    each = func.json_each(given) if sqlite else func.jsonb_array_elements(cast(given, JSONB))
    rows = each.table_valued("value") if sqlite else each.table_valued(column("value", JSONB))
    taken = _read_sqlite if sqlite else _read_postgresql
    found = [taken(rows.c.value, place, kind).label(name) for place, (name, kind) in enumerate(columns.items())]
    return select(*found).select_from(rows).subquery("batch")


def gathered(dialect: str, rows: Subquery) -> Select[Any]:
    """All rows of a query as one value, to be read by `read`: SQLite lets go of Python's lock at each row it gives."""
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*rows.c), type_=Text()))
    return select(cast(func.jsonb_agg(func.jsonb_build_array(*rows.c)), Text()))


def read(value: str | None) -> list[list[Any]]:
    """The rows of a `gathered` value; days are text."""
    found: list[list[Any]] = json.loads(value or "[]")
    return found


def _read_sqlite(value: ColumnElement[Any], place: int, kind: type) -> ColumnElement[Any]:
    found = func.json_extract(value, f"$[{place}]", type_=_type(kind))
    # As the column keeps it: without the zone, which is always UTC.
    return func.substr(found, 1, 26, type_=INSTANT) if kind is datetime else found


def _read_postgresql(value: ColumnElement[Any], place: int, kind: type) -> ColumnElement[Any]:
    return cast(value[place].astext, _type(kind))


def _type(kind: type) -> TypeEngine[Any]:
    types: dict[type, TypeEngine[Any]] = {int: _WHOLE, str: _WORDS, datetime: INSTANT}
    return types[kind]
