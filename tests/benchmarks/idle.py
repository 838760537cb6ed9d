"""Measures an idle daemon beside a few and many closed issues: processor time, writes to the database, memory.

`make bench-idle` makes an installation with 1 and with 61 closed issues, runs the real daemon over each, lets it settle,
and then looks at it for 20 seconds. What it must hold: under 1 % of a core, the same for both within 20 %, at most one
write a second, under 90 MB. Options: --issues 1 61, --seconds 20.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from mailer.gateways.clock import SystemClock
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.store.sqlite import dbapi
from tests.club import LETTER, Club, import_register, members, pull_issues
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

SETTLE = 8.0  # seconds: the first pull and the first look at everything are over by then
PAUSE = 0.02  # seconds between two looks at the database
FIRST_SERIAL = 41


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What an idle daemon used."""

    cpu_percent: float
    writes_per_second: float
    write_calls_per_second: float
    resident_mb: float


async def found(folder: Path, issues: int) -> Club:
    """A club whose issues, so many, were all sent and closed within the last hour."""
    club = Club.found(folder)
    now = SystemClock().now()
    clock = FrozenClock(now - timedelta(hours=1))
    async with Sink() as relay:
        with club.sending(clock, relay) as (app, sender):
            import_register(app, members(3))
            for number in range(issues):
                serial, week = FIRST_SERIAL + number, number % 52 + 1
                day = datetime(2018, 7, 12, tzinfo=UTC).date().isoformat()
                if number:
                    club.write_issue(serial=serial, number=7 + number, day=day, more=f"Week {week}.")
            pull_issues(app)
            for number in range(issues):
                name = IssueName(newsletter=LETTER, serial=FIRST_SERIAL + number)
                plan_mailing(app.context, name)
                approve_mailing(app.context, name)
                send_mailing(app.context, name)
            await sender.drain()
    club.settle()
    return club


def measure(club: Club, seconds: float) -> Rest:
    """Run the daemon and look at it for so long, once it has settled."""
    command = [sys.executable, "-m", "mailer", "--config", str(club.config), "daemon"]
    with (club.folder / "daemon.log").open("wb") as log:
        daemon = subprocess.Popen(command, stderr=log, stdout=log)
    try:
        Event().wait(SETTLE)
        if daemon.poll() is not None:
            raise SystemExit((club.folder / "daemon.log").read_text())
        began, cpu, calls = time.monotonic(), _cpu_seconds(daemon.pid), _write_calls(daemon.pid)
        writes = _count_writes(club.folder / "mailer.db", seconds)
        lasted = time.monotonic() - began
        return Rest(
            cpu_percent=100 * (_cpu_seconds(daemon.pid) - cpu) / lasted,
            writes_per_second=writes / lasted,
            write_calls_per_second=(_write_calls(daemon.pid) - calls) / lasted,
            resident_mb=_resident_kb(daemon.pid) / 1024,
        )
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait()


def _count_writes(database: Path, seconds: float) -> int:
    """How many transactions wrote meanwhile: `data_version` moves whenever another connection has committed a change."""
    connection, writes, until = dbapi().connect(database), 0, time.monotonic() + seconds
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    while time.monotonic() < until:
        Event().wait(PAUSE)
        (seen,) = connection.execute("PRAGMA data_version").fetchone()
        writes, version = writes + (seen != version), seen
    connection.close()
    return writes


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _write_calls(process: int) -> int:
    counts = dict(line.split(": ") for line in Path(f"/proc/{process}/io").read_text().splitlines())
    return int(counts["syscw"])


def _resident_kb(process: int) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def main() -> None:
    """Print a line for each installation."""
    parser = argparse.ArgumentParser(description="What a daemon uses while nothing happens.")
    parser.add_argument("--issues", type=int, nargs="+", default=[1, 61], help="closed issues in each installation")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    for issues in options.issues:
        with tempfile.TemporaryDirectory() as folder:
            rest = measure(asyncio.run(found(Path(folder), issues)), options.seconds)
        sys.stdout.write(
            f"{issues:3} closed issues: {rest.cpu_percent:.2f} % of a core, {rest.writes_per_second:.2f} writing "
            f"transactions a second ({rest.write_calls_per_second:.1f} write calls), {rest.resident_mb:.0f} MB\n"
        )


if __name__ == "__main__":
    main()
