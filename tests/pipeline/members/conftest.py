"""An issue that some people have got, with links to the members' pages in each copy."""

from collections.abc import Iterator

import pytest

from mailer.app.installation import App
from tests.brought import bring
from tests.club import Club, members
from tests.doubles import FrozenClock
from tests.pipeline.relayed import sent

PAGES = "https://letter.club.example"
PEOPLE = members(4, languages="en", address="")


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock) -> Iterator[App]:
    """The installation with members' pages and a secretary, and an issue that four people have got."""
    club.reschedule({"newsletter": {"languages": ["en", "ru"], "wait_for_all_languages": False}})
    tables = {"web": {"public_url": PAGES}, "notify": {"secretary": "secretary@club.example"}}
    club.settle(**tables)
    app.store.close()
    bring(club, sent, PEOPLE, clock=clock)
    with club.opened(clock) as opened:
        yield opened
