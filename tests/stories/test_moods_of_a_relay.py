"""Relays that defer most copies, hang up, drop connections or refuse: in the end the ledger agrees with the relay's log."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from mailer.app.installation import App
from mailer.pipeline.bounces import breaker
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.settle import settle_delivery
from tests.club import ISSUE, THURSDAY, Club, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Misbehaviour, Phase, Sink

PEOPLE = 300
SOON = {"retry_minutes": 0.1, "give_up_after_hours": 1}
Mood = Callable[[Phase, int, int, Sink], str | Misbehaviour | None]


@pytest.fixture(autouse=True)
def no_share_of_dead_addresses_pauses_the_mailing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breaker, "DEAD_SHARE", 1.0)


def number_of(recipient: str) -> int:
    return int(recipient[4:7]) if recipient else 0


def deferring(now: Phase, number: int, nth: int, _sink: Sink) -> str | None:
    """Sixty of a hundred copies are deferred at their first attempt, at different commands, and some a second time."""
    if number % 10 >= 6 or nth > 1 + number % 2:
        return None
    where = (Phase.RCPT, Phase.DATA, Phase.END)[number % 3]
    return "450 4.2.0 Come again" if now is where else None


def tired(now: Phase, _number: int, _nth: int, sink: Sink) -> str | None:
    """The service is closed after every tenth message."""
    if now is Phase.MAIL and len(sink.received) // 10 > len(tired_at):
        tired_at.append(len(sink.received))
        return "421 4.3.2 Enough for now"
    return None


tired_at: list[int] = []


def dropping(now: Phase, number: int, nth: int, _sink: Sink) -> Misbehaviour | None:
    """The connection is cut at every tenth copy: after DATA, within the content, or after all of it was accepted."""
    where = {1: Phase.DATA, 2: Phase.CONTENT, 3: Phase.END}.get(number // 10 % 4)
    return Misbehaviour.DROP if number % 10 == 0 and nth == 1 and now is where else None


def refusing(now: Phase, number: int, _nth: int, _sink: Sink) -> str | None:
    """Thirty of a hundred addresses do not exist."""
    return "550 5.1.1 No such user" if now is Phase.RCPT and number % 10 < 3 else None


def in_the_mood(mood: Mood) -> Sink:
    def script(now: Phase, _sender: str, recipient: str, nth: int) -> str | Misbehaviour | None:
        return mood(now, number_of(recipient), nth, sink)

    sink = Sink(script=script)
    return sink


@asynccontextmanager
async def delivered(club: Club, mood: Mood, connections: int) -> AsyncIterator[tuple[App, Counter[str]]]:
    """A mailing sent to a relay in this mood until nothing waits; and how often each address was reached."""
    clock = FrozenClock(THURSDAY)
    tired_at.clear()
    async with in_the_mood(mood) as sink:
        with club.sending(clock, sink, smtp={"connections": connections}, delivery=SOON) as (app, sender):
            begin(app, members(PEOPLE))
            for _ in range(30):
                await asyncio.wait_for(sender.drain(), 30)
                if not {"pending", "sending"} & set(states(app)):
                    break
                clock.advance(minutes=1)
            reached = Counter(received.recipient for received in sink.received)
            assert set(reached.values()) == {1}
            accepted = {copy.address for copy in copies(app).values() if copy.state == "accepted"}
            assert accepted <= reached.keys()
            yield app, reached
            assert distribution_report(app.context, ISSUE).balance.balanced


@pytest.mark.parametrize("connections", [1, 4])
async def test_one_that_defers_most_first_attempts_has_taken_all_in_the_end(club: Club, connections: int) -> None:
    async with delivered(club, deferring, connections) as (app, reached):
        assert states(app) == {"accepted": PEOPLE}
        assert len(reached) == PEOPLE
        tries = Counter(copy.attempts for copy in copies(app).values())
        assert sum(number for times, number in tries.items() if times > 1) == PEOPLE * 6 // 10


@pytest.mark.parametrize("connections", [1, 4])
async def test_one_that_closes_after_every_tenth_message_takes_all_and_uses_up_no_attempt(
    club: Club, connections: int
) -> None:
    async with delivered(club, tired, connections) as (app, reached):
        assert states(app) == {"accepted": PEOPLE}
        assert len(reached) == PEOPLE
        assert {copy.attempts for copy in copies(app).values()} == {1}
        assert len(tired_at) >= PEOPLE // 10 - 1


@pytest.mark.parametrize("connections", [1, 4])
async def test_one_that_drops_connections_leaves_only_what_had_begun_in_doubt(club: Club, connections: int) -> None:
    async with delivered(club, dropping, connections) as (app, reached):
        by_number = {number_of(copy.address): copy for copy in copies(app).values()}
        begun = {number for number in by_number if number % 10 == 0 and number // 10 % 4 in {2, 3}}
        doubtful = {number for number, copy in by_number.items() if copy.state == "uncertain"}
        assert doubtful == begun
        assert states(app) == {"accepted": PEOPLE - len(begun), "uncertain": len(begun)}
        for number in doubtful:  # a person looks into the relay's log
            copy = by_number[number]
            assert (copy.address in reached) is (number // 10 % 4 == 3)
            settle_delivery(app.context, copy.id, accepted=copy.address in reached)
        assert states(app)["accepted"] == len(reached)


@pytest.mark.parametrize("connections", [1, 4])
async def test_one_that_refuses_a_third_of_the_addresses_takes_all_others(club: Club, connections: int) -> None:
    async with delivered(club, refusing, connections) as (app, reached):
        every = copies(app).values()
        assert states(app) == {"accepted": PEOPLE * 7 // 10, "rejected": PEOPLE * 3 // 10}
        assert {copy.address for copy in every if copy.state == "accepted"} == set(reached)
        refused = [copy for copy in every if copy.state == "rejected"]
        assert {(copy.last_code, copy.last_status, copy.attempts) for copy in refused} == {(550, "5.1.1", 1)}
