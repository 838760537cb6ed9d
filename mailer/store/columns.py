"""What columns are made of: instants that keep their zone, words from a list, ids, an order, the naming of constraints."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
    collate,
    text,
)
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.types import BigInteger

# How many people or copies are read, judged and written at a time: a million of them are never in memory together.
CHUNK = 500


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out, on SQLite as well, which forgets zones (house.md, trap 4)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC in the database; a naive instant is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive instant cannot be stored"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, words: Iterable[str], name: str) -> CheckConstraint:
    """A CHECK that the column holds one of these words; the words come from an enum, never from outside."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives rowids only to INTEGER; PostgreSQL gets the wide one.
Id = BigInteger().with_variant(Integer(), "sqlite")


def insert_into(connection: Connection, table: Table) -> SqliteInsert | PostgresqlInsert:
    """An insert that can give way to a row that is there, or change it; two at once never collide."""
    return (postgresql_insert if connection.dialect.name == "postgresql" else sqlite_insert)(table)


def at_most_one(name: str, *columns: Column[Any], when: str) -> Index:
    """A unique index over the rows for which the condition holds, the same on both databases."""
    return Index(name, *columns, unique=True, sqlite_where=text(when), postgresql_where=text(when))


def some(name: str, *columns: Column[Any], when: str, nulls_first: str = "") -> Index:
    """An index over the rows for which the condition holds, the same on both databases.

    `nulls_first` is the column whose NULLs come first, which SQLite does by itself and PostgreSQL where it is told.
    """
    order = {nulls_first: "NULLS FIRST"} if nulls_first else {}
    return Index(name, *columns, sqlite_where=text(when), postgresql_where=text(when), postgresql_ops=order)


def by_code_point(connection: Connection, column: Column[str]) -> ColumnElement[str]:
    """The column in the one order that Python and both databases share, whatever language the database speaks."""
    # SQLite knows no other order unless told.
    return collate(column, "C") if connection.dialect.name == "postgresql" else column
