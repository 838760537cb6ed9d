"""A made-up club whose installation is checked."""

from pathlib import Path

import pytest

from tests.club import Club


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A new installation with one finished issue and nobody in the register."""
    return Club.found(tmp_path)
