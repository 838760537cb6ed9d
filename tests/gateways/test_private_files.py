"""Private files are readable by their owner only and never overwritten, and files that others can read are named."""

import os
import resource
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
    with pytest.raises(Refused, match=r"0001\.eml exists already"):
        private_files.write(tmp_path, "0001.eml", b"second")
    assert (tmp_path / "0001.eml").read_bytes() == b"first"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="cannot be written"):
        private_files.write(tmp_path / "file" / "folder", "0001.eml", b"")


def test_a_file_that_others_can_read_has_the_rights_it_must_have(tmp_path: Path) -> None:
    file = tmp_path / "mailer.key"
    assert private_files.too_open(file) is None
    file.touch()
    for mode, wrong in ((0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o620, True), (0o700, True)):
        file.chmod(mode)
        assert private_files.too_open(file) == (0o600 if wrong else None)
    tmp_path.chmod(0o700)
    assert private_files.too_open(tmp_path) is None
    tmp_path.chmod(0o750)
    assert private_files.too_open(tmp_path) == 0o700
    tmp_path.chmod(0o700)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("around", "folder", "file"),
    [
        (0o2770, 0o2770, 0o660),
        (0o2750, 0o2750, 0o640),
        (0o2775, 0o2770, 0o660),  # others get nothing
        (0o770, 0o2770, 0o660),
        (0o750, 0o2750, 0o640),
        (0o700, 0o700, 0o600),
        (0o755, 0o700, 0o600),  # readable for everybody, so for no group in particular
        (0o777, 0o700, 0o600),
        (0o2700, 0o2700, 0o600),  # the system hands the bit down; it gives no right
        (0o2710, 0o2700, 0o600),
    ],
)
def test_an_output_is_for_the_group_that_shares_the_folder_around(
    tmp_path: Path, around: int, folder: int, file: int
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(around)
    umask = os.umask(0o077)
    try:
        path = private_files.write_output(shared / "a" / "b", "0001.eml", b"x")
        beside = private_files.write_output(shared, "0002.eml", b"x")
        private = private_files.write(shared, "key", b"x")
    finally:
        os.umask(umask)
    assert [rights(each) for each in (path.parent.parent, path.parent, path)] == [folder, folder, file]
    assert rights(beside) == file
    assert rights(private) == 0o600
    assert {each.stat().st_gid for each in (path.parent, path, beside)} == {shared.stat().st_gid}
    assert private_files.write_output_again(shared, "0002.eml", b"y").read_bytes() == b"y"


def test_of_a_file_for_which_there_is_no_room_nothing_is_left(tmp_path: Path) -> None:
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, usual[1]))  # Python ignores the signal
    try:
        with pytest.raises(BadInput, match=r"0001\.eml cannot be written \(File too large\)"):
            private_files.write(tmp_path, "0001.eml", b"x" * 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert not list(tmp_path.iterdir())
