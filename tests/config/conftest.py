"""A schedules/ folder of a test, and how it is read."""

import pytest

from mailer.config.schedules import load_schedules

_ID = "russia-confidential"


@pytest.fixture
def folder(tmp_path):
    """An empty schedules/."""
    made = tmp_path / "schedules"
    made.mkdir()
    return made


@pytest.fixture
def read(folder):
    """Reads a newsletter of these words."""

    def newsletter(text=""):
        (folder / f"{_ID}.toml").write_text(text, encoding="utf-8")
        return load_schedules(folder).newsletters[_ID]

    return newsletter
