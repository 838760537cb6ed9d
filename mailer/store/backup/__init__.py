"""Copies the running database into a file, and puts such a file in the place of a database."""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from mailer.domain.database_check import DatabaseCheck, PutInPlace
from mailer.domain.errors import Refused
from mailer.store.backup import folder as backup_folder
from mailer.store.backup import postgresql, restored_file, sqlite_file
from mailer.store.interruption import Interruption

__all__ = ["refuse_open", "restore", "write_backup", "write_into"]


def write_backup(engine: Engine, file: Path, at: datetime, interruption: Interruption) -> DatabaseCheck:
    """Copy the database as it is now into a new file, readable by its owner alone; returns what was read back from it.

    Writers are not delayed. A copy is opened, checked and counted before it gets its name. Refused when `file` exists;
    BadInput when it cannot be written, or is not what it should be, BrokenOff: then there is none.
    """
    if engine.dialect.name == "sqlite":
        return sqlite_file.write_backup(engine, file, at, interruption)
    return postgresql.write_backup(engine, file, interruption)


def write_into(
    engine: Engine, folder: Path, at: datetime, keep: int, interruption: Interruption
) -> tuple[str, list[str]]:
    """Write a backup into a folder, and delete all but the newest so many; returns its name and those deleted.

    Refused when the disk has not twice the room that the database takes: a backup must not stop the sending.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for partial in backup_folder.unfinished(folder):
        with suppress(Refused, OSError), sqlite_file.reserved(partial):
            pass
    _refuse_little_room(engine, folder)
    name = backup_folder.name_for(at, engine.dialect.name)
    write_backup(engine, folder / name, at, interruption)
    return name, [path.name for path in backup_folder.delete_old(folder, name, keep)]


def _refuse_little_room(engine: Engine, folder: Path) -> None:
    with engine.execution_options(reading=True).begin() as connection:
        needed = 2 * connection.execute(text(_SIZES[engine.dialect.name])).scalar_one()
    room = shutil.disk_usage(folder).free
    if room < needed:
        raise Refused(
            f"there is no room for a backup in {folder}: {room // 1_000_000} MB are free, {needed // 1_000_000} MB are needed; "
            "make room, or name another folder in [backup]"
        )


_SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


def refuse_open(url: URL) -> None:
    """Refused while another process has the SQLite file open; one that reads only, too, since it may write later."""
    database = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and database.is_file():
        restored_file.close_for_others(database)


def restore(url: URL, file: Path, now: datetime) -> PutInPlace:
    """Put a backup in the place of the database, marked as a backup: nothing leaves until a person has resumed it.

    Refused while another process has the database open, BadInput for a file that is no sound backup of this service's:
    then the database is as it was. An SQLite file that was in its place is kept beside it.
    """
    if url.get_backend_name() == "sqlite":
        return restored_file.restore(file, Path(url.database or ""), now)
    return postgresql.restore(url, file, now)
