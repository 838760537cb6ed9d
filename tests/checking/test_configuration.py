"""mailer check names the settings that have no effect any more, once."""

from pathlib import Path

from mailer.checking.configuration import check_settings
from tests.club import Club


def test_old_settings_are_named_once_and_are_no_fault(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    club.settle(holds={"quiet_days": 7}, delivery={"dead_share": 0.1})
    [old] = [result for result in check_settings(club.config) if result.subject == "old settings"]
    assert old.ok
    assert "[delivery] dead_share" in old.finding
    assert "[holds] quiet_days" in old.finding


def test_a_name_that_no_file_can_have_is_a_wrong_setting(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    club.settle(smtp={"username": "mailer", "password_file": "a\0b"})
    wrong = [result for result in check_settings(club.config) if not result.ok]
    assert [result.subject for result in wrong] == ["config.toml"]
    assert "[smtp] password_file" in wrong[0].finding


def test_a_key_file_that_leads_in_a_circle_is_no_key(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    (tmp_path / "mailer.key").unlink()
    (tmp_path / "mailer.key").symlink_to("mailer.key")
    [wrong] = [result for result in check_settings(club.config) if not result.ok]
    assert wrong.subject == "the key"


def test_without_old_settings_nothing_is_said_of_them(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    assert "old settings" not in [result.subject for result in check_settings(club.config)]
