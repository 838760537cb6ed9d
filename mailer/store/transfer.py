"""Copies an SQLite database into an empty PostgreSQL one, chunk by chunk, and compares both row by row.

Each chunk is one transaction together with the note how far it got, so a copy that was broken off goes on where it was.
Until the end the target has a schema that no version knows, so no service begins to work on half a database; from the end on
the source is marked as one that goes on elsewhere, so of both only the target sends.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.types import JSON

from mailer.domain.database_copy import DatabaseCopy
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.domain.remedy import Action
from mailer.store import Store, is_away, migrate, postgresql, resolve
from mailer.store.columns import by_code_point, metadata
from mailer.store.ledger import backups

# Rows at a time: few where each may hold a picture.
CHUNK, LARGE_CHUNK = 2000, 20
# How often in a row a chunk is begun again on a server that is away.
TRIES = 100
# Its one row is made by the migrations.
_MADE_WITH_TABLES = "register_state"
# Only in a target, until the copy is whole: how far each table got; under no name, what the source was like.
_progress = Table(
    migrate.COPYING,
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("last", JSON),
    Column("rows", BigInteger, nullable=False),
)
_LOCK = 6252546  # a number of our own: one copy at a time

Tell = Callable[[str, int, int], None]  # what is done, with how many rows of how many


def copy_database(
    source: Store,
    url: str,
    base: Path,
    at: datetime,
    *,
    refuse_running: Callable[[], None] = lambda: None,
    tell: Tell = lambda _what, _done, _of: None,
) -> DatabaseCopy:
    """Copy everything and compare it; afterwards the target is a whole database, and the source sends nothing any more.

    No process may write to the source meanwhile: it is locked, and then `refuse_running` asks whether one is about to. Refused
    where the target holds anything but the beginning of this very copy. BadInput names the first row that differs.
    """
    try:
        parsed = resolve(url, base)
        if parsed.get_backend_name() != "postgresql":
            raise BadInput(
                "a database is copied to PostgreSQL: give a URL such as postgresql+psycopg://USER@HOST/DATABASE"
            )
        name = parsed.render_as_string(hide_password=True)
        rows, resumed = _copied(source, postgresql.open_engine(parsed), name, at, refuse_running, tell)
    except (ArgumentError, ImportError) as error:
        raise BadInput(f"the URL cannot be used: {error}") from error
    except DBAPIError as error:
        words = str(error.orig).strip().splitlines()[0]
        raise MailerError(f"the copy stopped ({words}); give the command again, it goes on where it was") from error
    return DatabaseCopy(source=source.name, target=name, rows=rows, resumed=resumed)


def _copied(
    source: Store, engine: Engine, name: str, at: datetime, refuse_running: Callable[[], None], tell: Tell
) -> tuple[dict[str, int], bool]:
    try:
        with source.transaction() as origin:
            if origin.dialect.name != "sqlite":
                raise Refused("this installation is on PostgreSQL already", Action.BACK_UP.of())
            refuse_running()
            return _copy(origin, engine, name, at, tell)
    finally:
        engine.dispose()


def _copy(origin: Connection, engine: Engine, name: str, at: datetime, tell: Tell) -> tuple[dict[str, int], bool]:
    # Seen by no one else until the end: the target is to have the ledger as it is without the mark.
    was_marked = backups.stay(origin, name)
    with engine.connect() as keeper:  # its lock is held until it is closed
        if not keeper.execute(select(func.pg_try_advisory_lock(_LOCK))).scalar():
            raise Refused("another copy into this database is at work")
        keeper.commit()
        resumed = _begin(origin, engine, was_marked=was_marked)
        counts = {each.name: _count(origin, each) for each in metadata.sorted_tables}
        for each in metadata.sorted_tables:
            _copy_table(origin, engine, each, counts[each.name], tell)
        with engine.begin() as target:
            for each in metadata.sorted_tables:
                _compare(origin, target, each, counts[each.name], tell)
            _finish(origin, target)
            # In this order: a break in between leaves a source that sends nothing, and a target that is not whole yet.
            backups.mark_as_moved(origin, name, at)
            origin.commit()
    return counts, resumed


def _count(connection: Connection, each: Table) -> int:
    return connection.execute(select(func.count()).select_from(each)).scalar_one()


# --- begin and end ----------------------------------------------------------------------------------------------------


def _begin(origin: Connection, engine: Engine, *, was_marked: bool) -> bool:
    """Make the tables of an empty target; True when this copy was begun before."""
    state = _state(origin)
    with engine.begin() as target:
        names = set(inspect(target).get_table_names())
        if migrate.COPYING in names:
            before = target.execute(select(_progress.c.last).where(_progress.c.name == "")).scalar()
            if before != state:
                raise Refused(
                    "the copy that was begun there is of another database, or of this one before it changed: empty the "
                    "target, then copy again"
                )
            return True
        _refuse_used(target, names, was_marked=was_marked)
    migrate.upgrade(engine)
    with engine.begin() as target:
        _refuse_used(target, set(metadata.tables) | {migrate.VERSION})
        target.execute(delete(metadata.tables[_MADE_WITH_TABLES]))
        _progress.create(target)
        target.execute(insert(_progress).values(name="", last=state, rows=0))
        migrate.set_version(target, migrate.COPYING)
    return False


def _refuse_used(target: Connection, names: set[str], *, was_marked: bool = False) -> None:
    ours = set(metadata.tables) | {migrate.VERSION}
    used = names - ours
    if not used:
        used = {
            name
            for name in names - {migrate.VERSION, _MADE_WITH_TABLES}
            if target.execute(select(literal(1)).select_from(table(name)).limit(1)).first() is not None
        }
    if used and was_marked:
        raise Refused(
            "the target is not empty: this database was copied there; name it in [database], then start the service"
        )
    if used or (names and migrate.VERSION not in names):
        raise Refused(f"the target is not empty: it has {min(used or names)}; make a new database for the copy")


def _state(origin: Connection) -> list[int]:
    """By what a source that has changed since is known."""
    tables = metadata.tables
    queries = (
        select(func.max(tables["history"].c.id)),
        select(func.max(tables["ledger_state"].c.epoch)),
        select(func.max(tables["register_state"].c.version)),
        select(func.max(tables["attempts"].c.id)),
        select(func.max(tables["raw_reports"].c.id)),
    )
    return [origin.execute(query).scalar() or 0 for query in queries]


def _finish(origin: Connection, target: Connection) -> None:
    """Let each number go on above all that were ever given, and let services work on the target."""
    never_again = {
        name: int(last) for name, last in origin.execute(text("SELECT name, seq FROM sqlite_sequence")) if last
    }
    for each in metadata.sorted_tables:
        sequence = None
        if "id" in each.c and isinstance(each.c.id.type, Integer):
            sequence = target.execute(select(func.pg_get_serial_sequence(each.name, "id"))).scalar()
        if sequence is not None:
            last = max(target.execute(select(func.max(each.c.id))).scalar() or 0, never_again.get(each.name, 0))
            target.execute(select(func.setval(sequence, max(last, 1), last > 0)))
    backups.settle_home(target)
    migrate.set_version(target, migrate.HEAD)
    _progress.drop(target)


# --- rows -------------------------------------------------------------------------------------------------------------


def _copy_table(origin: Connection, engine: Engine, each: Table, count: int, tell: Tell) -> None:
    tries = 0
    while True:
        try:
            with engine.begin() as target:
                after, done = _reached(target, each)
                rows = _after(origin, each, after)
                if not rows:
                    return
                target.execute(insert(each), [dict(zip(each.c.keys(), row, strict=True)) for row in rows])
                reached = {"last": _key(each, rows[-1]), "rows": done + len(rows)}
                target.execute(update(_progress).where(_progress.c.name == each.name).values(reached))
        except DBAPIError as error:
            tries += 1
            if not is_away(error) or tries == TRIES:
                raise
        else:
            tries = 0
            tell(f"copying {each.name}", done + len(rows), count)


def _reached(target: Connection, each: Table) -> tuple[list[Any] | None, int]:
    row = target.execute(select(_progress.c.last, _progress.c.rows).where(_progress.c.name == each.name)).first()
    if row is not None:
        return row.last, row.rows
    target.execute(insert(_progress).values(name=each.name, last=None, rows=0))
    return None, 0


def _keys(connection: Connection, each: Table) -> list[ColumnElement[Any]]:
    """The columns of the primary key, in the order that both databases share."""
    return [
        by_code_point(connection, column) if isinstance(column.type, Text) else column for column in each.primary_key
    ]


def _key(each: Table, row: Row[Any]) -> list[Any]:
    return [row[each.c.keys().index(column.name)] for column in each.primary_key]


def _after(connection: Connection, each: Table, last: list[Any] | None) -> list[Row[Any]]:
    """The next rows of the table by its primary key."""
    keys = _keys(connection, each)
    heavy = any(isinstance(column.type, LargeBinary) for column in each.columns)
    query = select(each).order_by(*keys).limit(LARGE_CHUNK if heavy else CHUNK)
    if last is not None:
        values = [literal(value, column.type) for value, column in zip(last, each.primary_key, strict=True)]
        query = query.where(tuple_(*keys) > tuple_(*values))
    return list(connection.execute(query))


def _all(connection: Connection, each: Table) -> Iterator[Row[Any]]:
    last: list[Any] | None = None
    while rows := _after(connection, each, last):
        yield from rows
        last = _key(each, rows[-1])


def _compare(origin: Connection, target: Connection, each: Table, count: int, tell: Tell) -> None:
    """BadInput naming the first row that is not the same on both sides."""
    copied = _all(target, each)
    for done, row in enumerate(_all(origin, each)):
        other = next(copied, None)
        if other is None or tuple(other) != tuple(row):
            raise BadInput(f"{each.name} differs at {_key(each, row)}: empty the target, then copy again")
        if done % CHUNK == 0:
            tell(f"comparing {each.name}", done, count)
    if (other := next(copied, None)) is not None:
        raise BadInput(f"{each.name} has {_key(each, other)}, which the source does not have: empty the target")
