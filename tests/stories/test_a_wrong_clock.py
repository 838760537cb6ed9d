"""A clock that is wrong by months or years: nothing is done while it is behind, and nothing waits for one that was ahead."""

import logging
from datetime import timedelta

import pytest

from mailer.app.clock_watch import ClockWatch
from mailer.app.scheduler import daemon_runs, hold_scheduler
from mailer.app.sender import open_sender
from mailer.checking import database
from mailer.domain.errors import Refused
from mailer.pipeline.mailings.send import send_mailing
from mailer.store import history
from tests.club import ISSUE, THURSDAY, Club, begin, make_ready, members, pull_issues, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(THURSDAY)


def test_a_clock_far_behind_the_last_work_pulls_sends_and_tests_nothing(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        make_ready(app, members(3))
        clock.jump(days=-90)
        both = r"the clock says 2018-04-13 .* at work on 2018-07-12 .*set"
        with pytest.raises(Refused, match=both):
            send_mailing(app.context, ISSUE)
        with pytest.raises(Refused, match=both):
            pull_issues(app)
        assert not any(result.ok for result in database.check_clock(app))
        clock.jump(days=90)
        send_mailing(app.context, ISSUE)
        assert all(result.ok for result in database.check_clock(app))


def test_a_clock_ahead_of_the_last_work_is_nothing_unusual(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        make_ready(app, members(3))
        clock.jump(days=400)
        send_mailing(app.context, ISSUE)


def test_after_a_clock_that_was_ahead_a_person_says_that_it_is_right(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app:
        make_ready(app, members(3))
        clock.jump(days=365)
        with open_sender(app) as (_sender, owner):
            assert hold_scheduler(app, owner)
        clock.jump(days=-365)
        with pytest.raises(Refused, match="at work on 2019"):
            send_mailing(app.context, ISSUE)
        app.context.believe_clock("accepted as right")
        send_mailing(app.context, ISSUE)
        clock.jump(days=-3)
        with pytest.raises(Refused, match="at work on 2018-07-12"):
            app.context.refuse_wrong_clock()


def test_a_daemon_waits_until_the_clock_is_set_and_says_so_once(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with club.opened(clock) as app:
        make_ready(app, members(3))
        clock.jump(days=-90)
        watch = ClockWatch()
        assert [watch.is_right(app) for _ in range(5)] == [False] * 5
        clock.jump(days=90)
        assert watch.is_right(app)
        assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.WARNING]


def test_a_clock_set_back_while_a_daemon_runs_is_believed_by_the_next_start(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with club.opened(clock) as app:
        clock.jump(days=365)
        make_ready(app, members(3))
        watch = ClockWatch()
        assert watch.is_right(app)
        clock.advance(minutes=50)
        assert watch.is_right(app)
        clock.jump(days=-365)
        assert watch.is_right(app)
        assert "set back, from 2019-07-12" in caplog.text
        assert ClockWatch().is_right(app)
        with app.store.reading() as connection:
            assert [entry.verb for entry in history.entries(connection, "ledger")] == ["clock"]


async def test_a_lease_of_a_daemon_whose_clock_was_ahead_locks_no_one_out(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender), open_sender(app) as (_first, first):
            clock.jump(days=365)
            assert hold_scheduler(app, first)
            begin(app, members(3))
            clock.jump(days=-365)
            assert not daemon_runs(app)
            with open_sender(app) as (_second, second):
                assert hold_scheduler(app, second)
                assert not hold_scheduler(app, first)
            await sender.drain()
            assert states(app) == {"accepted": 3}
            assert clock.now() - THURSDAY < timedelta(hours=1)
