"""The same made-up club three times: a small one to warm up, one of `--people`, and one of eight times as many."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from mailer.app.installation import App
from tests.club import Club
from tests.growth.counting import HEADING, TIMES, Cost, cost_of
from tests.growth.grown import found

# The smallest club in which copies are in every state.
SMALL = 60

# Counts a step at both sizes, and fails where it grows more than linearly.
Hold = Callable[[str, Callable[[Club], Callable[[], object]]], None]
# Fails where the last of the costs is out of proportion to the one before.
Compare = Callable[[str, Sequence[Cost]], None]
# Opens a club's installation.
Opened = Callable[[Club], App]
# Makes a copy of the club with so many people, for one step.
ACopy = Callable[[int], AbstractContextManager[Club]]


@pytest.fixture(scope="session")
def sizes(pytestconfig: pytest.Config) -> Sequence[int]:
    """How many people the clubs have: the small one, the one that is counted, and eight times as many."""
    people: int = pytestconfig.getoption("people")
    return SMALL, people, TIMES * people


@pytest.fixture(scope="session")
def clubs(tmp_path_factory: pytest.TempPathFactory, sizes: Sequence[int]) -> Mapping[int, Club]:
    """The clubs by the number of their people; processes that share the tests share them."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = {people: Club(shared / f"grown{people}") for people in sizes}
    with (shared / "grown.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for people, club in made.items():
            if not club.folder.exists():
                found(club.folder, people)
    return made


@pytest.fixture(scope="session")
def table() -> Iterator[list[str]]:
    """The lines of what everything costs, printed with -s."""
    lines: list[str] = []
    yield lines
    print("", HEADING, *sorted(lines), sep="\n")  # noqa: T201


@pytest.fixture
def a_copy(clubs: Mapping[int, Club], tmp_path: Path) -> ACopy:
    """A copy of a club for one step."""

    @contextmanager
    def copied(people: int) -> Iterator[Club]:
        folder = tmp_path / "club"
        try:
            yield clubs[people].copied(folder)
        finally:
            shutil.rmtree(folder)

    return copied


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens a club's installation; the one opened before is closed."""
    with ExitStack() as clubs:

        def open_next(club: Club) -> App:
            clubs.close()
            return clubs.enter_context(club.opened())

        yield open_next


@pytest.fixture
def compare(table: list[str]) -> Compare:
    """Compares what a step costs at each size; the first costs warmed up."""

    def compared(name: str, costs: Sequence[Cost]) -> None:
        _warm, few, many = costs
        line = few.line(name, many)
        table.append(line)
        assert not few.grows_more_than_linearly(many), f"\n{HEADING}\n{line}"

    return compared


@pytest.fixture
def hold(a_copy: ACopy, compare: Compare, sizes: Sequence[int]) -> Hold:
    """Holds a step to a cost that grows with the people at most; `prepare` makes the step ready for a club."""

    def held(name: str, prepare: Callable[[Club], Callable[[], object]]) -> None:
        costs: list[Cost] = []
        for people in sizes:
            with a_copy(people) as club:
                costs.append(cost_of(prepare(club)))
        compare(name, costs)

    return held
