"""A backup takes the place of a database whole, marked and checked, or the database stays as it was."""

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer.domain.errors import BadInput, MailerError, Refused
from mailer.store import Store, backup, history, resolve
from mailer.store.backup import restored_file
from mailer.store.ledger import backups
from mailer.store.sqlite import dbapi
from tests import databases
from tests.store.rows import a_mailing_of

pytestmark = pytest.mark.sqlite

AT = datetime(2018, 7, 12, 13, 0, tzinfo=UTC)
LATER = datetime(2018, 8, 1, 13, 0, tzinfo=UTC)
SQLITE = "sqlite:///mailer.db"


def record(store: Store, subject: str) -> None:
    with store.transaction() as connection:
        history.record(connection, at=AT, who="secretary", verb="plan", subject=subject, detail="")


def subjects(file: Path) -> list[str]:
    store = Store.open(f"sqlite:///{file.name}", file.parent)
    try:
        with store.reading() as connection:
            return [subject for subject in ("before", "after") if history.entries(connection, subject)]
    finally:
        store.close()


def marked(file: Path) -> datetime | None:
    store = Store.open(f"sqlite:///{file.name}", file.parent)
    try:
        with store.reading() as connection:
            return backups.backup_at(connection)
    finally:
        store.close()


def put_in_place(file: Path) -> str:
    return backup.restore(resolve(SQLITE, file.parent), file, LATER).kept_as


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database, and a backup of it that was made before more was written."""
    folder = tmp_path_factory.mktemp("restored")
    databases.begin(folder)
    store = Store.open(SQLITE, folder)
    with store.transaction() as connection:
        a_mailing_of(connection, 50)
    record(store, "before")
    store.back_up(folder / "backup.db", AT)
    record(store, "after")
    store.close()
    return folder


@pytest.fixture
def file(folder: Path, tmp_path: Path) -> Path:
    """The backup, in a folder of its own with the database."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return tmp_path / "backup.db"


@pytest.fixture
def opened(file: Path) -> Iterator[Store]:
    """The database, opened by a process that goes on."""
    store = Store.open(SQLITE, file.parent)
    with store.reading() as connection:
        history.entries(connection, "before")
    yield store
    store.close()


