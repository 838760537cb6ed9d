"""Pause, cancel, stop and crash at any moment: nothing is lost, nothing leaves twice, nothing stays `sending`."""

import asyncio
from contextlib import ExitStack

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Outcome, State
from mailer.domain.mailing import MailingState
from mailer.domain.ports import Envelope
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.mailings.settle import settle_delivery
from mailer.pipeline.sending import lane
from mailer.pipeline.sending.sender import Sender
from tests.club import ISSUE, Club, attempts, begin, copies, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.scripted_relay import Sink

BOUND = 60  # seconds; what is waited for here takes milliseconds


class Gate:
    """Lets the first copies through and stops each further one, before its mark or after it, until it is opened."""

    def __init__(self, *, through: int = 0, after_mark: bool = False) -> None:
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self._through = through
        self._after_mark = after_mark

    async def __call__(self, _envelope: Envelope, mark: Mark) -> Outcome:
        self._through -= 1
        if self._after_mark:
            await mark()
        if self._through < 0:
            self.reached.set()
            await self.open.wait()
        if not self._after_mark:
            await mark()
        return ACCEPTED


async def stopped_at(gate: Gate, sender: Sender) -> asyncio.Task[object]:
    """A drain that stands before the gate."""
    draining = asyncio.create_task(sender.drain())
    await asyncio.wait_for(gate.reached.wait(), BOUND)
    return draining


async def waits_for(app: App, **expected: int) -> None:
    """Wait until the ledger says so: what is put down, and a pause, stand there a turn later, which takes a moment."""
    for _ in range(int(BOUND / 0.01)):
        found = states(app)
        if all(found.get(state, 0) == number for state, number in expected.items()):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"it stands at {states(app)}")


async def end(draining: asyncio.Task[object]) -> None:
    await asyncio.wait_for(draining, BOUND)


def state(app: App) -> MailingState:
    return issue_progress(app.context, ISSUE).state


# --- what people decide in mid-run ------------------------------------------------------------------------------------


async def test_a_pause_takes_hold_at_once_and_resume_goes_on(club: Club, clock: FrozenClock) -> None:
    gate = Gate(through=4)
    transport = ScriptedTransport(gate)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        pause_mailing(app.context, ISSUE)
        await waits_for(app, sending=1)  # the one before the gate
        gate.open.set()
        await end(draining)
        # The fifth had not begun to leave; those that were claimed behind it are free again.
        assert (states(app), state(app)) == ({"accepted": 4, "pending": 16}, MailingState.PAUSED)
        clock.advance(days=1)
        await sender.drain()
        assert states(app) == {"accepted": 4, "pending": 16}
        resume_mailing(app.context, ISSUE)
        await sender.drain()
        assert (states(app), state(app)) == ({"accepted": 20}, MailingState.CLOSED)
        assert {copy.attempts for copy in copies(app).values()} == {1}


