"""Hours in which messages may leave, a clock that somebody sets in mid-run, and a stop that comes before the start."""

import asyncio
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from mailer.domain.delivery import Outcome
from mailer.domain.mailing import MailingState
from mailer.domain.ports import Envelope
from mailer.pipeline.mailings.report import issue_progress
from mailer.store.ledger.owners import add_owner
from mailer.store.schema import deliveries
from tests.club import ISSUE, Club, begin, copies, members, says, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.pipeline.sending.test_sending_together import Gate, end, stopped_at, waits_for
from tests.scripted_relay import Phase, Sink


async def test_a_slow_mailing_stops_at_the_closing_hour_and_goes_on_the_next_day(
    club: Club, clock: FrozenClock
) -> None:
    club.reschedule({"send": {"between": "09:00-17:30"}})  # in London, where 14:00 is THURSDAY's time

    gate = Gate(through=8, after_mark=True)
    transport = ScriptedTransport(gate)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender):
        begin(app, members(30))
        draining = await stopped_at(gate, sender)
        clock.set(datetime(2018, 7, 12, 16, 30, tzinfo=UTC))
        await waits_for(app, sending=1)  # the one that is leaving; the others in hand have gone back
        gate.open.set()
        await end(draining)
        assert states(app) == {"accepted": 9, "pending": 21}
        assert issue_progress(app.context, ISSUE).state is MailingState.SENDING
        for hours in (1, 8, 6):  # until half past seven the next morning, in London
            clock.advance(hours=hours)
            await sender.drain()
            assert states(app)["accepted"] == 9
        clock.set(datetime(2018, 7, 13, 8, 0, tzinfo=UTC))
        await sender.drain()
        assert states(app) == {"accepted": 30}
        assert {copy.attempts for copy in copies(app).values()} == {1}
        assert max(Counter(transport.left).values()) == 1


@pytest.mark.parametrize("days", [(1,), (-1,), (1, -1), (-1, 1, 1, -1), (1, -1) * 10])
async def test_a_clock_that_jumps_by_a_day_doubles_nothing(
    club: Club, clock: FrozenClock, days: tuple[int, ...]
) -> None:
    jumps = iter(days)
    handed = 0

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        nonlocal handed
        await mark()
        handed += 1
        if handed % 3 == 0:
            clock.jump(days=next(jumps, 0))
        for _ in range(5):
            await asyncio.sleep(0)
        return ACCEPTED

    transport = ScriptedTransport(play)
    with ExitStack() as stack:
        app, one = stack.enter_context(club.sending(clock, transport, smtp={"connections": 2}))
        _, two = stack.enter_context(club.sending(clock, transport, smtp={"connections": 2}))
        begin(app, members(60))
        for _ in range(3):  # what another took for frozen meanwhile comes back by its own late word
            await asyncio.gather(one.drain(), two.drain())
            clock.advance(seconds=1)
        clock.jump(days=-sum(days))
        clock.advance(days=1)
        await asyncio.gather(one.drain(), two.drain())
        assert states(app) == {"accepted": 60}
        assert sorted(transport.left) == sorted(member.email for member in members(60))


async def test_a_deferred_copy_is_tried_again_after_a_clock_that_jumped(club: Club, clock: FrozenClock) -> None:
    people = members(6)

    async with Sink(script=says(people[0], "452 4.2.2 Full", None)) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, people)
            clock.jump(days=1)
            await sender.drain()
            assert states(app) == {"accepted": 5, "pending": 1}
            clock.jump(days=-1)
            await sender.drain()
            assert states(app) == {"accepted": 6}
            assert len(sink.received) == 6


async def test_a_greylisted_copy_is_not_given_up_when_the_clock_jumps(club: Club, clock: FrozenClock) -> None:
    people = members(5)

    def grey(now: Phase, _sender: str, _recipient: str, nth: int) -> str | None:
        return "451 4.7.1 Greylisted, come back later" if now is Phase.RCPT and nth <= 2 else None

    async with Sink(script=grey) as sink:
        with club.sending(clock, sink) as (app, sender):
            clock.jump(days=-90)  # a machine without a battery clock, before NTP has set it
            begin(app, people)
            await sender.drain()
            clock.jump(days=90)
            for _ in range(3):
                await sender.drain()
                clock.advance(minutes=10)
            assert states(app) == {"accepted": 5}


async def test_a_mailing_that_begins_while_the_clock_is_ahead_begins_by_the_undo_time_after_it_is_right(
    club: Club, clock: FrozenClock
) -> None:
    club.reschedule({"send": {"undo_minutes": 10}})
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            clock.jump(days=365)
            begin(app, members(3))
            clock.jump(days=-365)
            await sender.drain()
            clock.advance(minutes=9)
            await sender.drain()
            assert sink.received == []
            clock.advance(minutes=1)
            await sender.drain()
            assert states(app) == {"accepted": 3}


async def test_a_countdown_by_a_clock_a_little_ahead_stays_as_it_is(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    club.reschedule({"send": {"undo_minutes": 10}})
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(3))
            clock.jump(seconds=-2)  # the machine that sends is another one
            await sender.drain()
            assert issue_progress(app.context, ISSUE).starts_at == clock.now() + timedelta(minutes=10, seconds=2)
    assert "ahead" not in caplog.text


async def test_a_copy_in_hand_of_a_machine_whose_clock_was_ahead_is_not_kept_for_a_year(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(3))
            with app.store.transaction() as connection:
                other = add_owner(connection, host="other", boot_id="gone", pid=1, lock="mailer-1", now=clock.now())
                ahead = {"state": "sending", "owner": other.id, "lease_until": clock.now() + timedelta(days=365)}
                connection.execute(update(deliveries).where(deliveries.c.id == 1).values(ahead))
            await sender.drain()
            assert states(app) == {"accepted": 3}


async def test_a_stop_that_comes_first_ends_the_drain_at_once(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(3))
            sender.stop()
            drained = await sender.drain()
            assert (drained.handed_over, drained.down, sink.connections) == (0, "", 0)
            assert states(app) == {"pending": 3}
            assert await sender.stopped(10)
            await sender.until_stopped()
