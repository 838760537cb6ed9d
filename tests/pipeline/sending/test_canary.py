"""A canary wave: a few copies first, nothing until their time is over, then the rest; a supplement has none."""

from datetime import timedelta

import pytest

from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.mailings.supplement import send_supplement
from tests.club import ISSUE, THURSDAY, Club, Member, begin, copies, import_register, members, says, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import ACCEPTED, answer, claim, the_mailings
from tests.scripted_relay import Phase, Sink

WAVE = {"send": {"canary": 5, "canary_minutes": 30}}


@pytest.mark.parametrize("connections", [1, 4])
async def test_so_many_go_first_and_the_rest_when_their_time_is_over(
    club: Club, clock: FrozenClock, connections: int
) -> None:
    club.reschedule(WAVE)

    async with Sink() as sink:
        with club.sending(clock, sink, smtp={"connections": connections}) as (app, sender):
            begin(app, members(20))
            await sender.drain()
            assert len(sink.received) == 5
            assert the_mailings(app)[0].rest_at == THURSDAY + timedelta(minutes=30)
            clock.advance(minutes=30, seconds=-1)
            await sender.drain()
            assert len(sink.received) == 5
        with club.sending(clock, sink) as (app, sender):
            clock.advance(seconds=1)
            await sender.drain()
            assert states(app) == {"accepted": 20}
            assert issue_progress(app.context, ISSUE).state is MailingState.CLOSED


async def test_the_wave_goes_on_with_others_while_one_of_it_is_put_off(club: Club, clock: FrozenClock) -> None:
    club.reschedule(WAVE)
    people = members(20)

    async with Sink(script=says(people[0], "452 4.2.2 Full", None)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, people)
            await sender.drain()
            assert states(app) == {"accepted": 5, "pending": 15}
            assert copies(app)["P001"].attempts == 1
            clock.advance(minutes=30)
            await sender.drain()
            assert states(app) == {"accepted": 20}


async def test_the_rest_does_not_wait_for_a_time_that_a_clock_ahead_has_set(club: Club, clock: FrozenClock) -> None:
    club.reschedule(WAVE)

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(20))
            clock.jump(days=365)
            await sender.drain()
            assert len(sink.received) == 5
            clock.jump(days=-365)
            await sender.drain()
            assert states(app) == {"accepted": 20}


async def test_a_mailing_smaller_than_its_wave_goes_at_once(club: Club, clock: FrozenClock) -> None:
    club.reschedule(WAVE)

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(3))
            await sender.drain()
            assert states(app) == {"accepted": 3}
            assert the_mailings(app)[0].state is MailingState.CLOSED


async def test_a_supplement_has_no_wave(club: Club, clock: FrozenClock) -> None:
    club.reschedule({"send": {"canary": 2, "canary_minutes": 30}})

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(4))
            await sender.drain()
            assert len(sink.received) == 2
            import_register(app, members(9))
            send_supplement(app.context, ISSUE)
            await sender.drain()
            assert len(sink.received) == 2 + 5
            clock.advance(minutes=30)
            await sender.drain()
            assert states(app) == {"accepted": 9}


async def test_a_wave_in_the_hands_of_a_sender_that_is_away_says_nothing_of_the_mailing(
    club: Club, clock: FrozenClock
) -> None:
    club.reschedule(WAVE)

    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(20))
            away = claim(app)
            assert len(away) == 5
            clock.advance(hours=1)  # its database was away for longer than its lease, or its machine is lost
            await sender.drain()
            assert (len(sink.received), the_mailings(app)[0].state) == (5, MailingState.SENDING)
            assert states(app) == {"accepted": 5, "pending": 10, "uncertain": 5}
            for copy in away:
                answer(app, copy, ACCEPTED)
            clock.advance(minutes=30)
            await sender.drain()
            assert states(app) == {"accepted": 20}


async def test_what_is_wrong_shows_at_the_wave_and_the_rest_is_spared(club: Club, clock: FrozenClock) -> None:
    club.reschedule(WAVE)
    wrong = True

    def script(now: Phase, _sender: str, _recipient: str, _nth: int) -> str | None:
        return "554 5.7.1 Blocked" if now is Phase.END and wrong else None

    async with Sink(script=script) as sink:
        # Of so few as the wave has, all are enough; the settings' ten would never come together.
        with club.sending(clock, sink) as (app, sender):
            begin(app, [*members(11), Member(number=12)])
            await sender.drain()
            assert states(app) == {"pending": 7, "rejected": 5}
            clock.advance(hours=1)
            await sender.drain()
            assert issue_progress(app.context, ISSUE).state is MailingState.PAUSED
            assert states(app) == {"pending": 7, "rejected": 5}
            wrong = False
            resume_mailing(app.context, ISSUE)
            for _ in range(2):  # at the first it is noted that the wave has gone
                await sender.drain()
                clock.advance(minutes=30)
            await sender.drain()
            assert states(app) == {"accepted": 7, "rejected": 5}
