"""A check and a backup are broken off by another thread, wherever they are: nothing is left of them, and none is called damage."""

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, text

from mailer.domain.errors import BrokenOff
from mailer.store import Store, integrity, interruption
from mailer.store.backup import postgresql, sqlite_file
from tests.databases import POSTGRES
from tests.store.rows import a_mailing_of

AT = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
PATIENCE = 30  # seconds; what is waited for takes a moment
ENDLESS = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(3600)",
}


@pytest.fixture
def begun() -> Event:
    return Event()


@pytest.fixture
def endless(begun: Event) -> Callable[[Connection], None]:
    """A statement that takes for ever."""

    def execute(connection: Connection) -> None:
        begun.set()
        connection.execute(text(ENDLESS[connection.dialect.name])).all()

    return execute


def break_off(store: Store, work: Callable[[], object], begun: Event) -> None:
    """Do the work in a thread, and break it off once it has begun."""
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        assert begun.wait(PATIENCE)
        while not working.done():
            store.break_off()
            wait([working], timeout=0.05)
        with pytest.raises(BrokenOff):
            working.result()


def test_a_check(
    store: Store, begun: Event, endless: Callable[[Connection], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_sqlite_problems", "_postgresql_problems"):
        monkeypatch.setattr(integrity, name, lambda connection: endless(connection) or [])
    break_off(store, store.check, begun)
    with store.transaction() as connection:
        a_mailing_of(connection, 3)  # all others go on


def test_one_that_is_asked_before_it_begins_and_all_that_follow(store: Store, tmp_path: Path) -> None:
    store.break_off()
    for _ in range(2):
        with pytest.raises(BrokenOff):
            store.check()
        with pytest.raises(BrokenOff):
            store.back_up(tmp_path / "backup", AT)
    assert list(tmp_path.glob("*backup*")) == []


def test_a_backup_that_counts(
    store: Store,
    tmp_path: Path,
    begun: Event,
    endless: Callable[[Connection], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for room in (sqlite_file, postgresql):
        monkeypatch.setattr(room, "count_rows", lambda connection: endless(connection) or {})
    (tmp_path / "backups").mkdir()
    break_off(store, lambda: store.back_up_into(tmp_path / "backups", AT, 3), begun)
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.sqlite
def test_a_backup_that_copies(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.transaction() as connection:
        a_mailing_of(connection, 500)
    copying: list[str] = []

    def handler() -> int:
        if not copying:
            copying.append("is under way")
            store.break_off()
        return 0

    def ending(driver: Any) -> Callable[[], None]:
        driver.set_progress_handler(handler, 1)
        return interruption.ending(driver)

    monkeypatch.setattr(sqlite_file, "ending", ending)
    with pytest.raises(BrokenOff):
        store.back_up(tmp_path / "backup.db", AT)
    assert copying
    assert list(tmp_path.glob("*backup*")) == []


@pytest.mark.skipif(not POSTGRES, reason="needs PostgreSQL")
@pytest.mark.parametrize("program", ["pg_dump", "pg_restore"])
def test_a_program_of_the_server(
    store: Store, tmp_path: Path, begun: Event, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = tmp_path / "programs" / program
    stuck.parent.mkdir()
    os.mkfifo(tmp_path / "begun")
    stuck.write_text(f"#!/bin/sh\necho begun > {tmp_path}/begun\nexec sleep 3600\n")
    stuck.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", str(stuck.parent), prepend=":")

    def watch() -> None:
        (tmp_path / "begun").read_text()  # waits until it is written to
        begun.set()

    with ThreadPoolExecutor(1) as watching:
        watching.submit(watch)
        break_off(store, lambda: store.back_up(tmp_path / "backup.dump", AT), begun)
    assert list(tmp_path.glob("*backup*")) == []
