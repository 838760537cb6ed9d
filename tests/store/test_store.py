"""Opens the database: where its file is, who can read it, how it is set, and what is said when it cannot be."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from mailer.domain.errors import MailerError
from mailer.store import Store, resolve
from mailer.store.migrate import HEAD
from mailer.store.schema import register_state
from mailer.store.sqlite import dbapi

SQLITE = "sqlite:///mailer.db"


def version_of(store: Store) -> int:
    with store.transaction() as connection:
        return connection.execute(select(register_state.c.version)).scalar() or 0


def test_a_relative_file_is_beside_the_settings_wherever_we_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "club").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    Store.open(SQLITE, tmp_path / "club").close()
    assert (tmp_path / "club" / "mailer.db").is_file()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_absolute_file_and_a_server_are_left_as_they_are(tmp_path: Path) -> None:
    assert resolve(f"sqlite:///{tmp_path}/a.db", Path("/club")).database == f"{tmp_path}/a.db"
    assert resolve("sqlite:///sub/../a.db", tmp_path).database == str(tmp_path.resolve() / "a.db")
    server = "postgresql+psycopg://secretary:secret@db.example/club"
    assert resolve(server, tmp_path).render_as_string(hide_password=False) == server


def test_the_file_is_its_owners_alone_from_the_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store.open(SQLITE, tmp_path)
        with store.transaction() as connection:
            connection.execute(register_state.update().values(version=1))
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    store.close()
    assert modes == {"mailer.db": 0o600, "mailer.db-wal": 0o600, "mailer.db-shm": 0o600}


def test_every_connection_writes_ahead_in_full_and_minds_its_foreign_keys(tmp_path: Path) -> None:
    store = Store.open(SQLITE, tmp_path)
    for _ in range(2):
        with store.transaction() as connection:
            set_to = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
        assert set_to == PRAGMAS
        store._engine.dispose()
    store.close()


# 2 is FULL: a commit is on the disk before it is believed. What is erased is overwritten.
PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(register_state.update().values(version=1))
    with pytest.raises(IntegrityError):
        _change_and_fail(store)
    assert version_of(store) == 1


def _change_and_fail(store: Store) -> None:
    with store.transaction() as connection:
        connection.execute(register_state.update().values(version=2))
        connection.execute(register_state.insert().values(id=1, version=3))


def test_a_rehearsal_leaves_nothing_behind(store: Store) -> None:
    with store.rehearsal() as connection:
        connection.execute(register_state.update().values(version=7))
        assert connection.execute(select(register_state.c.version)).scalar() == 7
    assert version_of(store) == 0


def test_a_use_after_the_end_opens_no_connection_that_nobody_would_close(store: Store) -> None:
    store.close()
    for use in (store.transaction, store.reading, store.rehearsal):
        with pytest.raises(RuntimeError, match="the database was closed"), use():
            pass
    with pytest.raises(RuntimeError, match="the database was closed"):
        store.is_current()
    store.close()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    stores = [Store.open(SQLITE, tmp_path) for _ in range(4)]
    together = Barrier(len(stores))

    def count(store: Store) -> None:
        together.wait(timeout=30)
        for _ in range(25):
            # Reads first and writes then: what fails beside a busy writer unless the transaction begins as a writer.
            with store.transaction() as connection:
                version = connection.execute(select(register_state.c.version)).scalar_one()
                connection.execute(register_state.update().values(version=version + 1))

    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(count, stores))
    assert version_of(stores[0]) == 100
    for store in stores:
        store.close()


def test_two_who_open_a_new_database_at_once_both_have_it(tmp_path: Path) -> None:
    together = Barrier(4)

    def open_() -> None:
        together.wait(timeout=30)
        store = Store.open(SQLITE, tmp_path)
        assert version_of(store) == 0
        store.close()

    with ThreadPoolExecutor(4) as threads:
        for opened in [threads.submit(open_) for _ in range(4)]:
            opened.result()


def test_a_password_is_never_named() -> None:
    url = "postgresql+psycopg://secretary:secret@127.0.0.1:1/club"
    with pytest.raises(MailerError) as refused:
        Store.open(url, Path())
    assert "secret@" not in str(refused.value)


# --- what cannot be opened --------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "mailer.db").write_text("The minutes of the meeting, at some length. " * 30)
    with pytest.raises(MailerError, match=r"^the database is damaged: file is not a database; keep a copy"):
        Store.open(SQLITE, tmp_path)


def test_what_cannot_be_opened_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mailer.db").write_text("The minutes of the meeting, at some length. " * 30)
    connect, connections = dbapi().connect, []

    def connected(*arguments: object, **options: object) -> object:
        connections.append(connect(*arguments, **options))
        return connections[-1]

    monkeypatch.setattr(dbapi(), "connect", connected)
    with pytest.raises(MailerError):
        Store.open(SQLITE, tmp_path)
    [connection] = connections
    with pytest.raises(dbapi().ProgrammingError, match="closed database"):
        connection.execute("SELECT 1")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match=r"^the database cannot be opened: .*No such file or directory"):
        Store.open("sqlite:///missing/mailer.db", tmp_path)


def test_a_url_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(MailerError, match=r"^\[database\] url cannot be used: "):
        Store.open("mailer.db", tmp_path)


def test_a_database_of_a_newer_version(tmp_path: Path) -> None:
    Store.open(SQLITE, tmp_path).close()
    with dbapi().connect(tmp_path / "mailer.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.close()
    with pytest.raises(MailerError, match=f"has schema 0099, this version knows {HEAD}: install the newer version"):
        Store.open(SQLITE, tmp_path)


def test_a_schema_that_nobody_knows(tmp_path: Path) -> None:
    Store.open(SQLITE, tmp_path).close()
    with dbapi().connect(tmp_path / "mailer.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.close()
    with pytest.raises(MailerError, match="has schema 0000"):
        Store.open(SQLITE, tmp_path)


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    Store.open(SQLITE, tmp_path).close()
    store = Store.open(SQLITE, tmp_path)
    assert version_of(store) == 0
    assert store.name == f"sqlite:///{tmp_path.resolve()}/mailer.db"
    store.close()
