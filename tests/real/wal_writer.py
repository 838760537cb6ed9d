"""One of several processes that write to an SQLite file and checkpoint it at the same moment, and note each commit that they were told of.

python -m tests.real.wal_writer DATABASE NOTES SECONDS
"""

import os
import sys
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from mailer.store.sqlite import dbapi, open_engine

# As few pages as this make a checkpoint and a new beginning of the log frequent: each is a chance for the bug.
PAGES = 4


def main(database: Path, notes: Path, seconds: float) -> None:
    """Write until the time is over. A commit is noted after it has returned, so that a noted one must be there for good."""
    engine = open_engine(URL.create("sqlite", database=str(database)))
    with notes.open("w", buffering=1) as noted:
        ends = time.monotonic() + seconds
        number = 0
        while time.monotonic() < ends:
            number += 1
            with engine.begin() as connection:
                connection.execute(text(f"PRAGMA wal_autocheckpoint={PAGES}"))
                row = {"writer": os.getpid(), "number": number, "filler": "x" * (number % 7 * 1000)}
                connection.execute(text("INSERT INTO written VALUES (:writer, :number, :filler)"), row)
            noted.write(f"{os.getpid()} {number}\n")
            if number % 3 == 0:
                _checkpoint(engine, ("PASSIVE", "RESTART", "TRUNCATE")[number % 9 // 3])
    engine.dispose()


def _checkpoint(engine: Engine, how: str) -> None:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=50")  # the others go on writing meanwhile
        try:
            cursor.execute(f"PRAGMA wal_checkpoint({how})")
        except dbapi().OperationalError:  # another one is at it
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
