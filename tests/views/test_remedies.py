"""Every remedy is a command that exists, with what it is done to as the shell needs it."""

import re

import pytest
import typer

from mailer.cli.commands import app
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.remedy import Action, Note
from mailer.views.remedies import phrase, sentence

COMMANDS = typer.main.get_command(app)


@pytest.mark.parametrize("action", Action)
def test_every_action_is_a_command(action: Action) -> None:
    said = phrase(action.of("one", "two"))
    typed = re.search("`mailer (.*)`", said)
    if typed is None:
        assert said == "--config names another"
        return
    command = COMMANDS
    for word in typed[1].split():
        if not hasattr(command, "commands"):
            break
        command = command.commands[word]
    assert not hasattr(command, "commands")


def test_a_refusal_names_what_happened_and_then_what_to_do() -> None:
    refused = Refused("harbour-letter/41 is paused", Action.RESUME.of("harbour-letter/41"))
    assert str(refused) == "harbour-letter/41 is paused"
    assert sentence(refused) == "harbour-letter/41 is paused; `mailer resume harbour-letter/41` goes on with it"


def test_several_remedies_stand_in_their_order() -> None:
    missing = BadInput("config.toml is not there", Action.INSTALL.of(), Action.CHOOSE_INSTALLATION.of())
    assert sentence(missing) == "config.toml is not there; `mailer init` makes one, --config names another"


def test_without_a_remedy_nothing_is_added() -> None:
    assert sentence(NotFound("there is nothing")) == "there is nothing"
    assert sentence(Note("a gap in the numbering")) == "a gap in the numbering"


def test_what_the_shell_would_take_apart_is_quoted() -> None:
    assert phrase(Action.EXPLAIN.of("P 1; rm", "a/1")) == "`mailer why 'P 1; rm' a/1` tells why"
