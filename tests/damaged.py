"""Damages an SQLite database as a bad disk does."""

from contextlib import closing
from pathlib import Path

from mailer.store.sqlite import dbapi


def spoil(file: Path, table: str) -> None:
    """Fill the first page of a table with nothing, as a bad disk does."""
    with closing(dbapi().connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(bytes(size))
