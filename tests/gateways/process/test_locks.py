"""A sender that has ended, however it ended, is known to be dead; one that lives never is."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mailer.domain.errors import BadInput, Refused
from mailer.gateways.process import locks

HOLD_AND_WAIT = """
import sys
from pathlib import Path
from mailer.gateways.process import locks
with locks.acquire(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


def an_owner(folder: Path, name: str) -> subprocess.Popen[str]:
    """Another process that holds the lock, and lives until its standard input is closed or it is killed."""
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD_AND_WAIT, str(folder), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline() == "held\n"
    return owner


def test_an_owner_that_was_killed_is_dead_until_its_file_is_deleted(tmp_path: Path) -> None:
    with an_owner(tmp_path, "sender-1") as owner:
        assert not locks.is_dead(tmp_path / "sender-1")
        assert not locks.is_dead(tmp_path / "sender-1"), "asking must not have taken the lock"
        owner.kill()
    assert [path.name for path in tmp_path.iterdir()] == [".sender-1.lock"]
    assert locks.is_dead(tmp_path / "sender-1")
    assert locks.is_dead(tmp_path / "sender-1"), "the proof stays until the ledger has what follows"
    locks.delete_lock(tmp_path / "sender-1")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_not_there_proves_nothing(tmp_path: Path) -> None:
    assert not locks.is_dead(tmp_path / "sender-1"), "another container may have another disk at this path"
    locks.delete_lock(tmp_path / "sender-1")
    with locks.acquire(tmp_path, "sender-1") as lock:
        lock.delete()
    assert not locks.is_dead(tmp_path / "sender-1")


def test_an_owner_that_ended_by_itself_is_dead(tmp_path: Path) -> None:
    with an_owner(tmp_path, "sender-1"):
        pass
    assert locks.is_dead(tmp_path / "sender-1")


def test_a_lock_is_private_and_held_in_this_process_too(tmp_path: Path) -> None:
    with locks.acquire(tmp_path, "sender-1"):
        assert stat.S_IMODE((tmp_path / ".sender-1.lock").stat().st_mode) == 0o600
        assert not locks.is_dead(tmp_path / "sender-1")
    assert locks.is_dead(tmp_path / "sender-1")


def test_a_name_is_used_once(tmp_path: Path) -> None:
    with locks.acquire(tmp_path, "sender-1"), pytest.raises(Refused, match="sender-1"):
        locks.acquire(tmp_path, "sender-1")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        locks.acquire(tmp_path / "nowhere", "sender-1")


def test_boot_and_host_are_told_and_do_not_change() -> None:
    assert locks.boot_id() == locks.boot_id()
    assert locks.host()
