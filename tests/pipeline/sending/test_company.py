"""Several processes share the relays while all is well; in trouble the first one goes on alone, with all limits kept."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.app.relays import processes
from mailer.app.sender import open_sender
from mailer.domain.delivery import Outcome
from mailer.domain.pacing import Portion
from mailer.domain.ports import Envelope
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending import lane
from mailer.pipeline.sending.company import RelayTrouble
from mailer.pipeline.sending.sender import Sender
from mailer.store import relay_paces
from tests.club import THURSDAY, Club, begin, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, RunningClock, ScriptedTransport
from tests.scripted_relay import Misbehaviour, Phase, Script, Sink
from tests.store.rows import outages_of


class Companions:
    """What a sender wants of others, in order; `running` is whether there are any."""

    leads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.running = False
        self.ended = False

    @property
    def at_work(self) -> bool:
        return self.running

    def want(self, only: IssueName | None) -> None:
        self.asked.append("want")

    def leave(self) -> None:
        self.asked.append("leave")

    def has_ended(self) -> bool:
        ended, self.ended = self.ended, False
        return ended

    def stop(self, within: float) -> None:
        self.asked.append(f"stop {within:.0f}")

    def use(self, context: Context) -> None:
        self.asked.append("use")


@pytest.fixture(autouse=True)
def _few_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "IN_HAND_AT_MOST", 16)  # else the first would take all of so few


def first(sender: Sender) -> Companions:
    companions = Companions()
    sender.company.companions = companions
    return companions


@contextmanager
def both(club: Club, clock: FrozenClock, sink: Sink, **smtp: object) -> Iterator[tuple[App, Sender, Sender]]:
    """The senders of two processes, here in one."""
    club.settle(smtp={"port": sink.port, "connections": 5, **smtp}, delivery={"processes": 2})
    with ExitStack() as stack:
        app, other = stack.enter_context(club.opened(clock)), stack.enter_context(club.opened(clock))
        one, _ = stack.enter_context(open_sender(app))
        two, _ = stack.enter_context(open_sender(other, Portion(process=1, processes=2)))
        yield app, one, two


def when(phase: Phase, answer: str | Misbehaviour, nth: int = 1) -> Script:
    """A relay that gives this answer there, once so many copies were named, to the next one."""
    named = 0

    def script(now: Phase, _sender: str, _recipient: str, _nth: int) -> str | Misbehaviour | None:
        nonlocal named
        named += now is phase
        return answer if now is phase and named == nth else None

    return script


# --- shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connections", range(1, 12))
def test_the_portions_of_all_processes_are_all_connections(connections: int) -> None:
    for count in range(1, connections + 1):
        portions = [Portion(process=number, processes=count).of(connections) for number in range(count)]
        assert (sum(portions), max(portions) - min(portions) <= 1) == (connections, True)
        assert min(portions) >= 1


@pytest.mark.parametrize(
    ("relays", "expected"),
    [
        ([{"connections": 5}], 3),
        ([{"connections": 2}], 2),
        ([{"connections": 1}], 1),
        ([{"connections": 5}, {"connections": 2}], 2),
        ([{"connections": 5}, {"connections": 1, "weight": 0}], 3),  # the spare is the first process's alone
    ],
)
def test_there_are_no_more_processes_than_connections(club: Club, relays: list[dict[str, int]], expected: int) -> None:
    tables = [{"name": f"relay-{number}", "port": 25 + number, **table} for number, table in enumerate(relays)]
    club.settle(relay=tables, delivery={"processes": 3})
    with club.opened() as app:
        assert processes(app.config) == expected


async def test_both_together_have_as_many_connections_as_the_settings_allow(club: Club, clock: FrozenClock) -> None:
    async with Sink(delay_seconds=0.005) as sink:
        with both(club, clock, sink) as (app, one, two):
            begin(app, members(120))
            drained = await asyncio.gather(one.drain(), two.drain())
            assert states(app) == {"accepted": 120}
        assert sink.most_open == 5
        assert min(each.handed_over for each in drained) > 10
        assert len({received.recipient for received in sink.received}) == 120


async def test_both_together_keep_copies_a_minute(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with both(club, clock, sink, per_minute=30) as (app, one, two):
            begin(app, members(80))
            for sender in (one, two):
                for memory in sender._memories.values():  # what is allowed leaves at once, where the clock stands
                    memory.throttle.pace.at_most = 0.0
                sender.company._paces = dict.fromkeys(sender.company._paces, 0.0)
            for minute in (1, 2, 3):
                await asyncio.gather(one.drain(), two.drain())
                assert len(sink.received) == min(80, 30 * minute)
                clock.advance(minutes=1)


def test_the_pace_of_a_limit_is_shared_while_there_are_others(club: Club, clock: FrozenClock) -> None:
    club.settle(smtp={"connections": 5, "per_minute": 60}, delivery={"processes": 2})
    with club.opened(clock) as app, open_sender(app) as (sender, _):
        companions, [memory] = first(sender), sender._memories.values()
        for companions.running, pace in ((True, 0.6), (False, 1.0), (True, 0.6)):
            sender.company._share_paces()
            assert memory.throttle.pace.at_most == pytest.approx(pace)
    with club.opened(clock) as app, open_sender(app, Portion(process=1, processes=2)) as (sender, _):
        assert [memory.throttle.pace.at_most for memory in sender._memories.values()] == pytest.approx([0.4])


# --- when there are others --------------------------------------------------------------------------------------------


async def test_others_are_wanted_while_more_waits_than_one_has_in_hand(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            companions = first(sender)
            begin(app, members(100))
            await sender.drain()
            assert set(companions.asked) == {"want"}


async def test_for_a_few_copies_no_other_is_wanted(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            companions = first(sender)
            begin(app, members(4))
            await sender.drain()
            assert (companions.asked, states(app)) == ([], {"accepted": 4})


async def test_no_other_is_wanted_before_the_relay_has_let_the_first_in(club: Club, clock: FrozenClock) -> None:
    entered = asyncio.Event()

    class Slow(ScriptedTransport):
        def connect(self):
            entered.set()
            return super().connect()

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        return ACCEPTED

    with club.sending(clock, Slow(play)) as (app, sender):
        companions = first(sender)
        reached: list[bool] = []
        companions.want = lambda only: reached.append(entered.is_set())
        begin(app, members(100))
        await sender.drain()
        assert reached
        assert all(reached)


async def test_a_stop_and_a_reload_reach_the_others(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            companions = first(sender)
            sender.use(app.context)
            sender.stop(30)
            sender.stop(30)
            assert companions.asked == ["use", "stop 30", "stop 0"]


# --- trouble ----------------------------------------------------------------------------------------------------------

SLOWER = (Phase.MAIL, "421 4.7.0 Too many messages a minute, slow down")
LOST = (Phase.END, Misbehaviour.DROP)


@pytest.mark.parametrize(("phase", "answer"), [SLOWER, LOST], ids=["asked to slow down", "an answer lost"])
async def test_the_first_lets_the_others_leave_when_a_relay_is_in_trouble(
    club: Club, phase: Phase, answer: str | Misbehaviour
) -> None:
    async with Sink(script=when(phase, answer, nth=30)) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp={"connections": 1}) as (app, sender):
            companions = first(sender)
            begin(app, members(60))
            await sender.drain()
            assert "leave" in companions.asked


@pytest.mark.parametrize(
    ("moment", "trouble"),
    [(SLOWER, RelayTrouble.LASTING), (LOST, RelayTrouble.PASSING)],
    ids=["asked to slow down", "an answer lost"],
)
async def test_another_leaves_by_itself_and_cuts_nothing_off(
    club: Club, clock: FrozenClock, moment: tuple[Phase, str | Misbehaviour], trouble: RelayTrouble
) -> None:
    async with Sink(delay_seconds=0.01, script=when(*moment, nth=30)) as sink:
        with both(club, clock, sink, connections=2) as (app, _one, two):
            begin(app, members(150))
            await two.drain()
            assert (two.company.trouble, two.is_stopped()) == (trouble, True)
            found = states(app)
            assert found["pending"] > 50
            assert found.get("uncertain", 0) == (1 if moment is LOST else 0)
            assert "sending" not in found


async def test_another_notes_no_outage_and_pauses_nothing(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        pass
    with both(club, clock, sink) as (app, _one, two):
        begin(app, members(3))
        assert (await two.drain()).down
        assert two.company.trouble is RelayTrouble.PASSING
        with app.store.reading() as connection:
            assert outages_of(connection) == []


async def test_a_plea_that_another_heard_slows_the_first_in_mid_run(club: Club, clock: FrozenClock) -> None:
    async with Sink(delay_seconds=0.02) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            companions = first(sender)
            begin(app, members(60))
            [name] = sender._memories
            slow = relay_paces.SlowRelay(relay=name, since=clock.now(), reply="slow down", per_second=100.0)
            draining = asyncio.create_task(sender.drain())
            while not sink.received:  # noqa: ASYNC110  (the relay has no event for it)
                await asyncio.sleep(0.001)
            with app.store.transaction() as connection:
                relay_paces.keep(connection, [replace(slow)])
            companions.ended = True
            await draining
            assert sender._memories[name].throttle.pace.limit > 0
            assert "leave" in companions.asked
            assert states(app) == {"accepted": 60}
