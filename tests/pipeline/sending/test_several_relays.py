"""Several relays carry a mailing by their weights; when one is down the others go on, and nobody's attempt is used up."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Outcome
from mailer.domain.errors import LoginRefused, TransportDown
from mailer.domain.ports import Connection, Envelope, Transport
from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.sending import lane, suspend
from mailer.pipeline.sending.sender import Sender
from mailer.store.ledger import outages
from tests.club import ISSUE, Club, attempts, begin, copies, import_register, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.scripted_relay import Misbehaviour, Phase, Script, Sink
from tests.store.rows import outages_of


class Shut:
    """A relay behind a door: while it is shut, a connection ends with this error."""

    def __init__(self, behind: Transport, error: Exception) -> None:
        self._behind = behind
        self._error = error
        self.shut = True
        self.knocked = 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        self.knocked += 1
        if self.shut:
            raise self._error
        async with self._behind.connect() as connection:
            yield connection


async def accepting(_envelope: object, mark: object) -> object:
    await mark()
    return ACCEPTED


def behind(sender: Sender, **doors: Transport) -> None:
    """From now on these relays are reached by these transports."""
    sender._relays = tuple(replace(one, transport=doors.get(one.name, one.transport)) for one in sender._relays)


def carried(app: App) -> Counter[str]:
    """How many attempts each relay has made, by the ledger."""
    with app.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT relay, count(*) FROM attempts GROUP BY relay").all()
    return Counter({name: number for name, number in rows})  # noqa: C416  (a row is no pair to Counter)


def left_out(app: App) -> dict[str, str]:
    """Which relays are left out, by the ledger."""
    with app.store.reading() as connection:
        return outages.left_out(connection)


def tried_once(app: App) -> bool:
    return {copy.attempts for copy in copies(app).values()} == {1}


async def sinks(stack: AsyncExitStack, **scripts: Script | None) -> dict[str, Sink]:
    made = {name: Sink(script=script) if script else Sink() for name, script in scripts.items()}
    return {name: await stack.enter_async_context(sink) for name, sink in made.items()}


def ports(relays: dict[str, Sink]) -> dict[str, int]:
    return {name: sink.port for name, sink in relays.items()}


# --- shares -----------------------------------------------------------------------------------------------------------


async def test_relays_that_are_quick_enough_carry_their_shares(club: Club, clock: FrozenClock) -> None:
    big, small = ScriptedTransport(accepting), ScriptedTransport(accepting)
    with club.sending_by(clock, {"big": 1, "small": 2}, {"big": {"weight": 3}}) as (app, sender):
        behind(sender, big=big, small=small)
        begin(app, members(400))
        drained = await sender.drain()
        assert (drained.handed_over, drained.down) == (400, "")
        assert carried(app) == {"big": len(big.left), "small": len(small.left)}
        assert 260 <= len(big.left) <= 340
        reached = [*big.left, *small.left]
        assert len(reached) == len(set(reached)) == 400


async def test_every_copy_leaves_once_whichever_relay_carries_it(club: Club, clock: FrozenClock) -> None:
    async with AsyncExitStack() as stack:
        relays = await sinks(stack, one=None, two=None, three=None)
        with club.sending_by(clock, ports(relays), {"two": {"weight": 5}}) as (app, sender):
            begin(app, members(150))
            await sender.drain()
            assert carried(app) == {name: len(sink.received) for name, sink in relays.items()}
            assert min(carried(app).values()) > 0
            reached = [one.recipient for sink in relays.values() for one in sink.received]
            assert len(reached) == len(set(reached)) == 150


async def test_a_spare_relay_is_used_only_while_no_other_is(club: Club, clock: FrozenClock) -> None:
    async with AsyncExitStack() as stack:
        relays = await sinks(stack, main=None, spare=None)
        with club.sending_by(clock, ports(relays), {"spare": {"weight": 0}}) as (app, sender):
            begin(app, members(120))
            await sender.drain()
            assert carried(app) == {"main": 120}
            assert relays["spare"].connections == 0


@pytest.mark.usefixtures("at_once")
async def test_a_limit_of_the_main_relay_is_no_reason_to_use_the_spare(club: Club, clock: FrozenClock) -> None:
    async with AsyncExitStack() as stack:
        relays = await sinks(stack, main=None, spare=None)
        given = {"main": {"per_minute": 5}, "spare": {"weight": 0}}
        with club.sending_by(clock, ports(relays), given) as (app, sender):
            begin(app, members(12))
            for number in (5, 10, 12):
                await sender.drain()
                assert carried(app) == {"main": number}
                clock.advance(minutes=1)


@pytest.mark.usefixtures("at_once")
async def test_each_relay_has_limits_of_its_own(club: Club, clock: FrozenClock) -> None:
    async with AsyncExitStack() as stack:
        relays = await sinks(stack, one=None, two=None)
        given = {"one": {"per_minute": 3}, "two": {"new_relay_per_hour": 4}}
        with club.sending_by(clock, ports(relays), given) as (app, sender):
            begin(app, members(30))
            await sender.drain()
            assert carried(app) == {"one": 3, "two": 4}
            clock.advance(minutes=1)
            await sender.drain()
            assert carried(app) == {"one": 6, "two": 4}
            clock.advance(hours=1)
            await sender.drain()
            assert carried(app) == {"one": 9, "two": 12}


# --- fail-over --------------------------------------------------------------------------------------------------------


async def test_when_one_is_down_the_others_carry_all_and_nobodys_attempt_is_used_up(
    club: Club, clock: FrozenClock
) -> None:
    async with AsyncExitStack() as stack:
        relays = await sinks(stack, good=None)
        async with Sink() as gone:
            listening = ports(relays) | {"gone": gone.port}
        with club.sending_by(clock, listening, {}) as (app, sender):
            begin(app, members(40))
            drained = await sender.drain()
            assert f":{gone.port}" in drained.down
            assert states(app) == {"accepted": 40}
            assert carried(app) == {"good": 40}
            assert tried_once(app)
            with app.store.reading() as connection:  # one of them works: that is no outage
                assert outages_of(connection) == []


@pytest.mark.leaping
async def test_one_that_goes_down_in_the_middle_leaves_the_rest_to_the_spare(club: Club, clock: FrozenClock) -> None:
    def closing(now: Phase, _sender: str, _recipient: str, _nth: int) -> str | Misbehaviour | None:
        return "421 4.3.2 Closing" if now is Phase.MAIL and len(main.received) >= 7 else None

    main = Sink(script=closing)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(main)
        relays = {"main": main, **await sinks(stack, spare=None)}
        with club.sending_by(clock, ports(relays), {"spare": {"weight": 0}}) as (app, sender):
            begin(app, members(30))
            await sender.drain()
            clock.advance(minutes=1)
            await sender.drain()
            assert states(app) == {"accepted": 30}
            assert 7 <= carried(app)["main"] <= 8
            assert tried_once(app)
            reached = [one.recipient for sink in relays.values() for one in sink.received]
            assert len(reached) == len(set(reached)) == 30


async def test_one_that_is_back_takes_part_again(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    main = Shut(ScriptedTransport(accepting), TransportDown("the relay main is away"))
    with club.sending_by(clock, {"main": 1, "spare": 2}, {"spare": {"weight": 0}}) as (app, sender):
        behind(sender, main=main, spare=ScriptedTransport(accepting))
        begin(app, members(10))
        await sender.drain()
        assert carried(app) == {"spare": 10}
        assert left_out(app) == {"main": "the relay main is away"}
        knocked, main.shut = main.knocked, False
        import_register(app, members(20))
        send_supplement(app.context, ISSUE)
        clock.advance(seconds=0.9)
        suspend.suspend(app.context, "members.example", until=clock.now() + timedelta(seconds=0.1), reason="wait")
        await sender.drain()
        assert main.knocked == knocked  # it is left alone for a moment
        clock.advance(seconds=0.1)
        await sender.drain()
        assert carried(app) == {"spare": 10, "main": 10}
        assert left_out(app) == {}
    assert [line for line in caplog.messages if "main" in line] == [
        "the relay main is left out for now, and tried again: the relay main is away",
        "the relay main takes copies again",
    ]


# --- a refused login --------------------------------------------------------------------------------------------------


async def test_a_refused_login_is_not_tried_again_for_half_an_hour(club: Club, clock: FrozenClock) -> None:
    door = Shut(ScriptedTransport(accepting), LoginRefused("the relay refuses the login of club"))
    with club.sending(clock, door, smtp={"connections": 1}) as (app, sender):
        begin(app, members(4))
        assert "refuses the login" in (await sender.drain()).down
        knocked = door.knocked
        assert knocked == 1
        for minutes in (1, 10, 18.9):
            clock.advance(minutes=minutes)
            assert (await sender.drain()).down == "the relay was down a moment ago"
        assert door.knocked == knocked
        clock.advance(minutes=0.2)
        await sender.drain()
        assert door.knocked == knocked + 1
        assert (states(app), attempts(app, "P001")) == ({"pending": 4}, [])


async def test_a_refused_login_is_tried_again_at_once_when_somebody_says_so(club: Club, clock: FrozenClock) -> None:
    door = Shut(ScriptedTransport(accepting), LoginRefused("the relay refuses the login of club"))
    with club.sending(clock, door, smtp={"connections": 1}) as (app, sender):
        begin(app, members(4))
        await sender.drain()
        door.shut = False
        sender.use(app.context)  # what SIGHUP does
        await sender.drain()
        assert states(app) == {"accepted": 4}
        assert tried_once(app)


async def test_a_login_that_one_relay_refuses_keeps_no_other_from_sending(club: Club, clock: FrozenClock) -> None:
    door = Shut(ScriptedTransport(accepting), LoginRefused("the relay refuses the login of club"))
    with club.sending_by(clock, {"locked": 1, "open": 2}, {}) as (app, sender):
        behind(sender, locked=door, open=ScriptedTransport(accepting))
        begin(app, members(20))
        await sender.drain()
        assert carried(app) == {"open": 20}
        assert tried_once(app)


# --- one that hangs -----------------------------------------------------------------------------------------------------


class Hanging:
    """Accepts each copy at once, but never answers each n-th one."""

    def __init__(self, every: int) -> None:
        self.every = every
        self.begun = 0
        self.hung: list[str] = []

    async def __call__(self, envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        self.begun += 1
        if self.begun % self.every == 0:
            self.hung.append(envelope.recipient)
            await asyncio.Event().wait()
        return ACCEPTED


async def comes_to(app: App, number: int, hung: Hanging) -> None:
    for _ in range(2_000):
        if states(app).get("accepted", 0) == number - len(hung.hung):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"it stands at {states(app)}")


@pytest.mark.parametrize("every", [1, 7])
async def test_a_relay_that_hangs_keeps_only_the_copies_that_it_has_begun(
    club: Club, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "STALLED", 0.1)
    hanging = Hanging(every)
    with club.sending_by(SystemClock(), {"sick": 1, "healthy": 2}, {"sick": {"weight": 3}}) as (app, sender):
        behind(sender, sick=ScriptedTransport(hanging), healthy=ScriptedTransport(accepting))
        begin(app, members(400))
        draining = asyncio.create_task(sender.drain())
        await comes_to(app, 400, hanging)
        assert len(hanging.hung) == 2  # a connection each
        draining.cancel()
        await asyncio.wait([draining])
        assert states(app) == {"accepted": 398, "uncertain": 2}
