"""In every zone a daemon begins each issue at its moment and once, while its clock ticks, skips, restarts and comes back."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.daemon import Daemon
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.store import history
from tests.club import LETTER, Club, import_register, members
from tests.daemon.running import a_daemon, work
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink
from tests.zones import ODD, Change, Clocks, Line, daily_at, zones_by_clocks

TEN_YEARS = datetime(2011, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Editors:
    """A club that finishes one issue after another, each approved as soon as the daemon has planned it."""

    club: Club
    clock: FrozenClock
    relay: Sink
    parts: ExitStack = field(default_factory=ExitStack)
    serial: int = 0
    begun: dict[str, datetime] = field(default_factory=dict)  # by issue: when it must have begun

    def start(self) -> None:
        """Start the daemon, or start it again."""
        self.parts.close()
        self.daemon: Daemon = self.parts.enter_context(a_daemon(self.club, self.clock, self.relay))

    async def finish(self, ready: datetime, due: datetime, begins: datetime) -> None:
        """An issue is ready, and due at a moment; the daemon sees that it `begins` no sooner than then."""
        self.clock.set(ready)
        self.serial += 1
        shutil.rmtree(self.club.folder / "issues")
        self.club.write_issue(serial=self.serial, number=self.serial, day="2018-07-12")
        await work(self.daemon)
        name = IssueName(newsletter=LETTER, serial=self.serial)
        approve_mailing(self.daemon.app.context, name)
        await work(self.daemon)
        self.begun[str(name)] = begins
        self.clock.set(due - SECOND)
        await work(self.daemon)

    async def at(self, moment: datetime) -> None:
        """The daemon's clock says so."""
        self.clock.set(moment)
        await work(self.daemon)
        await work(self.daemon)

    def compare(self) -> None:
        """Every issue was begun at its time and once, and its one copy has left."""
        with self.daemon.app.store.reading() as connection:
            entries = history.of_subjects(connection, set(self.begun))
        times = {issue: [entry.at for entry in every if entry.verb == "send"] for issue, every in entries.items()}
        assert times == {issue: [begins] for issue, begins in self.begun.items()}
        assert len(self.relay.received) == len(self.begun)


async def live_through(editors: Editors, clocks: Clocks, line: Line, change: Change, way: int) -> None:
    """Three issues around one change of the clocks, one of them ready only in the hour that the clocks show twice."""
    before = clocks.due(line, change.at - 48 * HOUR, change.at - 2 * HOUR)[-1]
    first, second, third = clocks.due(line, change.at - 2 * HOUR, change.at + 96 * HOUR)[:3]
    asleep = [timedelta(0), 5 * HOUR][way % 2]
    await editors.finish(max(before + MINUTE, first - 3 * HOUR), first, first)
    await editors.at(first)
    if second - first > 2 * HOUR:
        # The clocks show the time that is due once more, or will soon: it has been.
        await editors.finish(first + 35 * MINUTE, second, second + asleep)
        await editors.at(second + asleep)
    else:
        await editors.finish(first + MINUTE, second, second)
        await editors.at(second)
    await editors.finish(editors.clock.now() + MINUTE, third, third + MINUTE)
    editors.parts.close()
    editors.clock.set(third + MINUTE)
    editors.start()
    await editors.at(third + MINUTE)
    editors.clock.jump(hours=-3)
    await work(editors.daemon)
    editors.clock.jump(hours=3)
    await work(editors.daemon)


async def live_in(folder: Path, zone: str, first: datetime, end: datetime, most: int) -> int:
    """Live through so many changes of the clocks of a zone, or a day without one; how many issues left."""
    clocks = Clocks.of(zone, first, end)
    changes = [change for change in clocks.changes if first < change.at < end] or [
        Change(at=first + timedelta(days=40), before=clocks.difference, after=clocks.difference)
    ]
    shown = [change.at + (change.before + change.after) / 2 for change in changes]
    line = daily_at(*{f"{at:%H:%M}" for at in shown[:2]})
    club = Club.found(folder, {"send": {"cron": line.cron, "timezone": zone}})
    async with Sink() as relay:
        editors = Editors(club, FrozenClock(changes[0].at - timedelta(days=2)), relay)
        editors.start()
        with editors.parts:
            import_register(editors.daemon.app, members(1, kind="honorary", paid=0))
            for number, change in enumerate(changes[:most]):
                await live_through(editors, clocks, line, change, number)
            editors.compare()
    return len(editors.begun)


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe"])
async def test_a_daemon_begins_each_issue_once_around_the_changes_of_a_year(tmp_path: Path, still, zone: str) -> None:
    assert await live_in(tmp_path, zone, datetime(2018, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC), 2) == 6


@pytest.mark.slow
async def test_a_daemon_begins_each_issue_once_in_every_zone_for_ten_years(tmp_path: Path, still) -> None:
    for number, (zone, alike) in enumerate(zones_by_clocks(*TEN_YEARS).items()):
        await live_in(tmp_path / str(number), zone, *TEN_YEARS, 8 if ODD.keys() & alike else 4)
        shutil.rmtree(tmp_path / str(number))
