"""A daemon whose database is away: it waits, says so once, goes on at once, and ends when it is told to."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator

import pytest

from mailer.app import sender as opening
from mailer.daemon import Daemon, Pace
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.approve import approve_mailing
from tests.away import PATIENCE, server_of, until
from tests.club import ISSUE, Club, import_register, members, states
from tests.daemon.running import FRIDAY_AT_TEN, a_daemon, standing, work
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No step waits for the database by itself."""
    monkeypatch.setattr(opening, "FOR_A_SERVICE", 0.0)


@pytest.fixture
def daemon(club: Club, clock: FrozenClock, sink: Sink) -> Iterator[Daemon]:
    with a_daemon(club, clock, sink, bounces={"maildir": "back"}) as daemon:
        daemon.pace = Pace(tick=0.01, idle=0.01, stop_within=10.0)
        yield daemon


def outage(caplog: pytest.LogCaptureFixture) -> list[str]:
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert not [line for line in said if "failed" in line or ("refused" in line and "does not answer" not in line)]
    return ["away" if "does not answer" in line else "again" for line in said if "database" in line]


async def test_a_job_that_it_broke_off_is_done_at_the_next_round(
    daemon: Daemon, clock: FrozenClock, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    with server_of(daemon.app.store) as server:
        import_register(daemon.app, members(3))
        # Whichever transaction of its rounds it breaks off, the round after that does what is left.
        for breaks in range(1, 15):
            server.begun, server.away_from, server.refusals = 0, breaks, 1
            await asyncio.gather(daemon.tick(), return_exceptions=True)
        server.refusals = 0
        await work(daemon)
        assert standing(daemon).state is MailingState.PLANNED
        approve_mailing(daemon.app.context, ISSUE)
        clock.set(FRIDAY_AT_TEN)
        await work(daemon)
        assert states(daemon.app) == {"pending": 3} or states(daemon.app) == {"accepted": 3}
        await work(daemon)
        assert len(sink.received) == 3
    assert set(outage(caplog)) == {"away", "again"}


async def test_it_runs_on_and_says_once_that_it_waits(
    daemon: Daemon, clock: FrozenClock, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    import_register(daemon.app, members(3))
    await work(daemon)
    approve_mailing(daemon.app.context, ISSUE)
    clock.set(FRIDAY_AT_TEN)
    with server_of(daemon.app.store) as server:
        server.away = True
        running = asyncio.create_task(daemon.run())
        await until(lambda: server.begun >= 50)
        server.away = False
        await until(lambda: len(sink.received) == 3)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, PATIENCE)
        assert states(daemon.app) == {"accepted": 3}
    assert outage(caplog) == ["away", "again"]


async def test_it_ends_when_it_is_told_to_meanwhile(daemon: Daemon, caplog: pytest.LogCaptureFixture) -> None:
    with server_of(daemon.app.store) as server:
        server.away = True
        running = asyncio.create_task(daemon.run())
        await until(lambda: server.begun >= 20)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(running, PATIENCE)
        server.away = False
    assert outage(caplog) == ["away"]
