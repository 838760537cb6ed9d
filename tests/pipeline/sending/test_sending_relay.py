"""A relay that is down, slow or odd costs nobody an attempt, and the club's limits hold whatever it does."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Outcome, State
from mailer.domain.ports import Envelope
from mailer.pipeline.mailings.pause import cancel_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from tests.club import ISSUE, THURSDAY, Club, attempts, begin, copies, import_register, members, says, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.scripted_relay import Misbehaviour, Phase, Sink
from tests.store.rows import outages_of

MORE = {"retry_minutes": 5, "give_up_after_hours": 1}


def downs(app: App) -> list[tuple[datetime, datetime | None]]:
    with app.store.transaction() as connection:
        return outages_of(connection)


def tried(app: App) -> int:
    return sum(copy.attempts for copy in copies(app).values())


# --- the relay is down ------------------------------------------------------------------------------------------------


async def test_a_relay_that_is_down_uses_up_nobodys_attempt_and_is_left_alone_ever_longer(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink() as sink:
        port = sink.port
    with club.sending(clock, sink) as (app, sender):
        begin(app, members(6))
        for pause in (1, 2, 4, 8, 16, 32, 60, 60):
            drained = await sender.drain()
            assert f"127.0.0.1:{port}" in drained.down
            clock.advance(seconds=pause - 0.1)
            assert (await sender.drain()).down == "the relay was down a moment ago"
            clock.advance(seconds=0.1)
        assert (states(app), tried(app)) == ({"pending": 6}, 0)
        assert downs(app) == [(THURSDAY, None)]
        async with Sink(port=port) as back:
            await sender.drain()
            assert len(back.received) == 6
        assert states(app) == {"accepted": 6}
        assert downs(app) == [(THURSDAY, THURSDAY + timedelta(seconds=183))]
        assert [attempt.number for attempt in attempts(app, "P001")] == [1]


async def test_after_a_success_the_relay_is_left_alone_only_shortly(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        port = sink.port
    with club.sending(clock, sink) as (app, sender):
        begin(app, members(1))
        for _ in range(5):
            await sender.drain()
            clock.advance(minutes=1)
        async with Sink(port=port):
            await sender.drain()
        assert states(app) == {"accepted": 1}
        import_register(app, members(2))
        send_supplement(app.context, ISSUE)  # a late payer is owed a copy, too
        assert "cannot be used" in (await sender.drain()).down
        clock.advance(seconds=1)
        async with Sink(port=port):
            await sender.drain()
        assert states(app) == {"accepted": 2}


async def test_the_time_until_a_copy_is_given_up_stands_still_while_the_relay_is_down(
    club: Club, clock: FrozenClock
) -> None:
    late = says(members(1)[0], "451 4.7.1 Later")

    async with AsyncExitStack() as stack:
        sink = await stack.enter_async_context(Sink(script=late))
        with club.sending(clock, sink, delivery=MORE) as (app, sender):
            begin(app, members(1))
            await sender.drain()
            await stack.aclose()
            clock.advance(minutes=5)
            await sender.drain()
            clock.advance(minutes=90)  # longer than a copy is tried
            async with Sink(script=late, port=sink.port):
                await sender.drain()
                assert copies(app)["P001"].state is State.PENDING
                while copies(app)["P001"].state is State.PENDING:
                    clock.set(copies(app)["P001"].next_attempt_at or clock.now())
                    await sender.drain()
            assert copies(app)["P001"].state is State.REJECTED
            assert clock.now() == THURSDAY + timedelta(hours=1, minutes=90)


@pytest.mark.leaping
async def test_a_relay_that_goes_down_in_mid_run_finishes_the_run_when_it_is_back(
    club: Club, clock: FrozenClock
) -> None:
    def closing(now: Phase, _sender: str, recipient: str, _nth: int) -> str | Misbehaviour | None:
        return "421 4.3.2 Closing" if now is Phase.MAIL and len(first.received) >= 7 else None

    first = Sink(script=closing)

    async with first:
        with club.sending(clock, first) as (app, sender):
            begin(app, members(20))
            drained = await sender.drain()
            assert drained.down == ""  # it asks to wait
            done = len(first.received)
            assert 7 <= done <= 8  # two connections
            assert states(app) == {"accepted": done, "pending": 20 - done}
            assert tried(app) == done
    async with Sink(port=first.port) as second:
        with club.sending(clock, second) as (app, sender):
            for _ in range(3):
                clock.advance(minutes=2)
                await sender.drain()
            assert states(app) == {"accepted": 20}
        reached = [received.recipient for received in [*first.received, *second.received]]
        assert len(reached) == len(set(reached)) == 20


async def test_a_relay_that_broke_every_connection_counts_as_down_while_its_copies_wait(
    club: Club, clock: FrozenClock
) -> None:
    people = members(1)

    async with Sink(script=says(people[0], Misbehaviour.DROP)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, people)
            assert (await sender.drain()).down
            assert copies(app)["P001"].next_attempt_at == THURSDAY + timedelta(minutes=1)  # nothing is due until then
            assert (await sender.drain()).down == "the relay was down a moment ago"


@pytest.mark.leaping
async def test_a_copy_that_breaks_its_connection_before_the_content_does_not_starve_the_others(
    club: Club, clock: FrozenClock
) -> None:
    people = members(12)

    async with Sink(script=says(people[0], Misbehaviour.DROP)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, people)
            drained = await sender.drain()
            assert drained.down == ""
            assert states(app) == {"accepted": 11, "pending": 1}
            left = copies(app)["P001"]
            assert (left.attempts, left.next_attempt_at) == (0, THURSDAY + timedelta(minutes=1))
            for _ in range(2):
                clock.advance(minutes=2)
                await sender.drain()
            # Others got through and this one never: it is put off like any other, and given up in the end.
            assert copies(app)["P001"].attempts == 1
            for _ in range(20):
                clock.advance(hours=4)
                await sender.drain()
            assert states(app) == {"accepted": 11, "rejected": 1}


# --- the club's limits ------------------------------------------------------------------------------------------------


async def test_connections_are_reused_and_never_more_than_the_settings_allow(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink, smtp={"connections": 3}) as (app, sender):
            begin(app, members(30))
            await sender.drain()
            assert len(sink.received) == 30
            assert sink.connections <= 3


async def test_no_more_connections_are_open_at_once_than_the_settings_allow(club: Club, clock: FrozenClock) -> None:
    busy = 0

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        nonlocal busy
        busy += 1
        if busy == 3:
            together.set()  # all three are at work at the same time
        await together.wait()
        await mark()
        return ACCEPTED

    together = asyncio.Event()

    transport = ScriptedTransport(play)
    with club.sending(clock, transport, smtp={"connections": 3}) as (app, sender):
        begin(app, members(30))
        await asyncio.wait_for(sender.drain(), 10)
        assert (transport.most_open, transport.connected) == (3, 3)
        assert sorted(transport.left) == sorted(member.email for member in members(30))


@pytest.mark.usefixtures("at_once")
async def test_no_more_leave_in_a_minute_than_allowed_over_all_connections_and_a_restart(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink() as sink:
        slowly = {"per_minute": 5, "connections": 4}
        with club.sending(clock, sink, smtp=slowly) as (app, sender):
            begin(app, members(12))
            await sender.drain()
            await sender.drain()
            assert len(sink.received) == 5
            clock.advance(seconds=59)
        with club.sending(clock, sink, smtp=slowly) as (app, sender):
            await sender.drain()
            assert len(sink.received) == 5
            clock.advance(seconds=1)
            await sender.drain()
            assert len(sink.received) == 10
            clock.advance(minutes=1)
            await sender.drain()
            assert states(app) == {"accepted": 12}


async def test_messages_leave_only_in_the_hours_that_the_schedule_names(club: Club, clock: FrozenClock) -> None:
    club.reschedule({"send": {"between": "15:00-17:30"}})  # in London, where 14:00 is THURSDAY's time

    async with Sink() as sink:
        with club.sending(clock, sink, delivery={"retry_minutes": 240}) as (app, sender):
            begin(app, members(3))
            for hour, minute, arrived in ((14, 59, 0), (15, 0, 3)):
                clock.set(datetime(2018, 7, 12, hour - 1, minute, tzinfo=UTC))
                await sender.drain()
                assert len(sink.received) == arrived


async def test_nothing_leaves_after_the_hours_either(club: Club, clock: FrozenClock) -> None:
    club.reschedule({"send": {"between": "09:00-12:00"}})

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(3))
            await sender.drain()
            assert states(app) == {"pending": 3}
            clock.set(datetime(2018, 7, 13, 8, 0, tzinfo=UTC))  # nine in London
            await sender.drain()
            assert len(sink.received) == 3


async def test_nothing_leaves_while_it_can_be_undone(club: Club, clock: FrozenClock) -> None:
    club.reschedule({"send": {"undo_minutes": 10}})

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(3))
            clock.advance(minutes=9, seconds=59)
            await sender.drain()
            assert sink.connections == 0
            assert cancel_mailing(app.context, ISSUE).never == 3
            clock.advance(minutes=1)
            await sender.drain()
            assert (sink.connections, states(app)) == (0, {"cancelled": 3})
