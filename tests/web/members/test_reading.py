"""A copy in the browser: offered by its title, opened by POST, for readers who may have the issue now, for a while."""

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.domain.wish import READ_FOR
from mailer.formats.token import Purpose
from mailer.pipeline.register import erase
from tests.club import WORDS, import_register, reverse
from tests.club import members as people
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.members.conftest import PEOPLE
from tests.pipeline.members.linked import token
from tests.web.markup import faults

TITLE, BODY, _ = WORDS["en"]


@pytest.fixture
def path(app: App) -> str:
    """Where the first reader's copy can be read."""
    return f"/read/{token(app, Purpose.WEB_COPY)}"


def is_closed(pages: TestClient, path: str) -> bool:
    """Whether nothing of the issue is shown."""
    answers = [pages.get(path), pages.post(path)]
    return all(answer.status_code == 404 and "lamp" not in answer.text for answer in answers)


def test_a_look_shows_the_title_alone_and_a_post_opens_the_copy(app: App, pages: TestClient, path: str) -> None:
    before = photograph(app, without=())
    offered = pages.get(path)
    assert TITLE in offered.text
    assert "burned oil" not in offered.text
    assert faults(offered.text) == []
    opened = pages.post(path)
    assert opened.status_code == 200
    assert "burned oil" in opened.text
    assert "Copy No. 1" in opened.text
    policy = opened.headers["content-security-policy"]
    assert policy == "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert "cid:" not in opened.text
    assert photograph(app, without=()) == before


def test_who_lost_the_issue_since_reads_nothing(app: App, pages: TestClient, path: str) -> None:
    reverse(app, PEOPLE[0])
    assert is_closed(pages, path)
    other = f"/read/{token(app, Purpose.WEB_COPY, 'P002')}"
    assert pages.post(other).status_code == 200


@pytest.mark.parametrize("more", [{"ended_on": "2018-07-01"}, {"pause_from": "2018-07-01"}])
def test_who_left_or_paused_before_the_issue_reads_nothing(
    app: App, pages: TestClient, path: str, more: dict[str, str]
) -> None:
    import_register(app, [*people(1, more=more), *PEOPLE[1:]])
    assert is_closed(pages, path)


def test_who_was_erased_reads_nothing(app: App, pages: TestClient, path: str) -> None:
    erase.erase(app.context, "P001")
    assert is_closed(pages, path)


def test_one_click_does_not_take_the_copy_away(app: App, pages: TestClient, path: str) -> None:
    pages.post(f"/u/{token(app, Purpose.ONE_CLICK)}", data={"List-Unsubscribe": "One-Click"})
    assert pages.post(path).status_code == 200


def test_a_copy_can_be_read_for_a_while_only(app: App, pages: TestClient, path: str, clock: FrozenClock) -> None:
    clock.advance(days=READ_FOR.days - 1)
    assert pages.post(path).status_code == 200
    clock.advance(days=2)
    assert is_closed(pages, path)


def test_the_title_is_that_of_the_copy_s_language(app: App, pages: TestClient) -> None:
    assert WORDS["ru"][0] not in pages.get(f"/read/{token(app, Purpose.WEB_COPY)}").text
