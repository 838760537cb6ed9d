"""A letter to somebody who works in the console says what to press there; commands stand in letters only without a console."""

import re
from dataclasses import replace

import pytest
from starlette.routing import Match, Route

from mailer.app.installation import App
from mailer.pipeline.letters.specimens import load_specimens, write_specimens
from mailer.texts import texts
from mailer.web.application import ROUTES
from mailer.web.routes import Page
from tests.texts.test_catalogue import WRITTEN

CONSOLE = "https://console.club.example"
COMMAND = re.compile(r"(?<![\w.@/-])mailer [a-z]")
PAGES = [Route(route.path, lambda: None) for route in ROUTES if isinstance(route, Page)]
# To the operator, who has the terminal.
ALARMS = {specimen.name for specimen in load_specimens() if specimen.kind == "alarm"}


def is_page(path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    return any(page.matches(scope)[0] is Match.FULL for page in PAGES)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_with_a_console_a_letter_names_its_buttons_and_pages(app: App, language: str) -> None:
    context = replace(app.context, console=CONSOLE)
    buttons = {texts(language).gettext(words) for words in WRITTEN}
    found = []
    for name, letter in write_specimens(context, language):
        if name in ALARMS:
            continue
        assert not COMMAND.search(letter.body), (name, COMMAND.findall(letter.body))
        found += re.findall(rf"^ +([^\n]+):\n +{CONSOLE}(/[^\s?#]*)", letter.body, re.MULTILINE)
    assert len(found) > 20
    assert {label for label, _ in found if label not in buttons} == set()
    assert {path for _, path in found if not is_page(path)} == set()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_without_a_console_it_names_commands(app: App, language: str) -> None:
    letters = dict(write_specimens(replace(app.context, console=""), language))
    assert any(COMMAND.search(letter.body) for name, letter in letters.items() if name not in ALARMS)
    assert not any("/to-do" in letter.body for letter in letters.values())
