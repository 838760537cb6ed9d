"""Reads a database from its first row to its last, and names what is damaged in it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Engine, exists, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from mailer.domain.database_check import DatabaseCheck
from mailer.store import migrate, sqlite
from mailer.store.columns import metadata
from mailer.store.interruption import Interruption, statements_of
from mailer.store.postgresql import take_time
from mailer.store.trouble import is_damaged, trouble_of

# So many problems are named; one is enough to restore a backup.
MOST = 20
# PostgreSQL, Appendix A: what ends a reader though all is sound. Another transaction, a missing right or a table that was
# just dropped, too little memory, a lock, an administrator.
_OF_THE_READER = ("40", "42", "53", "55", "57")


def engine_name(connection: Connection) -> str:
    """The database's kind and version: `SQLite 3.53.4`."""
    if connection.dialect.name == "sqlite":
        return f"SQLite {sqlite.dbapi().sqlite_version}"
    return f"PostgreSQL {'.'.join(map(str, connection.dialect.server_version_info or ()))}"


def check_database(engine: Engine, interruption: Interruption) -> DatabaseCheck:
    """Read everything in one transaction that waits for no writer and delays none.

    Each table of the newest schema is there, where it has that one. SQLite: its pages, indexes and constraints, and that each row names rows that are there. PostgreSQL: that every row can
    be read, that its indexes and constraints are valid, the same references, and its indexes where `amcheck` is installed.
    Raises DatabaseError when it cannot be read to the end for another reason than damage, and BrokenOff.
    """
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    name, problems, unchecked = "", list[str](), list[str]()
    rows: dict[str, int] = {}
    try:
        with (
            engine.execution_options(reading=True, **options).begin() as connection,
            interruption.reaching(statements_of(connection)),
        ):
            take_time(connection)
            name = engine_name(connection)
            look = _sqlite_problems if connection.dialect.name == "sqlite" else _postgresql_problems
            problems.extend(_missing_tables(connection))
            problems.extend(look(connection))
            rows = count_rows(connection)
            unchecked.extend(_unchecked(connection))
    except (DBAPIError, UnicodeDecodeError) as error:
        if not is_damaged(error) and (trouble_of(error) is not None or _is_of_the_reader(error)):
            raise  # that says nothing about it
        problems.append(str(getattr(error, "orig", error)).strip())
    named = tuple(dict.fromkeys(problems))[:MOST]
    return DatabaseCheck(engine=name, rows=rows, problems=named, unchecked=tuple(unchecked))


def count_rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(inspect(connection).get_table_names())
    return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in names}


def _is_of_the_reader(error: DBAPIError | UnicodeDecodeError) -> bool:
    return (getattr(getattr(error, "orig", None), "sqlstate", None) or "").startswith(_OF_THE_READER)


def _missing_tables(connection: Connection) -> Iterator[str]:
    if migrate.has_newest_schema(connection):
        there = inspect(connection).get_table_names()
        for name in sorted(metadata.tables.keys() - there):
            yield f"the table {name} is missing"


def _sqlite_problems(connection: Connection) -> Iterator[str]:
    for line in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})").scalars():
        if line != "ok":
            yield line
    broken = Counter(
        (name, other, key) for name, _, other, key in connection.exec_driver_sql("PRAGMA foreign_key_check")
    )
    for (name, other, _), count in broken.items():
        yield _dangling(name, other, count)


def _postgresql_problems(connection: Connection) -> Iterator[str]:
    for name in connection.execute(text(_INVALID_INDEXES)).scalars():
        yield f"the index {name} is not valid"
    for name in connection.execute(text(_INVALID_CONSTRAINTS)).scalars():
        yield f"the constraint {name} is not valid"
    for name in inspect(connection).get_table_names():
        # As text, so that values that lie outside of their rows are read too.
        quoted = connection.dialect.identifier_preparer.quote(name)
        connection.execute(text(f"SELECT sum(length(each::text)) FROM {quoted} AS each")).scalar()  # noqa: S608  (quoted)
    yield from _dangling_rows(connection)
    if _has_amcheck(connection):
        for name in connection.execute(text(_OWN_INDEXES)).scalars():
            connection.execute(text("SELECT bt_index_check(CAST(:name AS regclass), true)"), {"name": name})
    failures = connection.execute(text(_CHECKSUM_FAILURES)).scalar()
    if failures:
        yield f"PostgreSQL has read {failures} pages whose checksum was wrong"


def _dangling_rows(connection: Connection) -> Iterator[str]:
    there = set(inspect(connection).get_table_names())
    for child in metadata.sorted_tables:
        for key in child.foreign_keys:
            parent = key.column.table
            if child.name not in there or parent.name not in there:
                continue
            other = parent.alias()
            named = exists().where(other.c[key.column.name] == key.parent)
            query = select(func.count()).select_from(child).where(key.parent.is_not(None), ~named)
            if count := connection.execute(query).scalar_one():
                yield _dangling(child.name, parent.name, count)


def _dangling(name: str, other: str, count: int) -> str:
    if count == 1:
        return f"a row of {name} names one that {other} does not have"
    return f"{count} rows of {name} name a row that {other} does not have"


def _unchecked(connection: Connection) -> Iterable[str]:
    if connection.dialect.name == "postgresql" and not _has_amcheck(connection):
        return ["whether each index agrees with its table: `CREATE EXTENSION amcheck` as its administrator adds that"]
    return []


def _has_amcheck(connection: Connection) -> bool:
    return bool(connection.execute(text(_AMCHECK)).scalar())


_INVALID_INDEXES = (
    "SELECT relname FROM pg_index JOIN pg_class ON oid = indexrelid "
    "WHERE relnamespace = CAST(current_schema() AS regnamespace) AND NOT indisvalid"
)
_INVALID_CONSTRAINTS = (
    "SELECT conname FROM pg_constraint WHERE connamespace = CAST(current_schema() AS regnamespace) AND NOT convalidated"
)
_OWN_INDEXES = (
    "SELECT CAST(pg_class.oid AS regclass)::text FROM pg_class JOIN pg_am ON pg_am.oid = relam "
    "WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind = 'i' AND amname = 'btree'"
)
_AMCHECK = (
    "SELECT count(*) > 0 FROM pg_proc WHERE proname = 'bt_index_check' AND pronargs >= 2 "
    "AND has_function_privilege(oid, 'EXECUTE') AND pg_function_is_visible(oid)"
)
_CHECKSUM_FAILURES = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