def test_the_backup_is_in_place_private_and_marked_and_the_database_is_kept(file: Path) -> None:
    before = file.read_bytes()
    kept = Path(put_in_place(file))
    database = file.parent / "mailer.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert marked(database) == AT
    assert subjects(database) == ["before"]
    assert subjects(kept) == ["before", "after"]
    assert kept.name == "mailer.db.before-restore-20180801T130000Z"
    assert file.read_bytes() == before
    assert not list(file.parent.glob(".*.restoring*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("is_there", [True, False])
def test_what_root_restores_belongs_to_the_service(file: Path, is_there: bool) -> None:
    database = file.parent / "mailer.db"
    for path, login in ((file.parent, 54321), (database, 54322)):
        os.chown(path, login, login)
    if not is_there:
        database.unlink()
    put_in_place(file)
    assert (database.stat().st_uid, database.stat().st_gid) == ((54322, 54322) if is_there else (54321, 54321))


# Kills itself when it comes to one of these steps, or has done it.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from mailer.store import backup, resolve
from mailer.store.backup import restored_file
room = {"os": os, "Path": Path}.get(sys.argv[1], restored_file)
name, done = sys.argv[2], getattr(room, sys.argv[2])
def dies(*words):
    if sys.argv[3] == "after":
        done(*words)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(room, name, dies)
file = Path(sys.argv[4])
backup.restore(resolve("sqlite:///mailer.db", file.parent), file, datetime.fromisoformat(sys.argv[5]))
"""


@pytest.mark.parametrize(
    ("room", "step", "when"),
    [
        ("restored_file", "_copy", "after"),
        ("restored_file", "_prepare", "after"),
        ("os", "link", "after"),
        ("Path", "replace", "before"),
        ("Path", "replace", "after"),
    ],
)
def test_a_process_that_is_killed_leaves_one_of_both_whole(file: Path, room: str, step: str, when: str) -> None:
    command = [sys.executable, "-c", KILLED, room, step, when, str(file), LATER.isoformat()]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    database = file.parent / "mailer.db"
    is_new = (step, when) == ("replace", "after")
    assert subjects(database) == (["before"] if is_new else ["before", "after"])
    assert marked(database) == (AT if is_new else None)
    now = datetime(2018, 9, 1, tzinfo=UTC)
    kept = backup.restore(resolve(SQLITE, file.parent), file, now).kept_as
    assert (subjects(database), marked(database)) == (["before"], AT)
    assert subjects(Path(kept)) == (["before"] if is_new else ["before", "after"])
    assert not list(file.parent.glob(".*.restoring*"))


def test_what_was_kept_can_be_put_back(file: Path) -> None:
    kept = Path(put_in_place(file))
    database = file.parent / "mailer.db"
    backup.restore(resolve(SQLITE, file.parent), kept, datetime(2018, 9, 1, tzinfo=UTC))
    assert subjects(database) == ["before", "after"]
    assert marked(database) == AT  # the last instant that its history knows: it was no backup


def test_there_need_not_be_a_database(file: Path) -> None:
    (file.parent / "mailer.db").unlink()
    assert put_in_place(file) == ""
    assert subjects(file.parent / "mailer.db") == ["before"]


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_the_journal_of_a_database_that_was_lost_is_not_that_of_the_new_one(file: Path, suffix: str) -> None:
    database = file.parent / "mailer.db"
    database.unlink()
    database.with_name(f"mailer.db{suffix}").write_bytes(b"journal")
    assert put_in_place(file) == ""
    with closing(Store.open(SQLITE, file.parent)) as store:
        assert store.check().ok
    assert [kept.read_bytes() for kept in file.parent.glob(f"*.before-restore-*{suffix}")] == [b"journal"]


@pytest.mark.parametrize("said", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_hard_links(file: Path, monkeypatch: pytest.MonkeyPatch, said: int) -> None:
    def refuse(*_names: object) -> None:
        raise OSError(said, os.strerror(said))

    monkeypatch.setattr(os, "link", refuse)
    kept = Path(put_in_place(file))
    assert subjects(file.parent / "mailer.db") == ["before"]
    assert subjects(kept) == ["before", "after"]
    with closing(Store.open(SQLITE, file.parent)) as store:
        store.back_up(file.parent / "another.db", LATER)
        with pytest.raises(Refused, match="exists and is left as it is"):
            store.back_up(file.parent / "another.db", LATER)
    assert subjects(file.parent / "another.db") == ["before"]


def test_a_database_whose_rules_are_no_text_any_more_is_replaced(file: Path) -> None:
    no_text(file.parent / "mailer.db")
    kept = Path(put_in_place(file))
    assert subjects(file.parent / "mailer.db") == ["before"]
    assert b"CREATE \xfcNDEX" in kept.read_bytes()


def test_a_damaged_database_is_replaced_and_kept_with_its_journal(file: Path) -> None:
    database = file.parent / "mailer.db"
    database.write_bytes(b"\xa5" * 50_000)
    (file.parent / "mailer.db-wal").write_bytes(b"journal")
    kept = Path(put_in_place(file))
    assert subjects(database) == ["before"]
    assert kept.read_bytes() == b"\xa5" * 50_000
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"journal"


@pytest.mark.usefixtures("opened")
def test_a_database_that_another_process_has_open_is_left_alone(file: Path) -> None:
    with pytest.raises(Refused, match=r"another process has .*mailer\.db open: stop the daemon"):
        put_in_place(file)
    assert subjects(file.parent / "mailer.db") == ["before", "after"]
    assert marked(file.parent / "mailer.db") is None
    assert sorted(path.name for path in file.parent.glob("*.before-restore*")) == []


def test_a_plain_copy_of_an_open_database_is_taken_with_its_journal(file: Path, opened: Store) -> None:
    record(opened, "after")
    for suffix in ("", "-wal", "-shm"):
        shutil.copy(file.parent / f"mailer.db{suffix}", file.parent / f"copy.db{suffix}")
    opened.close()
    put_in_place(file.parent / "copy.db")
    assert subjects(file.parent / "mailer.db") == ["before", "after"]


def damaged(file: Path) -> None:
    octets = bytearray(file.read_bytes())
    begin = len(octets) // 2 // 4096 * 4096
    octets[begin : begin + 4096] = b"\xa5" * 4096
    file.write_bytes(octets)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def other(file: Path) -> None:
    file.write_text("a letter")


def foreign(file: Path) -> None:
    file.unlink()
    connection = dbapi().connect(file)
    connection.execute("CREATE TABLE things (id INTEGER)")
    connection.close()


def incomplete(file: Path) -> None:
    connection = dbapi().connect(file)
    connection.execute("DROP TABLE wishes")
    connection.close()


def no_text(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"CREATE INDEX", b"CREATE \xfcNDEX"))


def halfway(file: Path) -> None:
    """Copied with its journal in the middle of a write, as where the library in use has no write-ahead log."""
    connection = dbapi().connect(file, isolation_level=None)
    changes = "BEGIN", "UPDATE deliveries SET name = 'Half ' || substr(name, 6)"
    for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA synchronous=OFF", "PRAGMA cache_size=1", *changes):
        connection.execute(statement)
    half = [Path(f"{file}{suffix}").read_bytes() for suffix in ("", "-journal")]
    connection.close()
    for suffix, octets in zip(("", "-journal"), half, strict=True):
        Path(f"{file}{suffix}").write_bytes(octets)


@pytest.mark.parametrize("spoil", [damaged, cut, other, foreign, incomplete, no_text, halfway])
def test_what_is_no_sound_backup_changes_nothing(file: Path, spoil: object) -> None:
    spoil(file)
    with pytest.raises(BadInput):
        put_in_place(file)
    assert subjects(file.parent / "mailer.db") == ["before", "after"]
    assert not list(file.parent.glob("*restor*")) + list(file.parent.glob(".*restor*"))


@pytest.mark.parametrize("step", ["_copy", "_prepare", "flush", "_set_aside"])
def test_a_disk_that_is_full_meanwhile_changes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(restored_file, step, full)
    with pytest.raises(BadInput, match=r"cannot be restored \(No space left on device\); .*mailer.db is as it was"):
        put_in_place(file)
    monkeypatch.undo()
    assert not list(file.parent.glob(".*.restoring*"))
    assert subjects(file.parent / "mailer.db") == ["before", "after"]
    put_in_place(file)
    assert subjects(file.parent / "mailer.db") == ["before"]


def test_the_database_itself_is_no_backup_of_it(file: Path) -> None:
    with pytest.raises(BadInput, match="is the database itself"):
        put_in_place(file.parent / "mailer.db")


def test_a_backup_of_a_newer_version(file: Path) -> None:
    connection = dbapi().connect(file)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(MailerError, match="install the newer version"):
        put_in_place(file)
    assert subjects(file.parent / "mailer.db") == ["before", "after"]
