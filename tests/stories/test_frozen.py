"""A sender frozen for longer than its lease while a second one goes on: when it wakes, no person gets two copies."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.report import distribution_report
from tests import databases
from tests.club import ISSUE, Club, begin, members
from tests.stories.conftest import BOUND, standing
from tests.stories.test_every_point import judge, lines

PEOPLE = 120
CONNECTIONS = 2
LEASE = 1.0  # seconds; the test waits for its end once

Until = Callable[[Callable[[], bool]], None]


@contextmanager
def sender(club: Club) -> Iterator[subprocess.Popen[str]]:
    """A sender in a process of its own, which prints its owner id."""
    command = [sys.executable, "-m", "tests.stories.frozen", "--config", str(club.config)]
    command += ["--lease-seconds", str(LEASE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            if process.poll() is None:
                process.communicate("enough\n", timeout=BOUND)


def owned(club: Club, owner: int) -> int:
    """How many copies a sender has claimed and marked."""
    with club.opened(SystemClock()) as app, app.store.reading() as connection:
        query = f"SELECT count(*) FROM deliveries WHERE owner = {owner} AND marked_at IS NOT NULL"
        return connection.exec_driver_sql(query).scalar_one()


def freeze(club: Club, process: subprocess.Popen[str]) -> bool:
    """Stop it where it is, unless it is in the midst of a transaction: an SQLite file would stay locked for every other process."""
    process.send_signal(signal.SIGSTOP)
    os.waitpid(process.pid, os.WUNTRACED)  # on a busy machine it runs on for a moment
    if databases.may_write(club.folder):
        return True
    process.send_signal(signal.SIGCONT)
    return False


def test_frozen_and_woken_nobody_is_missed_and_nobody_gets_two(club: Club, tmp_path: Path, until: Until) -> None:
    with judge(tmp_path, "15") as port:
        club.settle(smtp={"port": port, "connections": CONNECTIONS})
        with club.opened(SystemClock()) as app:
            begin(app, members(PEOPLE))
        taken = tmp_path / "taken"
        with sender(club) as frozen:
            owner = int(frozen.stdout.readline())
            until(lambda: taken.exists() and len(lines(taken)) >= 20)
            until(lambda: freeze(club, frozen))
            marked = owned(club, owner)
            with sender(club) as other:
                other.stdout.readline()
                # The second sends all other copies, and counts those of the first as uncertain when the lease ends.
                until(lambda: not {"pending", "sending"} & set(standing(club)))
                doubtful = standing(club).get("uncertain", 0)
                assert 0 < doubtful <= marked
                assert standing(club)["accepted"] == PEOPLE - doubtful
                frozen.send_signal(signal.SIGCONT)
                # When it wakes it records the answers of its own copies; those that had not begun are sent.
                until(lambda: done(club))
        after = standing(club)
        # A copy that was leaving when it froze stays uncertain only if the relay hung up meanwhile.
        assert after.get("uncertain", 0) <= CONNECTIONS
        assert after["accepted"] + after.get("uncertain", 0) == PEOPLE
        score = lines(taken)
        assert set(score.values()) == {1}
        assert len(score) >= after["accepted"]
        with club.opened(SystemClock()) as app:
            assert distribution_report(app.context, ISSUE).balance.balanced


def done(club: Club) -> bool:
    """Whether the woken sender has recorded its answers, and the copies it returned are sent."""
    found = standing(club)
    return set(found) <= {"accepted", "uncertain"} and found.get("uncertain", 0) <= CONNECTIONS
