"""Every remedy is a command that exists, with what it is done to as the shell needs it."""

import ast
import re
from pathlib import Path

import pytest
import typer

from mailer.cli.commands import app
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.remedy import Action, Note
from mailer.views.remedies import in_form, phrase, sentence

MAILER = Path(__file__).parents[2] / "mailer"
# Rooms whose words a console and an API will show as well.
ROOMS = ("app", "config", "domain", "formats", "gateways", "pipeline", "store")
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


def texts(path: Path) -> list[str]:
    """The texts that a module may show: all of its strings but the docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.value for node in strings if id(node) not in docstrings]


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_but_views_and_cli_writes_a_command(room: str) -> None:
    written = [(path, text) for path in sorted((MAILER / room).rglob("*.py")) for text in texts(path)]
    assert not [(path, text) for path, text in written if "`mailer " in text]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("it waits; `mailer send a/1` sends it", "it waits; `club-mailer send a/1` sends it"),
        (
            "What to do:\n  mailer status a/1\n  mailer check\n",
            "What to do:\n  club-mailer status a/1\n  club-mailer check\n",
        ),
        ("the mailer writes; `mailer.key` and mailer.db stay", "the mailer writes; `mailer.key` and mailer.db stay"),
        ("`club-mailer send a/1`", "`club-mailer send a/1`"),
    ],
)
def test_commands_are_written_as_people_type_them_here(text, typed):
    assert in_form(text, "club-mailer") == typed
    assert in_form(text, "mailer") == text


def test_no_suggestion_proposes_a_command_that_destroys():
    destroys = r"`mailer (?:person erase|issue drop|cancel|register import[^`]*--end-missing)(?! --help)[^`]*`"
    for path in [*MAILER.rglob("*.py"), *(MAILER.parent / "templates").rglob("*.j2")]:
        assert not re.findall(destroys, path.read_text(encoding="utf-8")), path