async def test_what_is_leaving_when_a_pause_comes_is_recorded(club: Club, clock: FrozenClock) -> None:
    gate = Gate(through=4, after_mark=True)
    with club.sending(clock, ScriptedTransport(gate), smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        pause_mailing(app.context, ISSUE)
        await waits_for(app, sending=1)  # the one before the gate
        gate.open.set()
        await end(draining)
        assert (states(app), state(app)) == ({"accepted": 5, "pending": 15}, MailingState.PAUSED)


@pytest.mark.parametrize("after_mark", [False, True])
async def test_a_cancel_in_mid_run_lets_nothing_more_leave(club: Club, clock: FrozenClock, after_mark: bool) -> None:
    gate = Gate(through=4, after_mark=after_mark)
    transport = ScriptedTransport(gate)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        cancel_mailing(app.context, ISSUE)
        await waits_for(app, sending=1)  # the one before the gate
        gate.open.set()
        await end(draining)
        left = 5 if after_mark else 4
        assert (states(app), state(app)) == ({"accepted": left, "cancelled": 20 - left}, MailingState.CANCELLED)
        await sender.drain()
        assert len(transport.left) == left
        assert distribution_report(app.context, ISSUE).balance.balanced


# --- how a sender ends ------------------------------------------------------------------------------------------------


async def test_stop_finishes_what_is_being_handed_over_and_leaves_nothing_sending(
    club: Club, clock: FrozenClock
) -> None:
    gate = Gate(through=5, after_mark=True)
    with club.sending(clock, ScriptedTransport(gate), smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        sender.stop()
        gate.open.set()
        await end(draining)
        assert states(app) == {"accepted": 6, "pending": 14}
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, again):
            await again.drain()
            assert len(sink.received) == 14
            assert states(app) == {"accepted": 20}


@pytest.mark.parametrize(("after_mark", "expected"), [(False, State.PENDING), (True, State.UNCERTAIN)])
async def test_a_copy_that_is_cut_off_is_uncertain_only_after_its_mark(
    club: Club, clock: FrozenClock, after_mark: bool, expected: State
) -> None:
    gate = Gate(through=5, after_mark=after_mark)
    with club.sending(clock, ScriptedTransport(gate), smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        draining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await end(draining)
        assert copies(app)["P006"].state is expected
        assert states(app).get("sending") is None
        assert states(app)["accepted"] == 5
        tried = [one.outcome for one in attempts(app, "P006")]
        assert tried == (["unknown"] if after_mark else [])


async def test_an_answer_that_has_come_is_written_even_when_the_sender_is_cut_off(
    club: Club, clock: FrozenClock
) -> None:
    answered = asyncio.Event()

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        answered.set()  # the loop cancels the sender while it writes this answer
        return ACCEPTED

    with club.sending(clock, ScriptedTransport(play), smtp={"connections": 1}) as (app, sender):
        begin(app, members(1))
        draining = asyncio.create_task(sender.drain())
        await asyncio.wait_for(answered.wait(), BOUND)
        draining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await end(draining)
        assert states(app) == {"accepted": 1}


async def test_an_unknown_failure_of_one_copy_leaves_nothing_sending(club: Club, clock: FrozenClock) -> None:
    async def play(envelope: Envelope, mark: Mark) -> Outcome:
        if envelope.recipient.startswith("desk003"):
            raise RuntimeError("nobody thought of this")
        await mark()
        return ACCEPTED

    with club.sending(clock, ScriptedTransport(play), smtp={"connections": 1}) as (app, sender):
        begin(app, members(6))
        with pytest.raises(ExceptionGroup):
            await sender.drain()
        assert states(app) == {"accepted": 2, "pending": 4}


async def test_an_uncertain_copy_that_is_sent_again_keeps_its_message_id(club: Club, clock: FrozenClock) -> None:
    gate = Gate(after_mark=True)
    with club.sending(clock, ScriptedTransport(gate), smtp={"connections": 1}) as (app, sender):
        begin(app, members(1))
        draining = await stopped_at(gate, sender)
        draining.cancel()
        await asyncio.wait([draining])
        uncertain = copies(app)["P001"]
        settle_delivery(app.context, uncertain.id, accepted=False)
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            await sender.drain()
            assert copies(app)["P001"].state is State.ACCEPTED
        (received,) = sink.received
        assert uncertain.message_id.encode() in received.message


# --- several senders on one database ----------------------------------------------------------------------------------


async def test_two_senders_at_once_send_each_copy_exactly_once(
    club: Club, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "IN_HAND_AT_MOST", 8)  # else the first would take all of so few

    async with Sink(delay_seconds=0.01) as sink:
        with ExitStack() as stack:
            app, one = stack.enter_context(club.sending(clock, sink))
            _, two = stack.enter_context(club.sending(clock, sink))
            begin(app, members(60))
            first, second = await asyncio.gather(one.drain(), two.drain())
            assert states(app) == {"accepted": 60}
            assert first.handed_over + second.handed_over == 60
            assert min(first.handed_over, second.handed_over) > 0  # both took part
        reached = [received.recipient for received in sink.received]
        assert len(reached) == len(set(reached)) == 60


async def test_the_copies_of_a_living_sender_are_left_alone_until_its_lease_ends(
    club: Club, clock: FrozenClock
) -> None:
    gate = Gate(through=2, after_mark=True)
    frozen = ScriptedTransport(gate)
    async with Sink() as sink:
        with ExitStack() as stack:
            app, slow = stack.enter_context(club.sending(clock, frozen, smtp={"connections": 1}))
            _, other = stack.enter_context(club.sending(clock, sink))
            begin(app, members(4))
            draining = await stopped_at(gate, slow)
            await waits_for(app, accepted=2, sending=2)
            await other.drain()
            assert sink.received == []
            clock.advance(minutes=30)
            await other.drain()
            # Its third had begun to leave and its fourth had not, but only itself can know that: it may be alive.
            assert states(app) == {"accepted": 2, "uncertain": 2}
            assert sink.received == []
            gate.open.set()
            await end(draining)
            # Woken, it settles its own copies: by the late answer, and because nothing of the other left.
            assert states(app) == {"accepted": 3, "pending": 1}
            assert len(frozen.left) == 3
            await other.drain()
            assert states(app) == {"accepted": 4}
            assert [received.recipient for received in sink.received] == ["desk004@members.example"]


async def test_a_dead_senders_copies_are_taken_over_at_once(club: Club, clock: FrozenClock) -> None:
    gate = Gate(through=2, after_mark=True)
    async with Sink() as sink:
        with ExitStack() as stack:
            app, dying = stack.enter_context(club.sending(clock, ScriptedTransport(gate), smtp={"connections": 1}))
            begin(app, members(6))
            draining = await stopped_at(gate, dying)
            await waits_for(app, accepted=2, sending=4)  # a turn of it that came later would claim what was freed
            for lock in club.folder.glob(".mailer-*.lock"):
                lock.unlink()
                lock.touch()  # as the kernel leaves it when a process dies: no process holds it
            _, other = stack.enter_context(club.sending(clock, sink))
            clock.advance(seconds=1)
            await other.drain()
            assert states(app) == {"accepted": 5, "uncertain": 1}
            assert len(sink.received) == 3
            draining.cancel()
            await asyncio.wait([draining])
