"""Letters write commands as people type them in this installation."""

import re
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.pipeline.letters.specimens import write_specimens
from tests.club import Club


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_letter_writes_the_command_of_the_installation(app: App, language: str) -> None:
    context = replace(app.context, command="club-mailer")
    letters = list(write_specimens(context, language))
    assert any("club-mailer status" in letter.body for _, letter in letters)
    for name, letter in letters:
        assert not re.search(r"(?<![\w-])mailer [a-z]+ [a-z-]+/\d", letter.body), name


def test_an_installation_with_a_command_of_its_own_uses_it(club: Club) -> None:
    with club.opened() as app:
        assert app.context.command == "mailer"
    (club.folder / "club-mailer").touch()
    with club.opened() as app:
        assert app.context.command == "club-mailer"
