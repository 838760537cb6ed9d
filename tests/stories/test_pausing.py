"""A mailing that is paused and resumed a hundred times within one run: nobody is missed, nobody gets two."""

import asyncio
from collections import Counter

from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.pause import pause_mailing, resume_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from tests.club import ISSUE, THURSDAY, Club, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

PEOPLE = 400
TIMES = 100


async def test_paused_and_resumed_a_hundred_times(club: Club) -> None:
    async with Sink(delay_seconds=0.005) as sink:
        with club.sending(FrozenClock(THURSDAY), sink, smtp={"connections": 2}) as (app, sender):
            begin(app, members(PEOPLE))

            async def keep_sending() -> None:
                while issue_progress(app.context, ISSUE).state is not MailingState.CLOSED:
                    await sender.drain()

            async def fidget() -> int:
                """Pause when a further few have arrived, and go on; returns how often it was in mid-run."""
                times = 0
                for number in range(TIMES):
                    # The relay has no event for it.
                    while len(sink.received) < number * (PEOPLE - 20) // TIMES:  # noqa: ASYNC110
                        await asyncio.sleep(0.001)
                    await asyncio.to_thread(pause_mailing, app.context, ISSUE)
                    times += len(sink.received) < PEOPLE
                    await asyncio.to_thread(resume_mailing, app.context, ISSUE)
                return times

            sending = asyncio.create_task(keep_sending())
            assert await fidget() == TIMES
            await asyncio.wait_for(sending, 30)
            assert states(app) == {"accepted": PEOPLE}
            assert {copy.attempts for copy in copies(app).values()} == {1}
            reached = Counter(received.recipient for received in sink.received)
            assert (len(reached), set(reached.values())) == (PEOPLE, {1})
            assert distribution_report(app.context, ISSUE).balance.balanced
