"""What the tests of this folder look and read with; the figures at the end."""

from collections.abc import Iterator

import pytest

from tests.quality import eyes
from tests.quality.eyes import Look
from tests.quality.figures import FIGURES


@pytest.fixture(scope="session")
def look() -> Iterator[Look]:
    """What is seen of each page; one Chromium for all of them."""
    if lacking := eyes.missing():
        pytest.skip(f"{', '.join(lacking)}: run sh tests/quality/install as root")
    with eyes.opened() as ask:
        yield ask


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    if lines := FIGURES.lines():
        terminalreporter.section("quality")
        for line in lines:
            terminalreporter.write_line(line)
