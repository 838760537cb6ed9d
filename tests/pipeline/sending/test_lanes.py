"""What is done every so often is done while a relay hangs, and each relay's trouble is its own."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import JournalEntry, JournalState, Outcome, Unknown
from mailer.domain.errors import TransportDown
from mailer.domain.mailing import MailingState
from mailer.domain.ports import Envelope
from mailer.gateways.clock import SystemClock
from mailer.gateways.process.journal import read_journal
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.sending import carrier, lane, settings
from mailer.pipeline.sending.sender import Sender
from mailer.store.mailings import mailings_of
from tests.club import ISSUE, Club, attempts, begin, copies, import_register, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.pipeline.sending.test_sending_together import Gate, end, stopped_at, waits_for
from tests.pipeline.sending.test_several_relays import Shut, accepting, behind, carried
from tests.relay_plays import Late, Moment, Phase, Play
from tests.scripted_relay import Sink

ONE = {"connections": 1}
LOST = Unknown(reply=None, detail="the reply to the content was lost")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds are so short that a test sees several."""
    monkeypatch.setattr(settings, "ROUND", 0.05)
    monkeypatch.setattr(lane, "STALLED", 0.1)


async def comes_to(condition: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")


def stops_at(gate: Gate, recipient: str) -> Callable[[Envelope, Mark], object]:
    """Stops the copies of one reader at the gate, after their content has begun."""

    async def play(envelope: Envelope, mark: Mark) -> Outcome:
        return await (gate if envelope.recipient == recipient else accepting)(envelope, mark)

    return play


def states_of_mailings(app: App) -> list[MailingState]:
    with app.store.reading() as connection:
        return [mailing.state for mailing in mailings_of(connection, ISSUE.newsletter, ISSUE.serial)]


# --- rounds -------------------------------------------------------------------------------------------------------------


async def test_a_mailing_is_closed_although_a_copy_of_another_hangs(club: Club) -> None:
    gate = Gate(after_mark=True)
    with club.sending(SystemClock(), ScriptedTransport(stops_at(gate, "desk001@members.example"))) as (app, sender):
        begin(app, members(4))
        draining = await stopped_at(gate, sender)
        await waits_for(app, accepted=3, sending=1)
        import_register(app, members(6))
        send_supplement(app.context, ISSUE)
        await comes_to(lambda: states_of_mailings(app) == [MailingState.SENDING, MailingState.CLOSED])
        gate.open.set()
        await end(draining)
        assert states_of_mailings(app) == [MailingState.CLOSED, MailingState.CLOSED]
        assert states(app) == {"accepted": 6}


async def test_a_relay_that_was_down_is_tried_again_while_another_hangs(club: Club) -> None:
    gate = Gate(after_mark=True)
    main = Shut(ScriptedTransport(accepting), TransportDown("the relay main is away"))
    with club.sending_by(SystemClock(), {"main": 1, "other": 2}, {"other": ONE, "main": ONE}) as (app, sender):
        behind(sender, main=main, other=ScriptedTransport(gate))
        begin(app, members(8))
        draining = await stopped_at(gate, sender)
        await comes_to(lambda: main.knocked > 0)
        main.shut = False
        await comes_to(lambda: carried(app) == {"main": 7})
        gate.open.set()
        await end(draining)
        assert states(app) == {"accepted": 8}


async def test_the_lease_of_a_copy_in_flight_is_renewed(club: Club, clock: FrozenClock) -> None:
    gate = Gate(after_mark=True)
    with ExitStack() as stack:
        app, slow = stack.enter_context(club.sending(clock, ScriptedTransport(gate), smtp=ONE))
        _, other = stack.enter_context(club.sending(clock, ScriptedTransport(accepting)))
        begin(app, members(1))
        draining = await stopped_at(gate, slow)
        for _ in range(8):  # more than four times as long as a lease
            until = lease_of(app)
            clock.advance(seconds=90)
            await comes_to(lambda until=until: lease_of(app) > until)
            await other.drain()
            assert states(app) == {"sending": 1}
        gate.open.set()
        await end(draining)
        assert (states(app), len(attempts(app, "P001"))) == ({"accepted": 1}, 1)


def lease_of(app: App) -> str:
    with app.store.reading() as connection:
        return connection.exec_driver_sql("SELECT max(lease_until) FROM deliveries").scalar() or ""


async def test_the_journal_is_shortened_to_what_is_in_flight(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(after_mark=True)
    with club.sending(SystemClock(), ScriptedTransport(stops_at(gate, "desk001@members.example"))) as (app, sender):
        monkeypatch.setattr("mailer.gateways.process.journal._BLOCK", 4096)
        begin(app, members(400))
        draining = await stopped_at(gate, sender)
        await waits_for(app, accepted=399, sending=1)
        (path,) = club.folder.glob(".mailer-*.journal")
        await comes_to(lambda: len(read_journal(path) or ()) < 200)
        entries = read_journal(path) or {}
        assert entries[copies(app)["P001"].id, 1] == JournalEntry(state=JournalState.BEGUN)
        gate.open.set()
        await end(draining)
        assert states(app) == {"accepted": 400}


# --- one relay's trouble --------------------------------------------------------------------------------------------------


async def test_a_failure_that_no_relay_causes_ends_only_its_own_lane(club: Club, clock: FrozenClock) -> None:
    async def failing(_envelope: Envelope, _mark: Mark) -> Outcome:
        await gate.reached.wait()
        raise RuntimeError("it was not foreseen")

    gate = Gate(after_mark=True)
    with club.sending_by(clock, {"odd": 1, "even": 2}, {"odd": ONE, "even": ONE}) as (app, sender):
        behind(sender, odd=ScriptedTransport(failing), even=ScriptedTransport(gate))
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        await comes_to(lambda: "odd" not in sender._lanes)
        gate.open.set()
        with pytest.raises(ExceptionGroup, match="copies could not be handed over"):
            await end(draining)
        assert states(app) == {"accepted": 20}


async def test_a_copy_behind_an_answer_that_does_not_come_goes_by_another_connection(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier, "RECALL", 0.1)
    hung: list[str] = []

    def mood(moment: Moment) -> Play | None:
        if moment.phase is Phase.END and not hung:
            hung.append(moment.recipient)
            return Late(seconds=3.0)
        return None

    async with Sink(mood=mood) as sink:
        with club.sending(SystemClock(), sink, smtp={"connections": 2}) as (app, sender):
            begin(app, members(30))
            draining = asyncio.create_task(sender.drain())
            await waits_for(app, accepted=29, sending=1)
            await end(draining)
            assert states(app) == {"accepted": 30}
            assert sorted(received.recipient for received in sink.received) == sorted(
                member.email for member in members(30)
            )
            assert {copy.attempts for copy in copies(app).values()} == {1}


# --- after a lost reply -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("connections", [1, 4])
async def test_after_a_lost_reply_one_copy_at_a_time_leaves_until_one_is_answered(club: Club, connections: int) -> None:
    busy, most, begun = 0, [], 0
    lost = connections + 2  # with one more the mailing is paused

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        nonlocal busy, begun
        await mark()
        busy, begun = busy + 1, begun + 1
        nth = begun
        most.append(busy)
        for _ in range(20):
            await asyncio.sleep(0)
        busy -= 1
        return LOST if nth <= lost else ACCEPTED

    transport = ScriptedTransport(play)
    with club.sending(SystemClock(), transport, smtp={"connections": connections}) as (app, sender):
        begin(app, members(60))
        await end(asyncio.create_task(sender.drain()))
        assert states(app) == {"accepted": 60 - lost, "uncertain": lost}
        assert max(most[:connections]) == connections  # at first as many as the settings allow
        assert max(most[connections : lost + 1]) == 1  # then one, until one is answered
        assert max(most[lost + 1 :]) == connections


async def test_a_lane_is_as_careful_as_the_one_before_it(club: Club, clock: FrozenClock) -> None:
    async def losing(_envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        return LOST

    with club.sending(clock, ScriptedTransport(losing), smtp=ONE) as (app, sender):
        begin(app, members(3))
        await sender.drain()
        assert lost_in_a_row(sender) == 3
        import_register(app, members(4))
        send_supplement(app.context, ISSUE)
        await sender.drain()
        assert lost_in_a_row(sender) == 4


def lost_in_a_row(sender: Sender) -> int:
    (memory,) = sender._memories.values()
    return memory.lost_in_a_row
