"""Inserts many rows by one statement, their values as the database keeps them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

# By database, table and columns: writing a statement costs as much as many of its rows.
_statements: dict[tuple[str, str, tuple[str, ...]], str] = {}


def insert_rows(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[str | int | None, ...]]
) -> None:
    """Insert rows with these columns, in the order of the table: dates as ISO text, JSON as text.

    A million rows a plan: converting each value by its column's type would take as long again as half of the insert.
    """
    if not rows:
        return
    dialect = connection.dialect
    key = (dialect.name, table.name, columns)
    if key not in _statements:
        assert [column.name for column in table.c if column.name in columns] == list(columns), (
            "not in the table's order"
        )
        _statements[key] = str(insert(table).compile(dialect=dialect, column_keys=list(columns)))
    values: list[Any] = list(rows) if dialect.positional else [dict(zip(columns, row, strict=True)) for row in rows]
    connection.exec_driver_sql(_statements[key], values)
