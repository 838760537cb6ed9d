"""The database, and the only room that speaks SQL."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from mailer.domain.errors import MailerError
from mailer.store import migrate

__all__ = ["Connection", "DatabaseError", "Store", "is_deadlock", "resolve"]

# How long a writer waits for another one (seconds): longer than any transaction here may last. The longest writes the
# plan of a million copies at once, in about two minutes.
BUSY_TIMEOUT = 300
BUSY_PAUSE = 0.05
# What PostgreSQL calls it (Appendix A, class 40).
_DEADLOCK = "40P01"


class Store:
    """The open database. `transaction()` is the only way to speak to it, and never stays open across the network."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def name(self) -> str:
        """Which database it is, without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    @classmethod
    def open(cls, url: str, base: Path) -> "Store":
        """Open the database, made and brought to the newest schema when need be.

        A relative SQLite path is relative to `base`. Raises MailerError when it cannot be opened.
        """
        try:
            parsed = resolve(url, base)
            engine = _engine(parsed)
            migrate.upgrade(engine)
        except (ArgumentError, DatabaseError, ImportError, OSError) as error:  # ImportError: its driver is missing
            raise MailerError(
                f"the database cannot be opened: {_said(error)}; see [database] in config.toml"
            ) from error
        return cls(engine)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end, rolled back when anything is raised."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that only reads, from one state of the database; it waits for no writer and stops none."""
        options: dict[str, Any] = {"reading": True}
        if self._engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with self._engine.execution_options(**options).begin() as connection:
            yield connection

    @contextmanager
    def rehearsal(self) -> Iterator[Connection]:
        """A transaction that is always rolled back: what would happen, without it happening."""
        with self._engine.connect() as connection, connection.begin() as transaction:
            try:
                yield connection
            finally:
                transaction.rollback()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def resolve(url: str, base: Path) -> URL:
    """The URL with a relative SQLite file made absolute under `base` (house.md, trap 22)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        parsed = parsed.set(database=str((base / parsed.database).resolve()))
    return parsed


def is_deadlock(error: DatabaseError) -> bool:
    """Whether PostgreSQL has ended this transaction since it and another one waited for each other: it may be repeated."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == _DEADLOCK


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, isolation_level="READ COMMITTED", hide_parameters=True)
    if url.database:
        # Made with the owner's rights alone before SQLite would make it with the umask's.
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False}
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    # secure_delete: what a person's erasure takes out is overwritten, not only unlinked.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Two who open a new file at once get in each other's way here, and SQLite's own time-out does not hold for it.
    for _ in range(int(BUSY_TIMEOUT / BUSY_PAUSE)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            Event().wait(BUSY_PAUSE)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    # A read that later writes fails beside a busy writer whatever the timeout (house.md, trap 14).
    only_reads = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _said(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)
