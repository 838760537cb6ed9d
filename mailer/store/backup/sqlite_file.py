"""Copies a running SQLite database into a file that is complete, private and marked as a backup, or not there at all."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from mailer.domain.database_check import DatabaseCheck
from mailer.domain.errors import BadInput, Refused
from mailer.store.backup.counted import refuse_lost_rows, refuse_unsound
from mailer.store.integrity import check_database, count_rows
from mailer.store.interruption import Interruption, ending, statements_of
from mailer.store.ledger.backups import mark_as_backup
from mailer.store.opening import closed_on_error
from mailer.store.sqlite import dbapi

# What file systems without hard links say, those of other machines among them: link(2), and Samba's.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def write_backup(engine: Engine, file: Path, at: datetime, interruption: Interruption) -> DatabaseCheck:
    """Copy the database as it is now into a new file, readable by its owner alone, and mark the copy.

    Writers are not delayed, and a process that is killed leaves no `file`, only `.NAME.partial`, which the next backup
    to the same place replaces. Returns what was read back from the copy. Refused when `file` exists; BadInput when it cannot
    be written, or has not the rows of the database; BrokenOff.
    """
    partial = file.with_name(f".{file.name}.partial")
    try:
        require_free(file)
        with reserved(partial):
            _copy(engine, partial, interruption)
            copy = _mark(partial, at, interruption)
            flush(partial)
            publish(partial, file)
            flush(file.parent)
            return copy
    except FileExistsError:
        raise Refused(f"{file} exists and is left as it is: name another file") from None
    except (OSError, DBAPIError, dbapi().Error) as error:  # VACUUM raises the last
        raise BadInput(f"the backup {file} cannot be written ({reason(error)}); there is none") from error


def reason(error: Exception) -> object:
    """Why the system or the database refused, without what was asked."""
    return getattr(error, "strerror", None) or getattr(error, "orig", None) or error


def open_copy(file: Path) -> Engine:
    """An engine for an SQLite file that stays a single one: it is written without a write-ahead log."""
    engine = create_engine(URL.create("sqlite", database=str(file)), module=dbapi(), hide_parameters=True)
    event.listen(engine, "connect", _write_single)
    return engine


def _write_single(connection: Any, _record: object) -> None:
    with closed_on_error(connection):
        connection.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def reserved(partial: Path) -> Iterator[None]:
    """Keep an unfinished file to this process; it is deleted at the end, unless it was given another name."""
    descriptor = _locked(partial)
    try:
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        try:
            yield
        finally:
            _remove(partial)
    finally:
        os.close(descriptor)


def _locked(partial: Path) -> int:
    """A descriptor of an unfinished file that no other process writes.

    A file that a killed process left may have got its name already: then it is a whole backup, and loses this name alone.
    """
    while True:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Refused(f"another process is writing {partial}: wait until it has ended") from None
        file = os.fstat(descriptor)
        if _is_at(partial, file):
            if file.st_nlink == 1:
                return descriptor
            _remove(partial)
        os.close(descriptor)


def _is_at(path: Path, file: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.lstat(), file)
    except FileNotFoundError:
        return False


def _remove(partial: Path) -> None:
    for suffix in ("", "-journal"):
        Path(f"{partial}{suffix}").unlink(missing_ok=True)


def _copy(engine: Engine, partial: Path, interruption: Interruption) -> None:
    """The copy, with as many rows in each table as the database has."""
    # VACUUM cannot run inside a transaction, so not through a connection that begins one.
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        version = _version(cursor)
        before = _counted(engine, interruption)
        with interruption.reaching(ending(connection.driver_connection)):
            cursor.execute("VACUUM INTO ?", (str(partial),))
        after = _counted(engine, interruption)
        still = version == _version(cursor)
    copy = open_copy(partial)
    try:
        refuse_lost_rows(_counted(copy, interruption), before, after, still=still)
    finally:
        copy.dispose()


def _counted(engine: Engine, interruption: Interruption) -> dict[str, int]:
    with (
        engine.execution_options(reading=True).begin() as connection,
        interruption.reaching(statements_of(connection)),
    ):
        return count_rows(connection)


def _version(cursor: DBAPICursor) -> object:
    """A number that changes when another connection commits."""
    cursor.execute("PRAGMA data_version")
    return cursor.fetchone()


def _mark(partial: Path, at: datetime, interruption: Interruption) -> DatabaseCheck:
    engine = open_copy(partial)
    try:
        with engine.begin() as connection:
            mark_as_backup(connection, at)
        copy = check_database(engine, interruption)
    finally:
        engine.dispose()
    refuse_unsound(copy, "the copy")
    return copy


def publish(file: Path, name: Path) -> None:
    """Give a finished file this name, too, or instead where there are no hard links; FileExistsError when it is not free."""
    try:
        os.link(file, name)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        require_free(name)
        file.rename(name)


def require_free(file: Path) -> None:
    if os.path.lexists(file):
        raise FileExistsError(file)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
