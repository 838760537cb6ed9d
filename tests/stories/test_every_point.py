"""Killed at every named point: each person gets at most one copy, and every uncertain copy had begun to leave."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.settle import settle_delivery
from tests.club import ISSUE, Club, begin, copies, members
from tests.stories.conftest import standing
from tests.stories.dying import Point

CONNECTIONS = 3


@contextmanager
def judge(folder: Path, delay_ms: str = "0") -> Iterator[int]:
    """The relay that logs every copy; yields its port."""
    command = [sys.executable, "-m", "tests.stories.judge", "--folder", str(folder), "--delay-ms", delay_ms]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def lines(file: Path) -> Counter[str]:
    return Counter(file.read_text().split())


def killed(club: Club, *, kills: int, spread: int) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.stories.dying", "--config", str(club.config)]
    command += ["--kills", str(kills), "--spread", str(spread)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kill_and_settle(club: Club, folder: Path, *, people: int, kills: int, spread: int) -> dict[str, object]:
    with judge(folder) as port:
        club.settle(smtp={"port": port, "connections": CONNECTIONS})
        with club.opened() as app:
            begin(app, members(people))
        told = killed(club, kills=kills, spread=spread)
        assert told["ended"]
        taken, begun = lines(folder / "taken"), lines(folder / "begun")
        assert not [address for address, times in taken.items() if times > 1]
        with club.opened() as app:
            found = list(copies(app).values())
            doubtful = [one for one in found if one.state == "uncertain"]
            assert len(doubtful) <= CONNECTIONS * kills
            assert not [one.address for one in doubtful if not begun[one.address]]
            assert {one.address for one in found if one.state == "accepted"} <= set(taken)
            assert {one.state.value for one in found} <= {"accepted", "uncertain"}
            for one in doubtful:
                settle_delivery(app.context, one.id, accepted=one.address in taken)
        assert killed(club, kills=0, spread=1)["ended"]
        assert standing(club) == {"accepted": people}
        taken = lines(folder / "taken")
        assert len(taken) == people
        assert set(taken.values()) == {1}
        with club.opened() as app:
            assert distribution_report(app.context, ISSUE).balance.balanced
    return told | {"uncertain": len(doubtful)}


def test_killed_once_at_every_named_point(club: Club, tmp_path: Path) -> None:
    told = kill_and_settle(club, tmp_path, people=600, kills=len(Point), spread=4)
    by_point = told["by_point"]
    assert isinstance(by_point, dict)
    # A random kill may come too late.
    assert {point for point, times in by_point.items() if times} >= set(Point) - {Point.ANYWHERE}


@pytest.mark.benchmark
def test_killed_two_hundred_times_in_twenty_thousand_copies(club: Club, tmp_path: Path) -> None:
    told = kill_and_settle(club, tmp_path, people=20_000, kills=17 * len(Point), spread=40)
    sys.stderr.write(f"{told}\n")
    assert told["kills"] >= 200
