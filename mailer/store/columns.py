"""What the tables share: types of columns, CHECKs, partial indexes, and how constraints are named."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    TextClause,
    TypeDecorator,
    collate,
    or_,
    text,
)
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.types import BigInteger, TypeEngine

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert

# How many people or copies are read, judged and written at a time, so that a million are never in memory together.
CHUNK = 500


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, returned in UTC, on SQLite as well, which drops time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC. ValueError for a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "a naive instant cannot be stored"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Add the zone that SQLite dropped."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: str, words: Iterable[str], name: str) -> CheckConstraint:
    """A CHECK that the column holds one of these words, which come from an enum, never from outside."""
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

# Text in the order that Python and both databases share, whatever locale the database has.
ByCodePoint = Text().with_variant(Text(collation="C"), "postgresql")


def insert_into(connection: Connection, table: Table) -> "SqliteInsert | PostgresqlInsert":
    """An insert that can skip or change an existing row, so that two at once never collide."""
    if connection.dialect.name != "postgresql":
        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert  # a twentieth of a second, which only PostgreSQL needs

    return insert(table)


Condition = str | ColumnElement[bool]


def at_most_one(name: str, *columns: Column[Any], when: Condition) -> Index:
    """A unique index of the rows that match the condition, the same on both databases."""
    where = _where(when)
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


def partial_index(name: str, *columns: Column[Any], when: Condition, nulls_first: str = "") -> Index:
    """An index of the rows that match the condition, the same on both databases.

    `nulls_first` names a column whose NULLs come first, as they do in SQLite anyway.
    """
    order = {nulls_first: "NULLS FIRST"} if nulls_first else {}
    where = _where(when)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where, postgresql_ops=order)


def _where(when: Condition) -> ColumnElement[bool] | TextClause:
    return text(when) if isinstance(when, str) else when


def in_chunks(connection: Connection, query: Select[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of a query, read in chunks, by a reader who may stop before the last one."""
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as rows:
        yield from rows


def by_code_point(connection: Connection, column: ColumnElement[str]) -> ColumnElement[str]:
    """The column in the order that Python and both databases share, whatever locale the database has."""
    # SQLite sorts by code point unless a collation is named.
    return collate(column, "C") if connection.dialect.name == "postgresql" else column


_TYPES: dict[type, type[TypeEngine[Any]]] = {str: Text, bool: Boolean, int: Integer, date: Date}


def has_come(
    instant: ColumnElement[Any], now: ColumnElement[Any] | datetime, latest: ColumnElement[Any] | datetime
) -> ColumnElement[bool]:
    """The rule of `domain.due.has_come` on a column: `latest` is the furthest that anything is waited for."""
    return or_(instant <= now, instant > latest)


def columns_of(value: type) -> list[Column[Any]]:
    """A column for each field of a dataclass of texts, words, numbers, dates and truths; nullable where it may be None."""
    columns = []
    for name, hint in get_type_hints(value).items():
        options = set(get_args(hint)) or {hint}
        (kind,) = options - {NoneType}
        column_type = Text if issubclass(kind, StrEnum) else _TYPES[kind]
        columns.append(Column(name, column_type, nullable=NoneType in options))
    return columns
