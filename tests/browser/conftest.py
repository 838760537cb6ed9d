"""Debian's Chromium, for people who look at the console."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.eyes import AXE
from tests.servers import program

# Taken out of the environment: for the service itself it would be a setting that it does not know.
PICTURES = os.environ.pop("MAILER_TESTS_PICTURES", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window. `module`, since the tests of other rooms have event loops of their own."""
    chromium = program("chromium")
    if chromium is None or not AXE.exists():
        pytest.skip("Chromium or axe is missing: sh tests/browser/install")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where pictures of the pages go, if MAILER_TESTS_PICTURES names a folder."""
    return Path(PICTURES) if PICTURES else None
