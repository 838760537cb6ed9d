"""A mailing that is paused and resumed a hundred times within one run: every person gets exactly one copy."""

import asyncio
from collections import Counter

from mailer.app.installation import App
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.pause import pause_mailing, resume_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.sending.sender import Sender
from tests.club import ISSUE, THURSDAY, Club, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Sink

PEOPLE = 400
TIMES = 100


async def keep_sending(app: App, sender: Sender) -> None:
    while issue_progress(app.context, ISSUE).state is not MailingState.CLOSED:
        await sender.drain()


async def pause_and_resume(app: App, sink: Sink) -> int:
    """Pause after every few copies that have arrived, and resume; returns how often that was in mid-run."""
    times = 0
    for number in range(TIMES):
        # The relay has no event for it.
        while len(sink.received) < number * (PEOPLE - 20) // TIMES:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await asyncio.to_thread(pause_mailing, app.context, ISSUE)
        times += len(sink.received) < PEOPLE
        await asyncio.to_thread(resume_mailing, app.context, ISSUE)
    return times


async def test_paused_and_resumed_a_hundred_times(club: Club) -> None:
    async with Sink(delay_seconds=0.005) as sink:
        with club.sending(FrozenClock(THURSDAY), sink, smtp={"connections": 2}) as (app, sender):
            begin(app, members(PEOPLE))
            sending = asyncio.create_task(keep_sending(app, sender))
            # On a busy machine the last copies may have left before the last pause.
            assert await pause_and_resume(app, sink) >= TIMES * 9 // 10
            await asyncio.wait_for(sending, 30)
            assert states(app) == {"accepted": PEOPLE}
            assert {copy.attempts for copy in copies(app).values()} == {1}
            reached = Counter(received.recipient for received in sink.received)
            assert (len(reached), set(reached.values())) == (PEOPLE, {1})
            assert distribution_report(app.context, ISSUE).balance.balanced
