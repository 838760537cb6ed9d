"""A new installation is complete and private, and never overwrites what is there."""

import os
import subprocess
from pathlib import Path

import pytest

from mailer.domain.errors import Refused
from mailer.gateways import key_file, new_installation


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("there", [False, True])
def test_a_new_installation_is_complete_and_its_owners_alone(tmp_path: Path, there: bool):
    folder = tmp_path / "mailer"
    if there:
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
    umask = os.umask(0o022)
    try:
        config = new_installation.install(folder)
    finally:
        os.umask(umask)
    assert config == folder / "config.toml"
    assert config.read_bytes() == new_installation.shipped("config.example.toml").read_bytes()
    assert rights(config) == rights(folder / "mailer.key") == 0o600
    assert rights(folder) == (0o755 if there else 0o700)  # a folder that was there keeps its rights
    for name in ("templates", "schedules", "issues"):
        assert rights(folder / name) == 0o700
    for name in ("templates", "schedules"):
        shipped = new_installation.shipped(name)
        for file in shipped.rglob("*"):
            if file.is_file():
                assert (folder / name / file.relative_to(shipped)).read_bytes() == file.read_bytes()
    assert list((folder / "issues").iterdir()) == []


def test_people_have_a_command_for_this_installation(tmp_path: Path):
    folder = new_installation.install(tmp_path / "the club").parent
    (tmp_path / "club-mailer").symlink_to(folder / "club-mailer")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": "/nowhere", "MAILER_CONFIG": "/nowhere"}
    for command in (folder / "club-mailer", tmp_path / "club-mailer"):
        assert rights(command) == 0o755
        ran = subprocess.run(
            [command, "--json", "issue", "list"], capture_output=True, text=True, check=False, cwd="/", env=environment
        )
        assert (ran.returncode, ran.stdout) == (0, "[]\n"), ran.stderr
        ran = subprocess.run(
            [command, "plan", "a/1"], capture_output=True, text=True, check=False, cwd="/", env=environment
        )
        assert "`club-mailer pull`" in ran.stderr


def test_two_installations_have_two_keys(tmp_path: Path):
    first, second = (new_installation.install(tmp_path / name).parent / "mailer.key" for name in ("one", "two"))
    assert key_file.read_keys(first) != key_file.read_keys(second)
    assert [len(key) for key in key_file.read_keys(first)] == [32]


def test_nothing_that_is_there_is_written_over(tmp_path: Path):
    new_installation.install(tmp_path)
    key = (tmp_path / "mailer.key").read_text()
    with pytest.raises(Refused, match=r"config\.toml is already there"):
        new_installation.install(tmp_path)
    (tmp_path / "config.toml").unlink()
    (tmp_path / "templates" / "mine").mkdir()
    new_installation.install(tmp_path)
    assert (tmp_path / "mailer.key").read_text() == key
    assert (tmp_path / "templates" / "mine").is_dir()
