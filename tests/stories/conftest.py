"""A made-up club with MAILER_CONFIG naming it, a terminal, and commands that run in processes of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from mailer.app import installation
from mailer.gateways.clock import SystemClock
from tests.cli.terminal import Terminal, quiet
from tests.club import Club, states

BOUND = 400  # seconds; on a quiet machine a wait takes one or two, on a very busy one the demo takes two hundred
LOOK = 0.02


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """Runs commands in this process."""
    monkeypatch.setattr(installation, "STILL", 0.0)  # no editor writes into the folder meanwhile
    yield Terminal(capsys)
    quiet()


@pytest.fixture
def club(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Club:
    """A new installation with one finished issue, that MAILER_CONFIG names."""
    founded = Club.found(tmp_path / "club")
    monkeypatch.setenv("MAILER_CONFIG", str(founded.config))
    return founded


@dataclass(frozen=True)
class Process:
    """A command in a process of its own, and the file with its stderr."""

    process: subprocess.Popen[bytes]
    said: Path

    def end(self, how: int) -> int:
        """Send it this signal; returns its exit status once it has ended."""
        self.process.send_signal(how)
        return self.process.wait(BOUND)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts commands, and ends them after the test."""
    started: list[Process] = []

    def begin(*words: str) -> Process:
        said = tmp_path / f"stderr-{len(started)}"
        with said.open("wb") as stderr, (tmp_path / f"stdout-{len(started)}").open("wb") as stdout:
            process = subprocess.Popen([sys.executable, "-m", "mailer", *words], stdout=stdout, stderr=stderr)
        started.append(Process(process, said))
        return started[-1]

    yield begin
    for one in started:
        one.process.kill()
        one.process.wait(BOUND)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, and fails when it takes too long."""

    def wait(is_so: Callable[[], bool]) -> None:
        never = Event()
        for _ in range(int(BOUND / LOOK)):
            if is_so():
                return
            never.wait(LOOK)
        pytest.fail("it did not come to that in time")

    return wait


def standing(club: Club) -> dict[str, int]:
    """How many copies are in each state now."""
    with club.opened(SystemClock()) as app:
        return states(app)
