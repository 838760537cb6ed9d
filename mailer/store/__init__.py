"""The database, and the only room that speaks SQL."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from os.path import realpath
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

from mailer.domain.database_check import DatabaseCheck
from mailer.domain.database_copy import SchemaUpgrade
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.remedy import Action
from mailer.domain.trouble import Trouble
from mailer.store import migrate, postgresql, sqlite
from mailer.store.endurance import Endurance, Notices
from mailer.store.interruption import Interruption
from mailer.store.postgresql import be_brief
from mailer.store.trouble import is_damaged, trouble_of

__all__ = [
    "Connection",
    "DatabaseError",
    "Notices",
    "Store",
    "be_brief",
    "is_away",
    "is_damaged",
    "is_deadlock",
    "resolve",
]

_DEADLOCK = "40P01"  # PostgreSQL, Appendix A, class 40
_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
_PORTS = 1 << 16


class Store:
    """The open database. Each use of it is a transaction, and none stays open while we speak to the network.

    While the database is away, a transaction begins later, as `endurance` says; one that has begun is rolled back.
    """

    def __init__(self, engine: Engine, endurance: Endurance | None = None) -> None:
        self._engine = engine
        self._schema_before: str | None = migrate.HEAD
        self.endurance = endurance or Endurance(Notices())
        self._interruption = Interruption()

    @property
    def name(self) -> str:
        """The URL of the database, without its password."""
        return self._engine.url.render_as_string(hide_password=True)

    @classmethod
    def open(cls, url: str, base: Path, notices: Notices | None = None, *, patience: float = 0.0) -> "Store":
        """Open the database; create it, and migrate it to the newest schema, when needed.

        A relative SQLite path is relative to `base`. A server that is away is waited for, so many seconds at most.
        Raises MailerError when the database cannot be opened.
        """
        waiting = Endurance(notices or Notices(), patience)
        try:
            engine = _engine(resolve(url, base), waiting.notices)
            before = waiting.wait_for(partial(_upgrade, engine))
        except (DatabaseError, ImportError, OSError, UnicodeDecodeError) as error:
            # ImportError: its driver is missing.
            if is_damaged(error):
                raise MailerError(
                    f"the database is damaged: {_words(error)}; keep a copy of its files as they are",
                    Action.RESTORE.of(),
                ) from error
            raise MailerError(
                f"the database cannot be opened: {_words(error)}; see [database] in config.toml"
            ) from error
        store = cls(engine, waiting)
        store._schema_before = before
        return store

    @property
    def upgraded(self) -> SchemaUpgrade:
        """What opening has done to the schema."""
        before = self._schema_before
        steps = migrate.steps_since(before) if before != migrate.HEAD else {}
        return SchemaUpgrade(before=before, after=migrate.HEAD, steps=steps)

    @contextmanager
    def transaction(self, *, waits: bool = True) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back when an error is raised.

        Without `waits` it is a DatabaseError when another process writes to an SQLite file for longer than a second.
        """
        with self._begun(waits=waits) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, from one state of the database; it waits for no writer and delays none."""
        options: dict[str, Any] = {"reading": True}
        if self._engine.dialect.name == "postgresql":
            options["isolation_level"] = "REPEATABLE READ"
        with self._begun(**options) as connection:
            yield connection

    @contextmanager
    def rehearsal(self) -> Iterator[Connection]:
        """A transaction that is always rolled back: it shows what would happen."""
        with self._begun() as connection:
            try:
                yield connection
            finally:
                if connection.in_transaction():
                    connection.rollback()

    @contextmanager
    def _begun(self, **options: Any) -> Iterator[Connection]:
        """A transaction that has begun, once the database answers."""
        engine = self._engine.execution_options(**options)
        try:
            with ExitStack() as stack:
                yield self.endurance.wait_for(lambda: stack.enter_context(engine.begin()))
        except DatabaseError as error:
            self.endurance.note(error)
            raise

    def within(self, connection: Connection) -> "Store":
        """The same database, with every transaction a part of this one: a verb of many transactions can be rehearsed."""
        return _Within(self._engine, self.endurance, connection)

    @property
    def software(self) -> str:
        """The database's kind and version: `SQLite 3.53.4`."""
        from mailer.store.integrity import engine_name

        with self.reading() as connection:
            return engine_name(connection)

    def is_current(self) -> bool:
        """Whether the database has the schema of this version. Raises DatabaseError when it does not answer."""
        return migrate.is_current(self._engine)

    @property
    def is_served(self) -> bool:
        """Whether a server does the database's work, beside this process: PostgreSQL's."""
        return self._engine.dialect.name == "postgresql"

    @property
    def loses_commits(self) -> bool:
        """Whether it is SQLite of a version that would lose commits with a write-ahead log, which it therefore has not."""
        return self._engine.dialect.name == "sqlite" and not sqlite.writes_ahead()

    def check(self) -> DatabaseCheck:
        """Read the whole database; writers are not delayed. Raises what `check_database` raises."""
        from mailer.store.integrity import check_database

        return check_database(self._engine, self._interruption)

    def back_up(self, file: Path, at: datetime) -> DatabaseCheck:
        """Write a complete copy that is known as a backup of this instant. Raises what `write_backup` raises."""
        from mailer.store.backup import write_backup  # only one command and the daemon need it

        return write_backup(self._engine, file, at, self._interruption)

    def back_up_into(self, folder: Path, at: datetime, keep: int) -> tuple[str, list[str]]:
        """Write such a copy into a folder for its owner alone, where the newest so many stay.

        Returns its name and those of the files that were deleted. Raises what `write_backup` raises, or OSError.
        """
        from mailer.store.backup import write_into

        return write_into(self._engine, folder, at, keep, self._interruption)

    def break_off(self) -> None:
        """Break off a check or a backup that another thread makes, and those that follow: BrokenOff there.

        To be called again until that has ended. It blocks for some seconds at most.
        """
        self._interruption.ask()

    def close(self) -> None:
        """Close every connection to the database; none is opened by a use that comes too late, and that nobody would close."""
        event.listen(self._engine, "do_connect", _refuse_closed)
        self._engine.dispose()


