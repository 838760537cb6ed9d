"""A club whose issue four people have got, with its members' pages asked in-process by a client without cookies."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from mailer.app.installation import App
from mailer.web.application import create_app
from tests.brought import bring
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock
from tests.pipeline.members.conftest import PAGES, PEOPLE
from tests.pipeline.relayed import sent


@pytest.fixture
def clock() -> FrozenClock:
    """Stands on the day of the issue."""
    return FrozenClock(THURSDAY)


@pytest.fixture
def app(club: Club, clock: FrozenClock) -> Iterator[App]:
    """The installation with members' pages and a secretary, and an issue in both languages that four people have got."""
    club.reschedule({"newsletter": {"languages": ["en", "ru"]}, "insert.ru": {"name": "Портовое письмо"}})
    club.write_issue("ru")
    club.settle(web={"public_url": PAGES}, notify={"secretary": "secretary@club.example"})
    bring(club, sent, PEOPLE, clock=clock)
    with club.opened(clock) as opened:
        yield opened


@pytest.fixture
def pages(app: App) -> Iterator[TestClient]:
    """A visitor of the members' pages, of whom the browser says nothing."""
    with TestClient(create_app(lambda: app), base_url=PAGES) as client:
        yield client
