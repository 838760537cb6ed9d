"""The pages behind letters: a new address is confirmed and a change undone by a tick and a button, not by a look."""

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.formats.token import Purpose
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.members.conftest import PEOPLE
from tests.pipeline.members.linked import link_in, pauses, seats, token
from tests.web.markup import faults
from tests.web.members.test_copies import defaults

NEW = "anna@new.example"


@pytest.fixture
def asked(app: App, pages: TestClient) -> dict[str, str]:
    """The pages to confirm a new address and to undo a pause, both asked for."""
    path = f"/m/{token(app, Purpose.PREFERENCES)}"
    assert pages.post(path, data={"choice": "address", "address": NEW}).status_code == 200
    assert pages.post(path, data={"choice": "stop"}).status_code == 200
    return {
        "confirm": f"/confirm/{link_in(app, 'confirm-address')}",
        "undo": f"/undo/{link_in(app, 'wish-done')}",
    }


def test_looking_and_pressing_the_button_changes_nothing(app: App, pages: TestClient, asked: dict[str, str]) -> None:
    before = photograph(app, without=())
    for path in asked.values():
        for _ in range(3):
            assert pages.head(path).status_code == 200
            shown = pages.get(path)
            assert shown.status_code == 200
            assert faults(shown.text) == []
            assert not [word for word in (*PEOPLE[0].words, NEW, "P001") if word in shown.text]
            ((action, values),) = defaults(shown.text)
            answer = pages.post(action, data=values)
            assert (answer.status_code, "Please tick the box" in answer.text) == (422, True)
    assert photograph(app, without=()) == before


def test_a_new_address_is_confirmed_once(app: App, pages: TestClient, asked: dict[str, str]) -> None:
    for _ in range(2):
        answer = pages.post(asked["confirm"], data={"sure": "yes"})
        assert answer.status_code == 200
        assert "we write to the new address" in answer.text
    assert str(seats(app)[0].address) == NEW


def test_a_pause_is_undone_once(app: App, pages: TestClient, asked: dict[str, str]) -> None:
    for _ in range(2):
        answer = pages.post(asked["undo"], data={"sure": "yes"})
        assert answer.status_code == 200
        assert "It is taken back" in answer.text
    assert pauses(app) == ()


def test_expired_links_look_like_unknown_ones(
    app: App, pages: TestClient, asked: dict[str, str], clock: FrozenClock
) -> None:
    clock.advance(days=15)
    before = photograph(app, without=())
    for path in asked.values():
        for answer in (pages.get(path), pages.post(path, data={"sure": "yes"})):
            assert answer.status_code == 404
            assert answer.text.replace(path, "/") == pages.get("/undo/x").text.replace("/undo/x", "/")
    assert photograph(app, without=()) == before
