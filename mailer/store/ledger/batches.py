"""Passes many rows to or from one statement as a single JSON value: a parameter for each costs more than writing it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, Text, bindparam, cast, column, func, select
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

    Keep the statement: building one costs as much as a hundred of its rows.
    """
    parameter = bindparam("rows", type_=Text())
    if dialect == "sqlite":
        rows, value_at = func.json_each(parameter).table_valued("value"), _sqlite_value
    else:
        from sqlalchemy.dialects.postgresql import JSONB  # a twentieth of a second, which only PostgreSQL needs

        elements = func.jsonb_array_elements(cast(parameter, JSONB))
        rows, value_at = elements.table_valued(column("value", JSONB)), _postgresql_value
    values = [value_at(rows.c.value, place, kind).label(name) for place, (name, kind) in enumerate(columns.items())]
    return select(*values).select_from(rows).subquery("batch")


def gathered(dialect: str, rows: Subquery) -> Select[Any]:
    """All rows of a query as one value, for `read`: SQLite releases Python's lock at each row that it returns."""
    if dialect == "sqlite":
        return select(func.json_group_array(func.json_array(*rows.c), type_=Text()))
    return select(cast(func.jsonb_agg(func.jsonb_build_array(*rows.c)), Text()))


def read(value: str | None) -> list[list[Any]]:
    """The rows of a `gathered` value; dates are text."""
    rows: list[list[Any]] = json.loads(value or "[]")
    return rows


def _sqlite_value(row: ColumnElement[Any], place: int, kind: type) -> ColumnElement[Any]:
    value = func.json_extract(row, f"$[{place}]", type_=_type(kind))
    # Without the zone, which is always UTC, as the column keeps it.
    return func.substr(value, 1, 26, type_=INSTANT) if kind is datetime else value


def _postgresql_value(row: ColumnElement[Any], place: int, kind: type) -> ColumnElement[Any]:
    return cast(row[place].astext, _type(kind))


def _type(kind: type) -> TypeEngine[Any]:
    types: dict[type, TypeEngine[Any]] = {int: _WHOLE, str: _WORDS, datetime: INSTANT}
    return types[kind]
