"""A stop is obeyed in time whatever the relay does: copies that have not begun to leave wait, and no reply is lost."""

import asyncio

import pytest

from mailer.app.installation import App
from mailer.pipeline.sending.lane import Lane
from mailer.pipeline.sending.sender import Sender
from tests.club import THURSDAY, Club, attempts, begin, copies, members, states
from tests.doubles import RunningClock
from tests.relay_moods import always
from tests.relay_plays import Endless, Late, Misbehaviour, Phase, Play, Trickling
from tests.scripted_relay import Sink

pytestmark = pytest.mark.leaping

CONNECTIONS = 8
LONG = {"connections": CONNECTIONS, "timeout_seconds": 300, "final_timeout_seconds": 300}
SILENCE = (Misbehaviour.HANG, Endless(seconds=0.02), Trickling(seconds=0.2))
AT_ONCE = 0.5  # seconds


async def comes_to(sender: Sender, condition: object) -> None:
    """Wait until the lane of the only relay is so."""
    for _ in range(2_000):
        if sender._lanes and condition(next(iter(sender._lanes.values()))):
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")


def has_connected(lane: Lane) -> bool:
    return len(lane.carriers) == CONNECTIONS


def waits_for_all(lane: Lane) -> bool:
    return len(lane.begun()) == CONNECTIONS


async def stopped(sender: Sender, draining: asyncio.Task[object], within: float) -> float:
    """Stop the sender; returns how long it took."""
    before = asyncio.get_running_loop().time()
    sender.stop(within)
    await asyncio.wait_for(draining, 20)
    return asyncio.get_running_loop().time() - before


def tried(app: App) -> int:
    return sum(copy.attempts for copy in copies(app).values())


@pytest.mark.parametrize("play", SILENCE, ids=["hangs", "a line", "an octet"])
@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.HELLO, Phase.MAIL, Phase.RCPT, Phase.DATA])
async def test_copies_that_have_not_begun_to_leave_hold_up_no_stop(club: Club, phase: Phase, play: Play) -> None:
    asked = asyncio.Event()

    def script(now: Phase, *_rest: object) -> Play | None:
        if now is not phase:
            return None
        asked.set()
        return play

    async with Sink(script=script) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp=LONG) as (app, sender):
            begin(app, members(30))
            draining = asyncio.create_task(sender.drain())
            await asyncio.wait_for(asked.wait(), 20)
            await comes_to(sender, has_connected)
            assert await stopped(sender, draining, within=60) < AT_ONCE
            assert (states(app), tried(app), sender.abandoned) == ({"pending": 30}, 0, set())
            assert sink.received == []


@pytest.mark.parametrize("play", SILENCE, ids=["hangs", "a line", "an octet"])
async def test_a_reply_that_does_not_come_in_time_leaves_its_copy_uncertain(club: Club, play: Play) -> None:
    async with Sink(mood=always(play, at=Phase.END)) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp=LONG) as (app, sender):
            begin(app, members(30))
            draining = asyncio.create_task(sender.drain())
            await comes_to(sender, waits_for_all)
            seconds = await stopped(sender, draining, within=1.0)
            assert 0.8 <= seconds < 0.8 + AT_ONCE
            assert states(app) == {"uncertain": CONNECTIONS, "pending": 30 - CONNECTIONS}
            uncertain = {copy.id for copy in copies(app).values() if copy.state == "uncertain"}
            assert sender.abandoned == uncertain
            assert {len(attempts(app, copy.person)) for copy in copies(app).values() if copy.id in uncertain} == {1}


async def test_a_reply_that_comes_in_time_is_recorded(club: Club) -> None:
    async with Sink(mood=always(Late(seconds=1.0), at=Phase.END)) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp=LONG) as (app, sender):
            begin(app, members(30))
            draining = asyncio.create_task(sender.drain())
            await comes_to(sender, waits_for_all)
            assert await stopped(sender, draining, within=60) < 1.0 + AT_ONCE
            assert states(app) == {"accepted": CONNECTIONS, "pending": 30 - CONNECTIONS}
            assert len(sink.received) == CONNECTIONS
            assert sender.abandoned == set()


async def test_a_second_stop_waits_for_no_reply(club: Club) -> None:
    async with Sink(mood=always(Misbehaviour.HANG, at=Phase.END)) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp=LONG) as (app, sender):
            begin(app, members(30))
            draining = asyncio.create_task(sender.drain())
            await comes_to(sender, waits_for_all)
            sender.stop(60)
            assert await stopped(sender, draining, within=60) < AT_ONCE
            assert states(app) == {"uncertain": CONNECTIONS, "pending": 30 - CONNECTIONS}
