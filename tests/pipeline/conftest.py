"""A made-up club on disk, its installation open, and a clock that a test moves by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.ports import Clock
from mailer.pipeline.sending import relay_trouble
from mailer.pipeline.sending.throttle import RelayThrottle
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock


@pytest.fixture
def clock() -> FrozenClock:
    """Stands on the day of the club's issue."""
    return FrozenClock(THURSDAY)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `per_minute` allows leaves at once, where the clock of a test stands."""

    def throttle(relay: str, clock: Clock, *, connections: int, per_minute: int) -> RelayThrottle:
        return RelayThrottle(relay, clock, connections=connections)

    monkeypatch.setattr(relay_trouble, "RelayThrottle", throttle)


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A new installation with one finished issue and an empty register."""
    return Club.found(tmp_path)


@pytest.fixture
def app(club: Club, clock: FrozenClock) -> Iterator[App]:
    """The club's installation, open."""
    with club.opened(clock) as opened:
        yield opened
