"""Puts a backup of an SQLite database in the place of the database, which is kept beside it."""

import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from mailer.domain.database_check import PutInPlace
from mailer.domain.errors import BadInput, Refused
from mailer.domain.remedy import Action
from mailer.store import migrate
from mailer.store.backup.counted import refuse_lost_rows, refuse_unsound
from mailer.store.backup.sqlite_file import flush, open_copy, publish, reason, reserved
from mailer.store.integrity import check_database, count_rows
from mailer.store.interruption import Interruption
from mailer.store.ledger.backups import backup_at, last_known, mark_as_backup
from mailer.store.sqlite import dbapi

_MAGIC = b"SQLite format 3\x00"  # sqlite.org/fileformat.html §1.3.1
# What belongs to an open database besides its file.
_JOURNALS = ("-wal", "-shm", "-journal")
# Seconds to wait for others that may just be closing the database.
_PATIENCE = 1.0


def restore(file: Path, database: Path, now: datetime) -> PutInPlace:
    """Copy the backup beside the database, mark, migrate and check the copy, and give it the database's name.

    At every instant a whole database is in its place, but for one where there are no hard links. The one before is kept as
    `NAME.before-restore-INSTANT`, and the new one belongs to whom that belonged.
    """
    partial = database.with_name(f".{database.name}.restoring")
    try:
        _refuse_foreign(file, database)
        with reserved(partial):
            _copy(file, partial)
            place = _prepare(partial, file, now)
            _give_to_owner(partial, database)
            flush(partial)
            former = _set_aside(database, now)
            partial.replace(database)
            flush(database.parent)
    except (OSError, DBAPIError, dbapi().Error) as error:
        raise BadInput(f"{file} cannot be restored ({reason(error)}); {database} is as it was") from error
    return PutInPlace(backup_at=place.backup_at, check=place.check, kept_as=str(former or ""))


def _refuse_foreign(file: Path, database: Path) -> None:
    if not _is_sqlite(file):
        raise BadInput(f"{file} is no SQLite database; {database} is as it was", Action.BACK_UP.of())
    if database.exists() and file.samefile(database):
        raise BadInput(f"{file} is the database itself: name a backup of it")


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def _copy(file: Path, partial: Path) -> None:
    """A sound copy of the backup, which itself is not written to."""
    written_ahead, halfway = (file.with_name(f"{file.name}{suffix}") for suffix in ("-wal", "-journal"))
    if _has_content(halfway):  # only in the database itself could SQLite undo what had begun
        raise BadInput(f"{file} was copied in the middle of a write, as {halfway} shows", Action.BACK_UP.of())
    # Without a journal the file is all there is, and its folder may be read-only.
    mode = "mode=ro" if _has_content(written_ahead) else "mode=ro&immutable=1"
    address = f"file:{quote(str(file.resolve()))}?{mode}"
    source = create_engine("sqlite://", creator=lambda: dbapi().connect(address, uri=True), poolclass=NullPool)
    refuse_unsound(check_database(source, Interruption()), file)
    with source.begin() as connection:
        if not _is_ours(connection):
            raise BadInput(f"{file} is a database, but not of this service")
        counted = count_rows(connection)
    with source.connect() as connection:
        connection.connection.cursor().execute("VACUUM INTO ?", (str(partial),))
    copy = open_copy(partial)
    with copy.begin() as connection:
        refuse_lost_rows(count_rows(connection), counted, counted, still=True)
    copy.dispose()


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _is_ours(connection: Connection) -> bool:
    return {"alembic_version", "ledger_state", "deliveries"} <= set(inspect(connection).get_table_names())


def _prepare(partial: Path, file: Path, now: datetime) -> PutInPlace:
    engine = open_copy(partial)
    try:
        migrate.upgrade(engine)
        at = _mark(engine, file, now)
        check = check_database(engine, Interruption())
    finally:
        engine.dispose()
    refuse_unsound(check, f"the copy of {file}")
    return PutInPlace(backup_at=at, check=check)


def _mark(engine: Engine, file: Path, now: datetime) -> datetime:
    with engine.begin() as connection:
        written = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        mark_as_backup(connection, last_known(connection) or min(written, now))
        at = backup_at(connection)
    assert at is not None, "it was marked just now"
    return at


def _give_to_owner(partial: Path, database: Path) -> None:
    """Give the copy to whom the database belongs, or its folder: root may restore what the service's login must open."""
    if os.geteuid() == 0:
        owner = (database if database.exists() else database.parent).stat()
        os.chown(partial, owner.st_uid, owner.st_gid)


def _set_aside(database: Path, now: datetime) -> Path | None:
    """Give the database a second name, without its journal in the way; None when there is none."""
    former = database.with_name(f"{database.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    if former.exists():
        raise Refused(f"{former} exists: try again in a second")
    if database.exists():
        close_for_others(database)
    for suffix in _JOURNALS:  # of a database that cannot be opened any more, or that was lost or removed without them
        if (journal := Path(f"{database}{suffix}")).exists():
            journal.rename(f"{former}{suffix}")
    if not database.exists():
        return None
    publish(database, former)
    return former


def close_for_others(database: Path) -> None:
    """Move the journal into the database, which works only while no other process has it open: Refused."""
    if not _is_sqlite(database):
        return
    connection = dbapi().connect(database, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except dbapi().OperationalError as error:
        if error.sqlite_errorcode & 0xFF in {dbapi().SQLITE_BUSY, dbapi().SQLITE_LOCKED}:
            raise Refused(
                f"another process has {database} open: stop the daemon, the console and other commands, then try again"
            ) from error
    except (dbapi().DatabaseError, UnicodeDecodeError):
        pass  # damaged: that is why it is replaced
    finally:
        connection.close()
