"""What is due is handed over once, every attempt is recorded, and a delayed copy is tried again until it is given up."""

from datetime import timedelta
from email import message_from_bytes

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Accepted, Delivery, Reply, State
from mailer.domain.mailing import MailingState
from mailer.domain.ports import Envelope
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from tests.club import ISSUE, THURSDAY, Club, attempts, begin, copies, members, says, states
from tests.doubles import FrozenClock, Mark, ScriptedTransport
from tests.scripted_relay import Misbehaviour, Phase, Sink

PEOPLE = members(6)
MEMBER = PEOPLE[0]
SOON = {"retry_minutes": 5, "give_up_after_hours": 1}


def one(app: App) -> Delivery:
    return copies(app)[MEMBER.person]


# --- what came of an attempt ------------------------------------------------------------------------------------------


async def test_a_copy_that_is_accepted_keeps_the_relays_queue_id(club: Club, clock: FrozenClock) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, PEOPLE)
            drained = await sender.drain()
            assert (drained.handed_over, drained.down) == (6, "")
            assert states(app) == {"accepted": 6}
            (attempt,) = attempts(app, MEMBER.person)
            assert (attempt.number, attempt.started_at, attempt.finished_at) == (1, THURSDAY, THURSDAY)
            assert (attempt.outcome, attempt.code, attempt.status) == ("accepted", 250, "2.0.0")
            assert attempt.text.startswith("Ok: queued")
            written = {received.recipient: number for number, received in enumerate(sink.received, start=1)}
            assert attempt.queue_id == f"{written[MEMBER.email]:04d}"
            assert issue_progress(app.context, ISSUE).state is MailingState.CLOSED
            account = distribution_report(app.context, ISSUE)
            assert account.balance.balanced
            assert not account.open_copies


async def test_a_copy_that_is_refused_is_rejected_and_no_other(club: Club, clock: FrozenClock) -> None:
    async with Sink(script=says(MEMBER, "550 5.1.1 No such user")) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            assert states(app) == {"accepted": 5, "rejected": 1}
            (attempt,) = attempts(app, MEMBER.person)
            assert (attempt.outcome, attempt.code, attempt.status) == ("rejected", 550, "5.1.1")
            assert attempt.text == "No such user"
            assert (one(app).last_code, one(app).last_status, one(app).last_text) == (550, "5.1.1", "No such user")
            clock.advance(days=2)
            await sender.drain()
            assert one(app).attempts == 1
            assert len(sink.received) == 5


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA, Phase.END])
async def test_a_copy_that_is_put_off_is_tried_again_after_a_wait_that_doubles(
    club: Club, clock: FrozenClock, phase: Phase
) -> None:
    later = "451 4.7.1 Greylisted"

    async with Sink(script=says(MEMBER, later, later, None, phase=phase)) as sink:
        with club.sending(clock, sink, delivery=SOON) as (app, sender):
            begin(app, PEOPLE)
            for minutes in (5, 10):
                await sender.drain()
                assert one(app).state is State.PENDING
                assert one(app).next_attempt_at == clock.now() + timedelta(minutes=minutes)
                assert issue_progress(app.context, ISSUE).state is MailingState.SENDING
                clock.advance(minutes=minutes, seconds=-1)
                await sender.drain()  # too early: nothing happens
                clock.advance(seconds=1)
            await sender.drain()
            assert [attempt.outcome for attempt in attempts(app, MEMBER.person)] == [
                "deferred",
                "deferred",
                "accepted",
            ]
            assert [attempt.code for attempt in attempts(app, MEMBER.person)] == [451, 451, 250]
            assert [attempt.number for attempt in attempts(app, MEMBER.person)] == [1, 2, 3]
            assert states(app) == {"accepted": 6}
            assert len(sink.received) == 6
            assert issue_progress(app.context, ISSUE).state is MailingState.CLOSED


async def test_a_copy_is_tried_a_last_time_when_the_time_is_up_and_then_given_up(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink(script=says(MEMBER, "452 4.2.2 Mailbox full")) as sink:
        with club.sending(clock, sink, delivery=SOON) as (app, sender):
            begin(app, PEOPLE)
            while one(app).state is State.PENDING:
                clock.set(one(app).next_attempt_at or clock.now())
                await sender.drain()
            tried = [attempt.started_at - THURSDAY for attempt in attempts(app, MEMBER.person)]
            assert tried == [timedelta(minutes=minutes) for minutes in (0, 5, 15, 35, 60)]
            assert one(app).state is State.REJECTED
            assert (one(app).last_code, one(app).last_text) == (452, "Mailbox full")
            assert issue_progress(app.context, ISSUE).state is MailingState.CLOSED
            assert distribution_report(app.context, ISSUE).balance.balanced


async def test_a_lost_reply_leaves_the_copy_uncertain_until_somebody_settles_it(club: Club, clock: FrozenClock) -> None:
    async with Sink(script=says(MEMBER, Misbehaviour.DROP, None, phase=Phase.END)) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, PEOPLE)
            await sender.drain()
            clock.advance(days=2)
            await sender.drain()
            assert states(app) == {"accepted": 5, "uncertain": 1}
            (attempt,) = attempts(app, MEMBER.person)
            assert (attempt.outcome, attempt.code, attempt.queue_id) == ("unknown", None, "")
            assert [left.person for left in distribution_report(app.context, ISSUE).open_copies] == [MEMBER.person]
            assert len(sink.received) == 6  # it had arrived: sending it again would have been wrong


async def test_a_lost_reply_is_tried_once_more_where_the_settings_say_so_and_never_again(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink(script=says(MEMBER, Misbehaviour.DROP, phase=Phase.END)) as sink:
        resend = SOON | {"on_unknown": "resend"}
        with club.sending(clock, sink, delivery=resend) as (app, sender):
            begin(app, PEOPLE)
            for _ in range(20):
                await sender.drain()
                clock.set(one(app).next_attempt_at or clock.now())
            tried = [attempt.started_at - THURSDAY for attempt in attempts(app, MEMBER.person)]
            assert tried == [timedelta(minutes=minutes) for minutes in (0, 5)]
            assert one(app).state is State.UNCERTAIN  # now a person is asked all the same
            again = [
                message_from_bytes(received.message) for received in sink.received if received.recipient == MEMBER.email
            ]
            assert len({message["Message-ID"] for message in again}) == 1


async def test_everything_that_an_attempt_tells_is_kept(club: Club, clock: FrozenClock) -> None:
    async def answered(_envelope: Envelope, mark: Mark) -> Accepted:
        await mark()
        clock.advance(seconds=3)
        reply = Reply(code=251, status="2.1.5", text="Will forward", queue_id="4XyZ")
        return Accepted(reply=reply, tls_version="TLSv1.3")

    transport = ScriptedTransport(answered)
    with club.sending(clock, transport) as (app, sender):
        begin(app, [MEMBER])
        await sender.drain()
        (attempt,) = attempts(app, MEMBER.person)
        assert (attempt.code, attempt.status, attempt.text) == (251, "2.1.5", "Will forward")
        assert (attempt.queue_id, attempt.tls_version) == ("4XyZ", "TLSv1.3")
        assert attempt.finished_at - attempt.started_at == timedelta(seconds=3)
