"""Copies the running database into a file, and puts such a file in the place of a database."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from mailer.domain.database_check import DatabaseCheck, PutInPlace
from mailer.store.backup import postgresql, restored_file, sqlite_file

__all__ = ["restore", "write_backup"]


def write_backup(engine: Engine, file: Path, at: datetime) -> DatabaseCheck:
    """Copy the database as it is now into a new file, readable by its owner alone; returns what was read back from it.

    Writers are not delayed. A copy is opened, checked and counted before it gets its name. Refused when `file` exists;
    BadInput when it cannot be written, or is not what it should be: then there is none.
    """
    if engine.dialect.name == "sqlite":
        return sqlite_file.write_backup(engine, file, at)
    return postgresql.write_backup(engine, file)


def restore(url: URL, file: Path, now: datetime) -> PutInPlace:
    """Put a backup in the place of the database, marked as a backup: nothing leaves until a person has resumed it.

    Refused while another process has the database open, BadInput for a file that is no sound backup of this service's:
    then the database is as it was. An SQLite file that was in its place is kept beside it.
    """
    if url.get_backend_name() == "sqlite":
        return restored_file.restore(file, Path(url.database or ""), now)
    return postgresql.restore(url, file, now)
