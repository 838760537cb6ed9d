"""A made-up club whose installation is checked."""

from pathlib import Path

import pytest

from tests.club import Club


@pytest.fixture
def club(tmp_path: Path) -> Club:
    """A new installation with one finished issue, nobody in the register, an empty Maildir and a file with a password."""
    club = Club.found(tmp_path / "club")
    (club.folder / "mail" / "new").mkdir(parents=True)
    (club.folder / "password").write_text("sesame\n")
    return club
