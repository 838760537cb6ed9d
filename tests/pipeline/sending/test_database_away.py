"""A database that is away while a mailing is sent: the sender waits, says so once, goes on, and nothing leaves twice."""

import asyncio
import logging
from collections import Counter

import pytest

from mailer.app import sender as opening
from mailer.app.sender import open_sender
from mailer.domain.delivery import Outcome
from mailer.domain.ports import Envelope
from mailer.pipeline.sending import sender_ledger, wait
from mailer.pipeline.sending.wait import explain_waits, send_until_done, watch_until_done
from mailer.store.ledger.owners import idle_owners
from tests.away import server_of, until
from tests.club import ISSUE, Club, begin, copies, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the true clock."""
    monkeypatch.setattr(sender_ledger, "PAUSE", 0.0)
    monkeypatch.setattr(sender_ledger, "RETRIES", 1)
    monkeypatch.setattr(opening, "FOR_A_SERVICE", 0.0)
    monkeypatch.setattr(wait, "LOOK", 0.001)


async def accepting(_envelope: Envelope, mark: Mark) -> Outcome:
    await mark()
    return ACCEPTED


def outage(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was said of it, in order; nothing else was an error."""
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [line for line in said if "database" not in line]
    return ["away" if "does not answer" in line else "again" for line in said]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("nth", range(1, 13))
async def test_whenever_it_goes_away_a_wait_goes_on_when_it_answers(
    club: Club, clock: FrozenClock, nth: int, caplog: pytest.LogCaptureFixture
) -> None:
    transport = ScriptedTransport(accepting)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender), server_of(app.store) as server:
        begin(app, members(20))
        server.begun = 0
        server.away_from = nth
        server.refusals = 6
        assert await send_until_done(app.context, sender, ISSUE, {}) == ""
        assert states(app) == {"accepted": 20}
        assert {copy.attempts for copy in copies(app).values()} == {1}
    assert max(Counter(transport.left).values()) == 1
    assert outage(caplog) == ["away", "again"]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("nth", range(1, 9))
async def test_a_commit_whose_answer_is_lost_is_neither_repeated_nor_forgotten(
    club: Club, clock: FrozenClock, nth: int
) -> None:
    transport = ScriptedTransport(accepting)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender), server_of(app.store) as server:
        begin(app, members(20))
        server.answers_lost_at = server.committed + nth
        assert await send_until_done(app.context, sender, ISSUE, {}) == ""
        assert states(app) == {"accepted": 20}
        assert {copy.attempts for copy in copies(app).values()} == {1}
    assert max(Counter(transport.left).values()) == 1


async def test_who_looks_on_waits_too(club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture) -> None:
    with club.sending(clock, ScriptedTransport(accepting)) as (app, sender), server_of(app.store) as server:
        begin(app, members(3))
        server.refusals = 10
        looking = asyncio.create_task(watch_until_done(app.context, ISSUE, {}, daemon_runs=lambda: True))
        explaining = asyncio.create_task(explain_waits(app.context, ISSUE, lambda _line: None))
        await until(lambda: server.refusals == 0)
        await sender.drain()
        assert await looking == ""
        assert not explaining.done()
        explaining.cancel()
        await asyncio.wait([explaining])
        assert states(app) == {"accepted": 3}
    assert outage(caplog) == ["away", "again"]


async def test_a_stop_waits_for_no_database(club: Club, clock: FrozenClock) -> None:
    with club.sending(clock, ScriptedTransport(accepting)) as (app, sender), server_of(app.store) as server:
        begin(app, members(3))
        server.away = True
        sending = asyncio.create_task(send_until_done(app.context, sender, ISSUE, {}))
        await until(lambda: server.begun)
        sender.stop()
        assert await asyncio.wait_for(sending, 30) == ""


def test_a_sender_that_ends_meanwhile_is_found_by_the_next(club: Club, clock: FrozenClock) -> None:
    def journals() -> int:
        return len(list(club.folder.glob(".mailer-*.journal")))

    with club.opened(clock) as app, server_of(app.store) as server:
        with open_sender(app) as (_sender, first):
            server.away = True
        server.away = False
        assert journals() == 1
        with app.store.reading() as connection:
            assert [owner.id for owner in idle_owners(connection)] == [first]
        with open_sender(app) as (_sender, second), app.store.reading() as connection:
            assert [owner.id for owner in idle_owners(connection)] == [second]
        assert journals() == 0
