"""The SQLite library in use is free of the WAL-reset bug, and its errors and connections are understood."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.store import DatabaseError, Store
from mailer.store.sqlite import dbapi, keeps_commits

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 6, 23), True),  # it has no WAL
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_which_versions_keep_every_commit(version: tuple[int, int, int], sound: bool) -> None:
    assert keeps_commits(version) is sound


def test_the_library_in_use_keeps_every_commit(tmp_path: Path) -> None:
    assert keeps_commits(dbapi().sqlite_version_info)
    store = Store.open("sqlite:///mailer.db", tmp_path)
    with store.reading() as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    store.close()
    assert version == dbapi().sqlite_version


@pytest.fixture
def chosen_anew() -> Iterator[None]:
    dbapi.cache_clear()
    yield
    dbapi.cache_clear()


@pytest.mark.usefixtures("chosen_anew")
def test_a_sound_library_of_python_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert dbapi() is sqlite3


@pytest.mark.usefixtures("chosen_anew")
def test_without_pysqlite3_python_s_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    assert dbapi() is sqlite3


@pytest.mark.usefixtures("chosen_anew")
def test_a_library_that_loses_commits_gets_no_write_ahead_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Store.open("sqlite:///mailer.db", tmp_path).close()  # as a better library has left it
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    dbapi.cache_clear()
    store = Store.open("sqlite:///mailer.db", tmp_path)
    assert store.loses_commits
    with store.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
        connection.exec_driver_sql("UPDATE register_state SET version = 1")
    assert not list(tmp_path.glob("*-wal"))
    store.close()
    monkeypatch.undo()
    dbapi.cache_clear()
    again = Store.open("sqlite:///mailer.db", tmp_path)
    with again.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("SELECT version FROM register_state").scalar_one() == 1
    again.close()


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "mailer.db").write_bytes(b"no database, but some text that is long enough to look like one" * 20)
    with pytest.raises(Exception, match="file is not a database"):
        Store.open("sqlite:///mailer.db", tmp_path)


def test_its_errors_are_the_database_s(tmp_path: Path) -> None:
    store = Store.open("sqlite:///mailer.db", tmp_path)
    with pytest.raises(DatabaseError) as raised, store.reading() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert isinstance(raised.value.__cause__, dbapi().OperationalError)
    store.close()
