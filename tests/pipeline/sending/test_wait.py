"""A wait lasts as long as the relay takes for its answers, and says so."""

import asyncio

import pytest

from mailer.pipeline.sending import wait
from mailer.pipeline.sending.wait import explain_waits, send_until_done, watch_until_done
from tests.club import ISSUE, THURSDAY, Club, begin, copies, members, states
from tests.doubles import RunningClock
from tests.pipeline.sending.test_sending_together import waits_for
from tests.relay_moods import TOO_FAST, always
from tests.relay_plays import Late, Phase
from tests.scripted_relay import Sink

pytestmark = pytest.mark.leaping

SLOW = always(Late(seconds=1.0), at=Phase.END)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look takes no time, so that the relay takes many of them."""
    for name, value in {"LOOK": 0.01, "IDLE": 10, "QUIET": 0.3}.items():
        monkeypatch.setattr(wait, name, value)


@pytest.mark.parametrize("daemon", [False, True])
async def test_it_lasts_as_long_as_the_relay_takes_to_answer(club: Club, daemon: bool) -> None:
    sentences: list[str] = []
    async with Sink(mood=SLOW) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp={"connections": 3}) as (app, sender):
            begin(app, members(6))
            explaining = asyncio.create_task(explain_waits(app.context, ISSUE, sentences.append))
            if daemon:
                draining = asyncio.create_task(sender.drain())
                await waits_for(app, sending=6)
                reason = await watch_until_done(app.context, ISSUE, {}, daemon_runs=lambda: True)
                await draining
            else:
                reason = await send_until_done(app.context, sender, ISSUE, {})
            explaining.cancel()
            assert (reason, states(app)) == ("", {"accepted": 6})
    assert f"{ISSUE}: waits for the relay's answers to 6 copies" in sentences


async def test_it_ends_with_the_words_of_a_relay_that_asks_to_slow_down_for_long(club: Club) -> None:
    async with Sink(mood=always(TOO_FAST, at=Phase.MAIL)) as sink:
        with club.sending(RunningClock(THURSDAY), sink) as (app, sender):
            begin(app, members(6))
            reason = await send_until_done(app.context, sender, ISSUE, {})
            assert reason.startswith("the relay 127.0.0.1 has asked us to slow down since ")
            assert f"‘{TOO_FAST}’; nothing has gone through since " in reason
            assert {copy.attempts for copy in copies(app).values()} == {0}


async def test_it_ends_where_nothing_is_in_flight_and_nothing_leaves(club: Club) -> None:
    async with Sink() as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp={"per_minute": 2}) as (app, sender):
            begin(app, members(6))
            relays = {relay.name: relay.limit for relay in app.config.relays}
            reason = await send_until_done(app.context, sender, ISSUE, relays)
            assert "no more may leave through 127.0.0.1 for now" in reason
            assert states(app) == {"accepted": 2, "pending": 4}
