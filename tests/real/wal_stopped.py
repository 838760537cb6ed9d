"""A process that writes to an SQLite file, or one that checkpoints it without a pause and is stopped at any moment by the test.

python -m tests.real.wal_stopped write|checkpoint ours|python DATABASE SECONDS NOTES

The WAL-reset bug (sqlite.org/wal.html) is a checkpoint that goes on with an old length of the log after another process has
begun the log anew. So a long log is emptied, and then a short commit begins it anew, as often as may be.
"""

import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy.engine import URL

from mailer.store.sqlite import open_engine

PYTHONS_OWN = sqlite3.sqlite_version_info
LONG, SHORT, SHORT_ONES = 800_000, 3_500, 4  # octets of a commit; how many short ones follow a long one
PAUSE = 0.002  # seconds: the checkpointer empties the log meanwhile
CALLS = 200  # checkpoints between two looks at the clock


def connect(library: str, database: Path) -> Any:
    """A connection as the service opens it, or one of Python's own library with a write-ahead log, whatever that is worth."""
    if library == "ours":
        connection: Any = open_engine(URL.create("sqlite", database=str(database))).raw_connection().driver_connection
    else:
        connection = sqlite3.connect(database, timeout=60, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")  # no machine ends here, only processes are stopped
    connection.execute("PRAGMA wal_autocheckpoint=0")
    return connection


def checkpoint(connection: Any, goes_on: Callable[[], bool]) -> None:
    while goes_on():
        for _ in range(CALLS):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def write(connection: Any, goes_on: Callable[[], bool], notes: Path) -> None:
    """A commit is noted after it has returned, so that a noted one must be there for good."""
    number = 0
    with notes.open("w", buffering=1) as noted:
        while goes_on():
            for size in (LONG, *[SHORT] * SHORT_ONES):
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO written VALUES (?, ?)", (number, "x" * size))
                connection.execute("COMMIT")
                noted.write(f"{number}\n")
                Event().wait(PAUSE)


def main(role: str, library: str, database: str, seconds: str, notes: str) -> None:
    connection, ends = connect(library, Path(database)), time.monotonic() + float(seconds)

    def goes_on() -> bool:
        return time.monotonic() < ends

    if role == "write":
        write(connection, goes_on, Path(notes))
    else:
        checkpoint(connection, goes_on)
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
