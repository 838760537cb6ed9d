"""Inserts many rows by one statement, their values as the database keeps them."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Connection, Dialect, Table, insert

# By database, table and columns: writing a statement costs as much as many of its rows.
_statements: dict[tuple[str, str, tuple[str, ...]], str] = {}


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[str | int | None, ...]]
) -> None:
    """Insert rows with these columns, in the order of the table: dates as ISO text, JSON as text.

    A million rows a plan: converting each value by its column's type would take as long again as half of the insert.
    PostgreSQL gets each column as one array: it plans and answers once for all rows.
    """
    if not rows:
        return
    dialect = connection.dialect
    key = (dialect.name, table.name, columns)
    if key not in _statements:
        assert [column.name for column in table.c if column.name in columns] == list(columns), (
            "not in the table's order"
        )
        _statements[key] = (
            _of_arrays(dialect, table, columns) if _takes_arrays(dialect) else _of_rows(dialect, table, columns)
        )
    if _takes_arrays(dialect):
        arrays = {f"c{place}": _array(values) for place, values in enumerate(zip(*rows, strict=True))}
        connection.exec_driver_sql(_statements[key], arrays)
    else:
        connection.exec_driver_sql(_statements[key], list(rows))


def _takes_arrays(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


def _of_rows(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    return str(insert(table).compile(dialect=dialect, column_keys=list(columns)))


def _of_arrays(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    kinds = (table.c[name].type.compile(dialect) for name in columns)
    arrays = ", ".join(f"%(c{place})s::{kind}[]" for place, kind in enumerate(kinds))
    return f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT * FROM unnest({arrays})"  # noqa: S608 (of our tables)


# What no text of PostgreSQL has (§8.3).
_BETWEEN = "\0"


def _array(values: Sequence[str | int | None]) -> str:
    """An array as PostgreSQL reads it (§8.15.2); the driver takes ten times as long for one."""
    if set(map(type, values)) == {str}:
        # The usual: escaped together, in a quarter of the time.
        words = _BETWEEN.join(cast("Sequence[str]", values))
        if words.count(_BETWEEN) == len(values) - 1:
            return "{" + _quoted(words).replace(_BETWEEN, '","') + "}"
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: str | int | None) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return "NULL" if value is None else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
