"""Copies an SQLite database into an empty PostgreSQL one, chunk by chunk, and compares both row by row.

Each chunk is one transaction together with the note how far it got, so a copy that was broken off goes on where it was.
Until the end the target has a schema that no version knows, so no service begins to work on half a database; from the end on
the source is marked as one that goes on elsewhere, so of both only the target sends.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    delete,
    func,
    insert,
    inspect,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError

from mailer.domain.database_copy import DatabaseCopy
from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.domain.remedy import Action
from mailer.store import Store, is_damaged, migrate, postgresql, resolve
from mailer.store.columns import metadata
from mailer.store.endurance import Endurance
from mailer.store.ledger import backups
from mailer.store.table_copy import Tell, compare, copy_table, count, progress, reason

# Its one row is made by the migrations.
_MADE_WITH_TABLES = "register_state"
_LOCK = 6252546  # a number of our own: one copy at a time


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
        parsed = resolve(url, base, "the URL")
        if parsed.get_backend_name() != "postgresql":
            raise BadInput(
                "a database is copied to PostgreSQL: give a URL such as postgresql+psycopg://USER@HOST/DATABASE"
            )
        name = parsed.render_as_string(hide_password=True)
        rows, resumed = _copied(source, postgresql.open_engine(parsed), name, at, refuse_running, tell)
    except ImportError as error:
        raise BadInput(f"the URL cannot be used: {error}") from error
    except DBAPIError as error:
        if is_damaged(error):
            raise BadInput(
                f"the copy stopped ({reason(error)}): the database is damaged", Action.CHECK_DATABASE.of()
            ) from error
        raise MailerError(
            f"the copy stopped ({reason(error)}); give the command again, it goes on where it was"
        ) from error
    return DatabaseCopy(source=source.name, target=name, rows=rows, resumed=resumed)


def _copied(
    source: Store, engine: Engine, name: str, at: datetime, refuse_running: Callable[[], None], tell: Tell
) -> tuple[dict[str, int], bool]:
    try:
        with source.transaction() as origin:
            if origin.dialect.name != "sqlite":
                raise Refused("this installation is on PostgreSQL already", Action.BACK_UP.of())
            refuse_running()
            return _copy(origin, engine, name, at, tell, source.endurance)
    finally:
        engine.dispose()


def _copy(
    origin: Connection, engine: Engine, name: str, at: datetime, tell: Tell, endurance: Endurance
) -> tuple[dict[str, int], bool]:
    # Seen by no one else until the end: the target is to have the ledger as it is without the mark.
    was_marked = backups.stay(origin, name)
    with _connection_to(engine) as keeper:  # its lock is held until it is closed
        if not keeper.execute(select(func.pg_try_advisory_lock(_LOCK))).scalar():
            raise Refused("another copy into this database is at work")
        keeper.commit()
        resumed = _begin(origin, engine, was_marked=was_marked)
        counts = {each.name: count(origin, each) for each in metadata.sorted_tables}
        for each in metadata.sorted_tables:
            copy_table(origin, engine, each, counts[each.name], tell, endurance)
        with engine.begin() as target:
            for each in metadata.sorted_tables:
                compare(origin, target, each, counts[each.name], tell)
            _finish(origin, target)
            # In this order: a break in between leaves a source that sends nothing, and a target that is not whole yet.
            backups.mark_as_moved(origin, name, at)
            origin.commit()
    return counts, resumed


def _connection_to(engine: Engine) -> Connection:
    """The first connection to the target. MailerError when there is none: most often the URL is wrong."""
    try:
        return engine.connect()
    except DBAPIError as error:
        raise MailerError(
            f"the target cannot be opened ({reason(error)}): correct the URL, or wait for its server, then give the command again"
        ) from error


# --- begin and end ----------------------------------------------------------------------------------------------------


def _begin(origin: Connection, engine: Engine, *, was_marked: bool) -> bool:
    """Make the tables of an empty target; True when this copy was begun before."""
    state = _state(origin)
    with engine.begin() as target:
        names = set(inspect(target).get_table_names())
        if migrate.COPYING in names:
            before = target.execute(select(progress.c.last).where(progress.c.name == "")).scalar()
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
        progress.create(target)
        target.execute(insert(progress).values(name="", last=state, rows=0))
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
    progress.drop(target)
