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


def test_without_old_settings_nothing_is_said_of_them(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    assert "old settings" not in [result.subject for result in check_settings(club.config)]
