"""`mailer check` looks at the rights of files and folders, and its fix is a line that a shell takes."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mailer.checking import rights
from mailer.domain.check_result import CheckResult
from tests.club import LETTER, TEMPLATES, Club


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A club in a folder whose name a shell would take apart."""
    club = Club.found(tmp_path / "our club's mail")
    shutil.copytree(TEMPLATES, club.folder / "templates")
    club.settle(paths={"templates": "templates"})
    return club


def only(club: Club, look) -> CheckResult:
    with club.opened() as app:
        [result] = look(app)
    return result


def type_fix(result: CheckResult) -> None:
    for command in result.fix.strip("`").split("`, `"):
        subprocess.run(["sh", "-euc", command], check=True)


@pytest.mark.parametrize(
    "names",
    [
        ["schedules"],
        ["schedules", "templates"],
        ["", "schedules/fees.toml", "config.toml"],
        ["templates/russia-confidential", "templates/_base", f"schedules/{LETTER}.toml"],
    ],
)
def test_what_every_login_can_write_is_named_and_the_fix_works_when_typed(club: Club, names: list[str]) -> None:
    for name in names:
        (club.folder / name).chmod((club.folder / name).stat().st_mode | 0o002)
    result = only(club, rights.check_folders)
    assert not result.ok
    assert all(str(club.folder / name) in result.finding for name in names)
    type_fix(result)
    assert only(club, rights.check_folders).ok


def test_templates_that_every_login_can_write_are_found_at_any_depth_and_counted(club: Club) -> None:
    files = [path for path in (club.folder / "templates").rglob("*") if path.is_file()]
    for file in files:
        file.chmod(0o666)
    result = only(club, rights.check_folders)
    assert not result.ok
    assert f"and {len(files) - 3} more files" in result.finding
    type_fix(result)
    assert only(club, rights.check_folders).ok


def test_what_others_can_read_is_closed_by_the_fix_as_it_stands_there(club: Club) -> None:
    for name in ("config.toml", "mailer.key"):
        (club.folder / name).chmod(0o644)
    result = only(club, rights.check_private_files)
    assert not result.ok
    type_fix(result)
    assert only(club, rights.check_private_files).ok


@pytest.mark.sqlite
def test_the_journal_of_a_database_that_others_can_read_is_closed_with_it(club: Club) -> None:
    with club.opened() as app:
        for file in app.database_files:
            if file.exists():
                file.chmod(0o644)
        [result] = rights.check_private_files(app)
        assert "mailer.db-wal" in result.finding
        type_fix(result)
        [result] = rights.check_private_files(app)
        assert "mailer.db" not in result.finding
