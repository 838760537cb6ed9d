"""Keys that did not sign the newest copies are refused, and `mailer check` says so."""

import secrets
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.app.key_agreement import refuse_other_keys
from mailer.checking import configuration
from mailer.domain.errors import Refused
from tests.club import Club, begin, members


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A club with one issue."""
    return Club.found(tmp_path / "club")


def subjects(app: App) -> list[str]:
    return [result.subject for result in configuration.check_keys(app)]


def test_any_key_will_do_before_the_first_copy(club: Club) -> None:
    with club.opened() as app:
        refuse_other_keys(app)
        assert subjects(app) == []


def test_other_keys_are_refused_and_a_newer_one_before_the_same_is_not(club: Club) -> None:
    with club.opened() as app:
        begin(app, members(3))
    file = club.folder / "mailer.key"
    old, new = file.read_text(), f"{secrets.token_hex(32)}\n"
    file.write_text(new + old)
    with club.opened() as app:
        refuse_other_keys(app)
        assert subjects(app) == []
    file.write_text(new)
    with club.opened() as app:
        with pytest.raises(Refused, match=r"no key in .*mailer\.key has signed the newest copies"):
            refuse_other_keys(app)
        assert subjects(app) == ["the database's key"]
