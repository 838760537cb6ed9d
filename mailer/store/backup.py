"""Copies a running SQLite database into a file that is complete, private and marked as a backup, or not there at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from mailer.domain.errors import BadInput, Refused
from mailer.store.ledger.backups import mark_as_backup
from mailer.store.sqlite import dbapi


def write_backup(engine: Engine, file: Path, at: datetime) -> None:
    """Copy the database as it is now into a new file, readable by its owner alone, and mark the copy.

    Writers are not delayed, and a process that is killed leaves no `file`, only `.NAME.partial`, which the next backup
    to the same place replaces. Refused when `file` exists, or for a database that is not SQLite; BadInput when the file
    cannot be written.
    """
    if engine.dialect.name != "sqlite":
        raise Refused(
            "this copies an SQLite database; copy PostgreSQL with pg_dump, which works while the service runs, "
            "and see docs/operating.md, Backups"
        )
    partial = file.with_name(f".{file.name}.partial")
    try:
        _require_free(file)
        with _reserved(partial):
            _copy(engine, partial)
            _mark(partial, at)
            _flush(partial)
            _publish(partial, file)
            _flush(file.parent)
    except FileExistsError:
        raise Refused(f"{file} exists and is left as it is: name another file") from None
    except (OSError, DBAPIError, dbapi().Error) as error:  # VACUUM raises the last
        reason = getattr(error, "strerror", None) or getattr(error, "orig", None) or error
        raise BadInput(f"the backup {file} cannot be written ({reason}); there is none") from error


@contextmanager
def _reserved(partial: Path) -> Iterator[None]:
    """Keep the unfinished file to this process; it is deleted at the end."""
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another backup to {partial.parent} is being written: wait until it has ended") from None
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        try:
            yield
        finally:
            for suffix in ("", "-journal"):
                Path(f"{partial}{suffix}").unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _copy(engine: Engine, partial: Path) -> None:
    # VACUUM cannot run inside a transaction, so not through a connection that begins one.
    with closing(engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", (str(partial),))


def _mark(partial: Path, at: datetime) -> None:
    engine = create_engine(URL.create("sqlite", database=str(partial)), module=dbapi(), hide_parameters=True)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA journal_mode=DELETE"))
    with engine.begin() as connection:
        mark_as_backup(connection, at)
    engine.dispose()


def _publish(partial: Path, file: Path) -> None:
    """Give the finished file its name; FileExistsError when that is not free."""
    try:
        os.link(partial, file)
    except PermissionError:  # a file system without hard links
        _require_free(file)
        partial.rename(file)


def _require_free(file: Path) -> None:
    if os.path.lexists(file):
        raise FileExistsError(file)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
