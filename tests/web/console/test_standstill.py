"""While the service stands still, no page offers what would be refused, and each says why."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.remedy import Action
from mailer.domain.standstill import REFUSED, Standstill
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.texts import LANGUAGES, texts
from tests.club import ISSUE, LETTER, Club, import_register, members
from tests.pipeline.relayed import deliver
from tests.pipeline.standing_still import stand_still
from tests.web.conftest import Console
from tests.web.console.sent import BASE, approved, begun
from tests.web.markup import faults, words_of

DEEDS = {
    Action.PULL: "/issues/pull",
    Action.PLAN: f"{BASE}/plan",
    Action.TEST: f"{BASE}/test",
    Action.APPROVE: f"{BASE}/approve",
    Action.SEND: f"{BASE}/send",
    Action.SEND_UNSENT: f"{BASE}/unsent",
}
FOLDER = f"/issues/folders/{LETTER}/2018-08"
PAGES = ("/issues", FOLDER, BASE, f"{BASE}/progress", f"{BASE}/send", f"{BASE}/unsent")
WHY = {
    Standstill.RESTORED: "The database is a restored backup: first the operator says what was sent since.",
    Standstill.MOVED: "The database was copied elsewhere, to go on there.",
    Standstill.CLOCK: "The server’s clock is wrong: first the operator sets it.",
}


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A club whose newsletter has an editor, who gets tests."""
    return Club.found(tmp_path, {"approval": {"required": True, "editors": ["editor@club.example"]}})


def pulled(_app: App) -> None:
    """As the club of these tests is."""


def planned(app: App) -> None:
    plan_mailing(app.context, ISSUE)


def owing(app: App) -> None:
    begun(app)
    deliver(app)
    import_register(app, members(13))


NOT_RUNNING = (
    "The service does not run on the server: nothing leaves by itself. The operator starts it with mailer daemon."
)
STAGES = (pulled, planned, approved, begun, owing)


def offered(page: str) -> Iterator[str]:
    """Where the buttons of a page lead that can be pressed."""
    for path, form in re.findall(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL):
        if any("disabled" not in button for button in re.findall(r"<button[^>]*>", form)):
            yield unescape(path)
    yield from re.findall(r'<a class="button[^"]*" href="([^"]+)"', page)


def offers(console: Console, app: App) -> set[str]:
    """Everything that the pages offer to the secretary; each is well made."""
    Club(app.config.folder).write_issue(serial=42, number=8)  # it waits to be pulled
    client = console(Role.SECRETARY)
    answers = [client.get(path) for path in PAGES]
    pages = [answer.text for answer in answers if answer.status_code != 404]  # some are there once it is planned
    assert len(pages) >= 3
    assert [fault for page in pages for fault in faults(page)] == []
    return {path for page in pages for path in offered(page)}


@pytest.mark.parametrize(
    ("stage", "actions"),
    [
        (pulled, {Action.PULL, Action.PLAN, Action.TEST}),
        (planned, {Action.PLAN, Action.APPROVE, Action.SEND}),
        (owing, {Action.SEND_UNSENT}),
    ],
)
def test_otherwise_it_is_offered(
    app: App, console: Console, stage: Callable[[App], None], actions: set[Action]
) -> None:
    stage(app)
    assert offers(console, app) >= {DEEDS[action] for action in actions}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("standstill", Standstill)
def test_what_would_be_refused_is_not_offered(
    app: App, console: Console, standstill: Standstill, stage: Callable[[App], None]
) -> None:
    stage(app)
    stand_still(app, standstill)
    assert offers(console, app) & {DEEDS[action] for action in REFUSED[standstill]} == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("standstill", Standstill)
def test_the_pages_say_why_nothing_leaves(app: App, console: Console, standstill: Standstill, language: str) -> None:
    approved(app)
    stand_still(app, standstill)
    client = console(Role.SECRETARY)
    client.post("/account/language", data={"language": language})
    why, not_running = texts(language).gettext(WHY[standstill]), texts(language).gettext(NOT_RUNNING)
    assert not_running not in words_of(client.get("/").text)
    for path in ("/", "/issues", BASE, f"{BASE}/progress"):
        assert why in words_of(client.get(path).text), path
    for path in ("/", BASE, f"{BASE}/progress"):
        assert not re.search("(?<!nothing )leaves by itself|Уйдёт|уйдёт сама", words_of(client.get(path).text)), path
