"""An issue that thirty people have got, with a return path in each copy."""

from collections.abc import Iterator

import pytest

from mailer.app.installation import App
from tests.club import Club, begin, members
from tests.doubles import FrozenClock
from tests.pipeline.relayed import deliver
from tests.reported import (
    DOMAIN,
)

PEOPLE = members(30)


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock) -> Iterator[App]:
    """The installation with return paths and an issue that thirty people have got."""
    club.settle(database={"url": app.config.database.url}, bounces={"return_path_domain": DOMAIN})
    with club.opened(clock) as opened:
        begin(opened, PEOPLE)
        deliver(opened)
        yield opened
