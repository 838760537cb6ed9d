"""Whether two processes have read the same settings."""

import pytest

from mailer.config import fingerprint, fingerprint_after_reload, load_config
from tests.club import LETTER, Club

FILES = ("config.toml", "mailer.key", "relay.password", f"schedules/{LETTER}.toml", "schedules/fees.toml")


@pytest.fixture
def club(tmp_path):
    club = Club.found(tmp_path)
    club.settle(smtp={"username": "club", "password_file": "relay.password"})
    (tmp_path / "relay.password").write_text("secret")
    return club


@pytest.mark.parametrize("name", FILES)
def test_each_file_that_is_read_once_counts(club, name):
    before = fingerprint(load_config(club.config))
    assert fingerprint(load_config(club.config)) == before
    file = club.folder / name
    file.write_text(file.read_text() + "\n")
    assert fingerprint(load_config(club.config)) != before


def test_a_new_schedule_counts_and_what_is_read_each_time_does_not(club):
    before = fingerprint(load_config(club.config))
    (club.folder / "issues" / "note.txt").write_text("nothing that a process keeps")
    assert fingerprint(load_config(club.config)) == before
    (club.folder / "schedules" / "another.toml").write_text("")
    assert fingerprint(load_config(club.config)) != before


def test_after_a_reload_only_the_schedules_are_those_of_now(club):
    config = load_config(club.config)
    before = fingerprint(config)
    (club.folder / "mailer.key").write_text("another key")
    assert fingerprint_after_reload(config, before) == before
    (club.folder / "schedules" / "another.toml").write_text("")
    assert before != fingerprint_after_reload(config, before) != fingerprint(config)


def test_what_cannot_be_read_is_not_its_matter(club):
    (club.folder / "relay.password").unlink()
    assert fingerprint(load_config(club.config))
