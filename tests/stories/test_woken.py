"""A sender frozen for longer than the relay's time-out: the answers that arrived meanwhile count, and nothing waits."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mailer.gateways.clock import SystemClock
from tests.club import Club, attempts, begin, members
from tests.stories.conftest import BOUND, standing
from tests.stories.test_every_point import judge, lines

PEOPLE = 24
CONNECTIONS = 3
FREEZES = 2
# Seconds. The test waits for longer than this in each freeze. It is far above an answer's time: on a busy machine the relay,
# too, stands still for a while, and what takes it longer than this is a time-out indeed.
TIMEOUT = 2.0
REPLY_MS = "150"  # from a content's end to the answer

Until = Callable[[Callable[[], bool]], None]


@contextmanager
def sender(club: Club) -> Iterator[subprocess.Popen[str]]:
    """A sender in a process of its own, under a long lease, which prints its owner id."""
    command = [sys.executable, "-m", "tests.stories.frozen", "--config", str(club.config), "--lease-seconds", "60"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            process.communicate("enough\n", timeout=BOUND)


def is_past(moment: float) -> bool:
    return time.monotonic() > moment


def has_more(file: Path, before: int) -> bool:
    return len(lines(file)) > before


def test_answers_that_arrived_while_it_was_frozen_count(club: Club, tmp_path: Path, until: Until) -> None:
    with judge(tmp_path, REPLY_MS) as port:
        club.settle(
            smtp={
                "port": port,
                "connections": CONNECTIONS,
                "timeout_seconds": TIMEOUT,
                "final_timeout_seconds": TIMEOUT,
            }
        )
        with club.opened(SystemClock()) as app:
            begin(app, members(PEOPLE))
        taken = tmp_path / "taken"
        taken.touch()
        with sender(club) as process:
            process.stdout.readline()
            for _ in range(FREEZES):
                until(partial(has_more, taken, len(lines(taken))))  # the relay has a content and owes the answer
                process.send_signal(signal.SIGSTOP)
                os.waitpid(process.pid, os.WUNTRACED)
                until(partial(is_past, time.monotonic() + 1.2 * TIMEOUT))
                process.send_signal(signal.SIGCONT)
            until(lambda: set(standing(club)) <= {"accepted", "uncertain"})
        assert standing(club) == {"accepted": PEOPLE}
        assert set(lines(taken).values()) == {1}
        with club.opened(SystemClock()) as app:
            assert {len(attempts(app, member.person)) for member in members(PEOPLE)} == {1}
