"""The room that must be free before a further copy leaves: so much, of a small disk a share, never less than SQLite's log needs."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailer.gateways import machine_state
from mailer.gateways.machine_state import has_room_to_send, network_disk

MEGA = 1_000_000


@pytest.mark.parametrize(
    ("size", "free", "files", "enough"),
    [
        (100_000 * MEGA, 33 * MEGA, 1000, True),
        (100_000 * MEGA, 31 * MEGA, 1000, False),
        (200 * MEGA, 11 * MEGA, 1000, True),
        (200 * MEGA, 9 * MEGA, 1000, False),
        (20 * MEGA, 7 * MEGA, 1000, True),
        (20 * MEGA, 5 * MEGA, 1000, False),
        (100_000 * MEGA, 90_000 * MEGA, 3, False),
    ],
)
def test_how_much_is_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int, free: int, files: int, enough: bool
) -> None:
    disk = SimpleNamespace(f_frsize=1000, f_blocks=size // 1000, f_bavail=free // 1000, f_files=10_000, f_favail=files)
    monkeypatch.setattr(os, "statvfs", lambda _: disk)
    assert has_room_to_send(tmp_path) is enough


def test_a_disk_that_does_not_say(tmp_path: Path) -> None:
    assert has_room_to_send(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/sda1 / ext4 rw 0 0", ""),
        ("/dev/sda1 / ext4 rw 0 0\nnas:/club {place} nfs4 rw 0 0", "nfs4"),
        ("systemd-1 {place} autofs rw 0 0\nnas:/club {place} nfs4 rw 0 0\n/dev/sda1 / ext4 rw 0 0", "nfs4"),
        ("nas:/club {place} nfs4 rw 0 0\n/dev/sdb1 {place} ext4 rw 0 0", ""),
    ],
)
def test_of_mounts_at_one_place_the_last_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mounts: str, kind: str
) -> None:
    (tmp_path / "mounts").write_text(mounts.format(place=tmp_path / "nas"))
    monkeypatch.setattr(machine_state, "_MOUNTS", tmp_path / "mounts")
    assert network_disk(tmp_path / "nas" / "club") == kind
