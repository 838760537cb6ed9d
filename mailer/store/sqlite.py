"""Opens SQLite databases: with which library, and how each connection is set."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from threading import Event, Lock
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from mailer.domain.errors import BadInput, MailerError
from mailer.store.json_columns import from_json
from mailer.store.opening import closed_on_error

# Seconds that a writer waits for another one: longer than any transaction here. The longest, an import of a large register
# or a dry run of an issue without a plan, may take minutes.
BUSY_TIMEOUT = 300
# Seconds after which it says that it waits.
PATIENCE = 1.0
BUSY_PAUSE = 0.05
# SQLite up to 3.51.2 may lose a commit when one connection checkpoints while another one writes (sqlite.org/wal.html,
# "the WAL-reset bug"). The versions that repair it: of each maintained branch, and of all later ones.
_FIRST_WITH_WAL = (3, 7, 0)
_REPAIRED_BRANCHES = ((3, 44, 6), (3, 50, 7))
_REPAIRED = (3, 51, 3)

# The octets of a database's header that say how it is written: ours once it is open, with a write-ahead log, are 2 and 2;
# a copy by `Store.back_up` has these (sqlite.org/fileformat.html §1.3.3).
_ROLLBACK_JOURNAL = b"\x01\x01"

Version = tuple[int, int, int]


def keeps_commits(version: Version) -> bool:
    """Whether this version of SQLite is free of the WAL-reset bug."""
    if version < _FIRST_WITH_WAL or version >= _REPAIRED:
        return True
    return any(version[:2] == repaired[:2] and version >= repaired for repaired in _REPAIRED_BRANCHES)


@cache
def dbapi() -> ModuleType:
    """The module that speaks SQLite (PEP 249): Python's own when its library keeps commits, else pysqlite3, which brings its own.

    Python's own, too, where pysqlite3 is not installed or no better: `mailer check` names that.
    """
    if keeps_commits(sqlite3.sqlite_version_info):
        return sqlite3
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    return dbapi2 if keeps_commits(dbapi2.sqlite_version_info) else sqlite3


class WaitingWriters:
    """The writers of this process that wait for another one: the first of them calls `tell`."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._waiting = 0
        self._guard = Lock()

    def __enter__(self) -> None:
        with self._guard:
            self._waiting += 1
            first = self._waiting == 1
        if first:
            self._tell()

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            self._waiting -= 1


def open_engine(url: URL, tell_of_waiting: Callable[[], None] = lambda: None) -> Engine:
    """An engine for this file, which is created for its owner alone when it is not there.

    `tell_of_waiting` is called when a writer has waited for another process for a second.
    """
    if url.database:
        _refuse_foreign_journal(Path(url.database))
        # SQLite would create it with the umask's permissions.
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(
        url,
        module=dbapi(),
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False},
        json_deserializer=from_json,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", partial(_begin, WaitingWriters(tell_of_waiting)))
    return engine


@contextmanager
def copying_tables(connection: Connection) -> Iterator[None]:
    """While migrations copy tables, SQLite checks no references: deleting the old table would delete all that name it.

    `check_references` does, before the transaction ends. A PRAGMA that a transaction would ignore.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """Raise MailerError when a row names one that is not there: so tables that lost rows while copied are not kept."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise MailerError(
                f"migrating the database stopped, and it is as before: a row of {broken[0]} names one that {broken[2]} "
                "does not have; restore it from your backup"
            )


def _refuse_foreign_journal(database: Path) -> None:
    """BadInput when a backup lies beside the journal of the database that it replaces: SQLite would mix both."""
    journal = Path(f"{database}-wal")
    try:
        with database.open("rb") as file:
            header = file.read(20)
        left_over = journal.stat().st_size > 0
    except OSError:
        return
    if left_over and header[18:20] == _ROLLBACK_JOURNAL:
        raise BadInput(f"{journal} belongs to another database: remove it and {database.name}-shm, then go on")


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # `_begin` opens transactions, not the driver
    with closed_on_error(connection):
        # secure_delete: an erased person's data is overwritten, not only unlinked.
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _set_journal(connection)


def writes_ahead() -> bool:
    """Whether databases are written with a write-ahead log: the library in use keeps every commit with one.

    Else they are written with a rollback journal, which knows no WAL-reset: slower, and a reader delays a writer.
    """
    return keeps_commits(dbapi().sqlite_version_info)


def _set_journal(connection: Any) -> None:
    mode = "WAL" if writes_ahead() else "DELETE"
    # Two processes that open a new file at once collide here, and SQLite's own timeout does not apply.
    for _ in range(int(BUSY_TIMEOUT / BUSY_PAUSE)):
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
        except dbapi().OperationalError as error:
            if error.sqlite_errorcode != dbapi().SQLITE_BUSY:
                raise
            Event().wait(BUSY_PAUSE)
        else:
            return
    connection.execute(f"PRAGMA journal_mode={mode}")


def _begin(waiting: WaitingWriters, connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once beside another writer, whatever the timeout.
    options = connection.get_execution_options()
    if options.get("reading"):
        connection.exec_driver_sql("BEGIN")
        return
    # In steps, so that a person can interrupt it: SQLite itself waits to the end.
    steps = int(BUSY_TIMEOUT / PATIENCE) if options.get("waits", True) else 1
    if _begins_writing(connection, last=steps == 1):
        return
    with waiting:
        for step in range(2, steps + 1):
            if _begins_writing(connection, last=step == steps):
                return


def _begins_writing(connection: Connection, *, last: bool) -> bool:
    """Whether the transaction has begun; False when another process writes for all of PATIENCE, an error the `last` time."""
    _set_timeout(connection, PATIENCE)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        if last or getattr(error.orig, "sqlite_errorcode", None) != dbapi().SQLITE_BUSY:
            raise
        return False
    finally:
        _set_timeout(connection, BUSY_TIMEOUT)
    return True


def _set_timeout(connection: Connection, seconds: float) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(seconds * 1000)}")
