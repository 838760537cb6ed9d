"""A backup is complete, private and marked, or it is not there: whatever is in its place, and wherever the process dies."""

import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import pytest

from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.store import Store, history
from mailer.store.ledger import backups, claims

AT = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
pytestmark = pytest.mark.sqlite

SQLITE = "sqlite:///mailer.db"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(SQLITE, tmp_path)
    yield opened
    opened.close()


def record(store: Store, subject: str) -> None:
    with store.transaction() as connection:
        history.record(connection, at=AT, who="secretary", verb="plan", subject=subject, detail="x" * 200)


def entries(file: Path, subject: str = "harbour-letter/41") -> int:
    """How many entries a backup has about the subject; it must be whole."""
    opened = Store.open(f"sqlite:///{file.name}", file.parent)
    try:
        with opened.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            return len(history.entries(connection, subject))
    finally:
        opened.close()


def is_marked(file: Path) -> bool:
    opened = Store.open(f"sqlite:///{file.name}", file.parent)
    with opened.reading() as connection:
        at = backups.backup_at(connection)
    opened.close()
    return at == AT


def test_a_backup_is_whole_private_and_marked_and_the_ledger_is_not(store: Store, tmp_path: Path) -> None:
    record(store, "harbour-letter/41")
    with store.transaction() as connection:
        assert claims.advance_epoch(connection) == 1
    umask = os.umask(0)
    try:
        store.back_up(tmp_path / "backup.db", AT)
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "backup.db").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*backup*")) == ["backup.db"]
    assert is_marked(tmp_path / "backup.db")
    assert entries(tmp_path / "backup.db") == 1
    with store.reading() as connection:
        assert backups.backup_at(connection) is None


def test_writers_go_on_meanwhile_and_the_backup_is_of_one_state(store: Store, tmp_path: Path) -> None:
    stop = Event()

    def write() -> None:
        while not stop.is_set():
            with store.transaction() as connection:  # always two at once
                for _ in range(2):
                    history.record(connection, at=AT, who="daemon", verb="send", subject="pair", detail="")

    writer = Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            store.back_up(tmp_path / f"backup-{number}.db", AT)
    finally:
        stop.set()
        writer.join()
    assert all(entries(tmp_path / f"backup-{number}.db", "pair") % 2 == 0 for number in range(5))


@pytest.mark.parametrize("what", ["file", "folder", "link", "the database"])
def test_what_is_there_is_left_as_it_is(store: Store, tmp_path: Path, what: str) -> None:
    place = tmp_path / ("mailer.db" if what == "the database" else "backup.db")
    if what == "file":
        place.write_text("something else")
    elif what == "folder":
        place.mkdir()
    elif what == "link":
        place.symlink_to(tmp_path / "nowhere")
    before = place.lstat()
    with pytest.raises(Refused, match="exists and is left as it is"):
        store.back_up(place, AT)
    assert (place.lstat().st_ino, place.lstat().st_size) == (before.st_ino, before.st_size)


def test_a_folder_that_is_not_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere/backup.db cannot be written \(No such file or directory\)"):
        store.back_up(tmp_path / "nowhere" / "backup.db", AT)


def test_a_full_disk_leaves_nothing(store: Store, tmp_path: Path) -> None:
    for number in range(2000):
        record(store, f"harbour-letter/{number}")
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, usual[1]))
    try:
        with pytest.raises(BadInput, match=r"cannot be written \(.*\); there is none"):
            store.back_up(tmp_path / "backup.db", AT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)
    assert not list(tmp_path.glob("*backup*"))
    store.back_up(tmp_path / "backup.db", AT)
    assert is_marked(tmp_path / "backup.db")


# Kills itself when it comes to one of these steps.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from mailer.store import Store
from mailer.store.backup import sqlite_file as backup
step, folder = sys.argv[1], Path(sys.argv[2])
setattr(backup, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
Store.open("sqlite:///mailer.db", folder).back_up(folder / "backup.db", datetime.fromisoformat(sys.argv[3]))
"""


@pytest.mark.parametrize("step", ["_copy", "_mark", "flush", "publish"])
def test_a_process_that_is_killed_leaves_no_backup_and_the_next_one_succeeds(
    store: Store, tmp_path: Path, step: str
) -> None:
    record(store, "harbour-letter/41")
    command = [sys.executable, "-c", KILLED, step, str(tmp_path), AT.isoformat()]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    assert not (tmp_path / "backup.db").exists()
    store.back_up(tmp_path / "backup.db", AT)
    assert is_marked(tmp_path / "backup.db")
    assert [path.name for path in tmp_path.glob("*backup*")] == ["backup.db"]


def test_a_backup_beside_the_journal_of_the_database_it_replaces_is_refused(store: Store, tmp_path: Path) -> None:
    record(store, "harbour-letter/41")
    store.back_up(tmp_path / "backup.db", AT)
    journal = (tmp_path / "mailer.db-wal").read_bytes()
    assert journal
    (tmp_path / "backup.db-wal").write_bytes(journal)
    with pytest.raises(MailerError, match=r"backup.db-wal belongs to another database: remove it and backup.db-shm"):
        Store.open("sqlite:///backup.db", tmp_path)
    (tmp_path / "backup.db-wal").unlink()
    assert entries(tmp_path / "backup.db") == 1


def test_a_mark_stays_as_it_is_in_a_backup_of_a_backup(store: Store, tmp_path: Path) -> None:
    store.back_up(tmp_path / "first.db", AT)
    first = Store.open("sqlite:///first.db", tmp_path)
    first.back_up(tmp_path / "second.db", datetime(2020, 1, 1, tzinfo=UTC))
    first.close()
    assert is_marked(tmp_path / "second.db")