class _Within(Store):
    """The database as one open transaction sees it."""

    def __init__(self, engine: Engine, endurance: Endurance, connection: Connection) -> None:
        super().__init__(engine, endurance)
        self._connection = connection

    @contextmanager
    def transaction(self, *, waits: bool = True) -> Iterator[Connection]:  # noqa: ARG002  (it is open already)
        """The open transaction, which goes on."""
        yield self._connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The open transaction, which goes on."""
        yield self._connection


def _refuse_closed(*_connecting: object) -> None:
    raise RuntimeError("the database was closed: this is a fault of the program; close it after its last use")


def resolve(url: str, base: Path, written: str = "[database] url") -> URL:
    """The URL with a relative SQLite file made absolute under `base`: SQLite would look in the working directory.

    BadInput, with where it is `written`, for one that names no database of a kind we know. It is not quoted: a password is in it.
    """
    parsed = _parse(url)
    if parsed is None or parsed.drivername not in _DRIVERS or not 0 < (parsed.port or 1) < _PORTS:
        raise BadInput(
            f"{written} cannot be used: write sqlite:///FILE or postgresql+psycopg://LOGIN:PASSWORD@HOST:PORT/DATABASE, and in a "
            "password %40 for @, %2F for /, %3A for :, %25 for %"
        )
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        parsed = parsed.set(database=realpath(base / parsed.database))
    return parsed


def _parse(url: str) -> URL | None:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # ValueError: of a port that is no number
        return None


def is_deadlock(error: DatabaseError) -> bool:
    """Whether PostgreSQL ended this transaction because it and another one waited for each other: repeat it then."""
    return getattr(getattr(error, "orig", None), "sqlstate", "") == _DEADLOCK


def is_away(error: BaseException) -> bool:
    """Whether the server of the database does not answer: what failed may be tried again."""
    return trouble_of(error) is Trouble.AWAY


def _engine(url: URL, notices: Notices | None = None) -> Engine:
    if url.get_backend_name() == "sqlite":
        return sqlite.open_engine(url, (notices or Notices()).waits_for_writer)
    return postgresql.open_engine(url)


def _upgrade(engine: Engine) -> str | None:
    """Migrate; returns the schema before. MailerError when a server that answers does not let us in, for which nobody should wait."""
    try:
        return migrate.upgrade(engine)
    except Exception as error:
        engine.dispose()
        if not isinstance(error, DatabaseError):
            raise
        if is_away(error) and "read-only" not in str(error) and postgresql.answers(engine):
            raise MailerError(
                f"the database cannot be opened: {_words(error)}; see [database] in config.toml"
            ) from None
        raise


def _words(error: BaseException) -> str:
    """The words of the database in one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())
