"""A made-up club, its clock and its relay, for a daemon."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailer.app import installation as composition
from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes into the club's folder while it is read."""
    monkeypatch.setattr(composition, "STILL", 0.0)


@pytest.fixture
def club(tmp_path: Path, still: None) -> Club:
    return Club.found(tmp_path)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as relay:
        yield relay
