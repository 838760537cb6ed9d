"""Whatever the clock says and wherever a process dies, rotation deletes its own files that are older, and never the newest."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.store import Store
from mailer.store.backup.folder import delete_old, name_for

NIGHT = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open("sqlite:///mailer.db", tmp_path)) as opened:
        yield opened


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Kills itself when a backup has its name, before the name of the unfinished file is given up.
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from mailer.store import Store
link = os.link
os.link = lambda *names: (link(*names), os.kill(os.getpid(), signal.SIGKILL))
folder = Path(sys.argv[1])
Store.open("sqlite:///mailer.db", folder).back_up_into(folder / "backups", datetime.fromisoformat(sys.argv[2]), 3)
"""


def test_a_backup_stays_whole_when_its_process_was_killed_as_it_got_its_name(store: Store, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path), NIGHT.isoformat()]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    first, folder = name_for(NIGHT, "sqlite"), tmp_path / "backups"
    assert names(folder) == sorted([first, f".{first}.partial"])
    octets = (folder / first).read_bytes()

    second, _ = store.back_up_into(folder, NIGHT + timedelta(days=1), 3)
    assert names(folder) == [first, second]
    assert (folder / first).read_bytes() == octets
    assert octets


def test_the_backup_just_made_stays_although_others_are_dated_later(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    ahead = [store.back_up_into(folder, NIGHT.replace(year=2036, day=day), 2)[0] for day in (1, 2)]
    first, deleted = store.back_up_into(folder, NIGHT, 2)
    assert deleted == ahead[:1]
    second, deleted = store.back_up_into(folder, NIGHT + timedelta(days=1), 2)
    assert deleted == ahead[1:]
    assert names(folder) == [first, second]


def test_what_is_no_backup_of_ours_is_left_alone(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    foreign = [
        "mailer-20261301T250000Z.db",  # no date
        "mailer-٢٠١٨٠١٠١T000000Z.db",
        "mailer-20180101T000000Z.db-wal",
        ".mailer-notes.partial",
    ]
    for name in foreign:
        (folder / name).write_text("kept")
    (folder / "mailer-20180101T000000Z.db").mkdir()
    (folder / "mailer-20180102T000000Z.dump").symlink_to(folder / foreign[0])
    (folder / ".mailer-20180103T000000Z.db.partial").symlink_to(folder / foreign[0])
    before = names(folder)
    written = [store.back_up_into(folder, NIGHT + timedelta(days=day), 1)[0] for day in (0, 1)]
    assert names(folder) == sorted([*before, written[-1]])
    assert all((folder / name).read_text() == "kept" for name in foreign)


@given(
    st.lists(st.integers(0, 40), unique=True, max_size=12),
    st.integers(0, 40),
    st.integers(1, 5),
)
def test_so_many_stay_and_the_newest_is_among_them(
    tmp_path_factory: pytest.TempPathFactory, others: list[int], newest: int, keep: int
) -> None:
    folder = tmp_path_factory.mktemp("backups")
    named = {number: name_for(NIGHT + timedelta(days=number), "sqlite") for number in {*others, newest}}
    for name in named.values():
        (folder / name).touch()
    deleted = [path.name for path in delete_old(folder, named[newest], keep)]
    assert named[newest] in names(folder)
    assert len(names(folder)) == min(len(named), keep)
    assert sorted([*deleted, *names(folder)]) == sorted(named.values())
