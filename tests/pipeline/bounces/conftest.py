"""An issue that the people of a test module have got, with a return path in each copy."""

from collections.abc import Iterator

import pytest

from mailer.app.installation import App
from tests.brought import bring
from tests.club import Club
from tests.doubles import FrozenClock
from tests.pipeline.relayed import sent
from tests.reported import DOMAIN


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock, request: pytest.FixtureRequest) -> Iterator[App]:
    """The installation with return paths, and an issue that the module's PEOPLE have got."""
    club.settle(bounces={"return_path_domain": DOMAIN})
    app.store.close()
    bring(club, sent, request.module.PEOPLE, clock=clock)
    with club.opened(clock) as opened:
        yield opened
