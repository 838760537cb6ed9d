"""The alarm clock rings on when a job fails and when the machine's clock is set forward or back by days."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from mailer import alarm_clock
from mailer.alarm_clock import AlarmClock
from mailer.domain.errors import MailerError
from mailer.gateways.clock import SystemClock


class ClockToSet(SystemClock):
    """The machine's clock before it is set right: so many days ahead of, or behind, APScheduler's."""

    def __init__(self, days: float) -> None:
        self.wrong_by = timedelta(days=days)

    def now(self) -> datetime:
        return super().now() + self.wrong_by


class Rings:
    """Counts its rings, and fails at the first."""

    def __init__(self) -> None:
        self.count = 0
        self.rung = asyncio.Event()
        self.meanwhile: Callable[[], None] = lambda: None  # what happens while the job is at work

    async def job(self) -> None:
        self.count += 1
        self.meanwhile()
        self.rung.set()
        if self.count == 1:
            raise MailerError("the disk is away")

    async def next(self) -> None:
        self.rung.clear()
        await asyncio.wait_for(self.rung.wait(), 30)


async def until(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_clock, "LOOK", 0.01)


@pytest.mark.parametrize("days", [400, -400])
async def test_it_rings_on_when_the_clock_is_set_by_days(days: float, caplog: pytest.LogCaptureFixture) -> None:
    clock, rings, stop = ClockToSet(0), Rings(), asyncio.Event()
    alarm = AlarmClock(clock)
    alarm.every(0.01, "looking for work", rings.job)
    running = asyncio.create_task(alarm.run(lambda seconds: until(stop, seconds)))
    for _ in range(3):
        await rings.next()
    # APScheduler reads the true clock: the next ring is armed as if that had been set by so many days right after.
    rings.meanwhile = lambda: setattr(clock, "wrong_by", timedelta(days=days))
    await rings.next()
    rings.meanwhile = lambda: None
    clock.wrong_by = timedelta(0)
    for _ in range(3):
        await rings.next()
    stop.set()
    await asyncio.wait_for(running, 30)
    assert rings.count < 1000
    assert caplog.text.count("looking for work failed: the disk is away") == 1


async def test_a_job_that_has_begun_ends_before_the_clock_stops() -> None:
    begun, go_on, stop, ended = asyncio.Event(), asyncio.Event(), asyncio.Event(), []

    async def job() -> None:
        begun.set()
        await go_on.wait()
        ended.append(True)

    alarm = AlarmClock()
    alarm.every(0.01, "looking for work", job)
    running = asyncio.create_task(alarm.run(lambda seconds: until(stop, seconds)))
    await asyncio.wait_for(begun.wait(), 30)
    stop.set()
    await asyncio.sleep(0)
    assert not running.done()
    go_on.set()
    await asyncio.wait_for(running, 30)
    assert ended == [True]


@pytest.mark.parametrize("others", [0, 1])
async def test_a_job_that_rings_in_the_moment_of_the_stop_is_no_fault(
    caplog: pytest.LogCaptureFixture, others: int
) -> None:
    """APScheduler has made a task of it, which has not begun: alone, or while another one that has begun ends."""
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def earlier() -> None:
        begun.set()
        await go_on.wait()
        done.append("earlier")

    async def late() -> None:
        await asyncio.sleep(0)
        done.append("late")

    async def stopped(_seconds: float) -> bool:
        if others:
            await begun.wait()
        alarm.every(1, "looking for work", late)
        alarm._scheduler._process_jobs()
        asyncio.get_running_loop().call_soon(go_on.set)
        return True

    alarm = AlarmClock()
    for _ in range(others):
        alarm.every(1, "writing the letters", earlier)
    await asyncio.wait_for(alarm.run(stopped), 30)
    await asyncio.sleep(0)
    assert caplog.text == ""
    assert done == ["earlier"] * others
