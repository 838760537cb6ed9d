"""A disk of its own runs full while an issue is sent: sending waits in time, nothing is lost or doubtful, and it goes on by itself."""

import asyncio
import errno
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailer.gateways.clock import SystemClock
from mailer.gateways.machine_state import has_room_to_send
from tests.club import ISSUE, Club, begin, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

pytestmark = pytest.mark.real

MEGABYTES = 40
PEOPLE = 1500
# The disk is filled by so many octets at a time.
PIECE = 2**18


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk, in memory."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)]
    mounted = subprocess.run(words, check=False, capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path, *, leaving: int) -> Path:
    """A file that takes all room but so many octets."""
    file, size = disk / "filler", 0
    with file.open("wb") as filler:
        while (wanted := room_of(disk) - leaving) > 0:
            piece = min(wanted, PIECE)
            try:
                os.posix_fallocate(filler.fileno(), size, piece)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                continue  # the sender has taken some of it meanwhile
            size += piece
    return file


def room_of(disk: Path) -> int:
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize


async def comes_to(is_so: Callable[[], bool]) -> None:
    for _ in range(6000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")


@pytest.mark.parametrize("leaving", [5_000_000, 500_000, 0])
async def test_a_disk_that_runs_full(disk: Path, leaving: int, caplog: pytest.LogCaptureFixture) -> None:
    club = Club.found(disk / "club")
    clock = FrozenClock(SystemClock().now())
    async with Sink() as relay:
        with club.sending(clock, relay, smtp={"connections": 4}) as (app, sender):
            begin(app, members(PEOPLE))
            draining = asyncio.create_task(sender.drain(ISSUE))
            await comes_to(lambda: len(relay.received) >= 200)
            filler = fill(disk, leaving=leaving)
            await asyncio.wait([draining])
            # Written down, but for a disk that was filled to the last octet at one stroke: then it is kept, and written later.
            assert draining.exception() is None or leaving == 0
            assert has_room_to_send(disk) is False
            assert len(relay.received) < PEOPLE
            # By a line of the log, or to the daemon, whose line it is then.
            assert "disk is" in f"{caplog.text} {draining.exception()}"
            filler.unlink()
            for _ in range(5):
                await sender.drain(ISSUE)
            assert states(app) == {"accepted": PEOPLE}
            assert max(Counter(received.recipient for received in relay.received).values()) == 1
