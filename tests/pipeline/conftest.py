"""A made-up club on disk, and a clock that a test moves by hand."""

from pathlib import Path

import pytest

from tests.club import THURSDAY, Club
from tests.doubles import FrozenClock


@pytest.fixture
def clock() -> FrozenClock:
    """Stands on the day of the club's issue."""
    return FrozenClock(THURSDAY)


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A new installation with one finished issue and nobody in the register."""
    return Club.found(tmp_path)
