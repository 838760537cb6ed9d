"""The dry run writes files that only their owner can read, and never writes over one."""

import stat
from pathlib import Path

import pytest

from mailer.domain.errors import BadInput, Refused
from mailer.gateways import private_files


def test_a_message_is_written_for_its_owner_only(tmp_path: Path) -> None:
    path = private_files.write(tmp_path / "dry" / "run", "0001.eml", b"Subject: x\r\n\r\nBody\r\n")
    assert path == tmp_path / "dry" / "run" / "0001.eml"
    assert path.read_bytes() == b"Subject: x\r\n\r\nBody\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_written_over(tmp_path: Path) -> None:
    private_files.write(tmp_path, "0001.eml", b"first")
    with pytest.raises(Refused, match=r"0001\.eml is there already"):
        private_files.write(tmp_path, "0001.eml", b"second")
    assert (tmp_path / "0001.eml").read_bytes() == b"first"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="cannot be written"):
        private_files.write(tmp_path / "file" / "folder", "0001.eml", b"")
