"""The databases of tests: a file in its folder or, beside a PostgreSQL server, one of the server's for each folder.

One of a server is a copy of another one, since copying takes less time than migrating. It is dropped once its folder is gone.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.engine import make_url

from mailer.store import Store
from mailer.store.sqlite import dbapi

# Taken out of the environment: for the service itself it would be a setting that it does not know.
POSTGRES = os.environ.pop("MAILER_TESTS_POSTGRES", "") or os.environ.get("TESTS_POSTGRES", "")
os.environ["TESTS_POSTGRES"] = POSTGRES  # for the further processes of a run on all cores
FILE = "mailer.db"

# The server's databases that this process has made, by their folders.
_names: dict[Path, str] = {}
_numbers = itertools.count(1)


def begin(folder: Path) -> None:
    """Let the folder have a database with the newest schema and nothing in it."""
    if POSTGRES:
        become(folder, _newest())
        return
    (folder / FILE).touch(mode=0o600)
    (folder / FILE).write_bytes(_newest_file())


def empty(folder: Path) -> None:
    """Let the folder's database have no schema."""
    if POSTGRES:
        become(folder, "template0")
    else:
        (folder / FILE).unlink()


def url_of(folder: Path) -> str:
    """The URL of the folder's database."""
    return _url(_names[folder]) if POSTGRES else f"sqlite:///{FILE}"


def settings_of(folder: Path) -> dict[str, dict[str, str]]:
    """What the settings of an installation in the folder say about its database: nothing where it is the usual file."""
    if not POSTGRES:
        return {}
    if folder not in _names:
        begin(folder)
    return {"database": {"url": url_of(folder)}}


def name_of(folder: Path) -> str:
    """The name of the folder's database."""
    return _names[folder] if POSTGRES else FILE


def copy(folder: Path, its_copy: Path) -> None:
    """Give a copy of the folder, with its settings and its database's file, a copy of the database, which is not open."""
    if POSTGRES:
        become(its_copy, _names[folder])
        _settle_anew(_names[its_copy])
        for file in (its_copy / "config.toml", *its_copy.glob(".*.epoch")):
            name, content = _renamed(file.name, file.read_bytes(), name_of(folder), name_of(its_copy))
            file.rename(file.with_name(name)).write_bytes(content)


def may_write(folder: Path) -> bool:
    """Whether another process may write now: an SQLite file is locked while one does."""
    if POSTGRES:
        return True
    with suppress(dbapi().OperationalError), closing(dbapi().connect(folder / FILE, timeout=0.2)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        return True
    return False


def is_waited_for(folder: Path) -> bool:
    """Whether a transaction of the folder's database on the server waits for another one."""
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{_names[folder]}' AND wait_event_type = 'Lock'"
    return bool(_execute(query).fetchone()[0])


def naming_any(folder: Path, file: str, content: bytes) -> tuple[str, bytes]:
    """A file's name and content with FILE for the name of the folder's database."""
    return _renamed(file, content, name_of(folder), FILE)


def naming_its_own(folder: Path, file: str, content: bytes) -> tuple[str, bytes]:
    """The same back: a file's name and content with the name of the folder's database for FILE."""
    return _renamed(file, content, FILE, name_of(folder))


def keep(folder: Path) -> str:
    """A copy of the folder's database on the server, which stays; its name."""
    if not POSTGRES:
        return FILE
    kept = _created(_names[folder])
    _settle_anew(kept)
    return kept


def become(folder: Path, name: str) -> None:
    """Let the folder's database on the server be a copy of this one, which is not open."""
    if POSTGRES:
        _drop_left()
        if folder in _names:
            drop(_names[folder])
        _names[folder] = _created(name, _names.get(folder))


def drop(name: str) -> None:
    """Drop a database of the server, whoever has it open."""
    if POSTGRES:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def drop_all() -> None:
    """Drop all that this process has made, and leave the server."""
    if _server.cache_info().currsize:
        for (name,) in _execute(f"SELECT datname FROM pg_database WHERE datname LIKE 'mailer\\_{os.getpid()}\\_%'"):
            drop(name)
        _server().close()


@contextmanager
def bare() -> Iterator[str]:
    """The URL of a database on the server without any schema."""
    name = _created("template0")
    yield _url(name)
    drop(name)


def _renamed(file: str, content: bytes, old: str, new: str) -> tuple[str, bytes]:
    return (file, content) if old == new else (file.replace(old, new), content.replace(old.encode(), new.encode()))


def _drop_left() -> None:
    for folder in [folder for folder in _names if not folder.exists()]:
        drop(_names.pop(folder))


def _created(template: str, name: str | None = None) -> str:
    name = name or f"mailer_{os.getpid()}_{next(_numbers)}"
    _execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return name


def _settle_anew(name: str) -> None:
    """Let a copy be at home where it is opened next: else it would be taken for a backup."""
    with _connected(_url(name)) as connection:
        connection.execute("UPDATE ledger_state SET home = NULL")


def _url(name: str) -> str:
    return make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)


@cache
def _newest() -> str:
    name = _created("template0")
    Store.open(_url(name), Path()).close()
    return name


@cache
def _newest_file() -> bytes:
    with TemporaryDirectory() as folder:
        Store.open(f"sqlite:///{FILE}", Path(folder)).close()
        return (Path(folder) / FILE).read_bytes()


@cache
def _server() -> Any:
    return _connected(POSTGRES)


def _connected(url: str) -> Any:
    import psycopg  # SQLite needs none

    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def _execute(statement: str) -> Any:
    return _server().execute(statement)
