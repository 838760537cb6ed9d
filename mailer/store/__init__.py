"""The database, and the only room that speaks SQL."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection as Connection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from mailer.domain.errors import MailerError
from mailer.store import migrating

# How long a writer waits for another one (seconds): longer than any transaction here may last.
BUSY_TIMEOUT = 30


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
            migrating.upgrade(engine)
        except (ArgumentError, SQLAlchemyError, OSError) as error:
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


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, isolation_level="READ COMMITTED")
    if url.database:
        # Made with the owner's rights alone before SQLite would make it with the umask's.
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT, "check_same_thread": False})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    # secure_delete: what a person's erasure takes out is overwritten, not only unlinked.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    # A read that later writes fails beside a busy writer whatever the timeout (house.md, trap 14).
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _said(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error)
