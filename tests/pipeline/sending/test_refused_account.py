"""A relay that refuses our account gets nothing more, and is used again once a person resumes the mailing."""

import asyncio

import pytest

from mailer.app.installation import App
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import issue_progress
from mailer.pipeline.sending import suspend
from tests.club import ISSUE, Club, Member, begin, copies, members, says, states
from tests.doubles import FrozenClock
from tests.gateways.relays import until
from tests.relay_plays import Moment, Phase
from tests.scripted_relay import Sink

SUSPENDED = "550 5.7.1 Your account is suspended"
TOO_FAST = "450 4.7.1 Error: too much mail"


class Account:
    """What the relay says of our account at this phase: nothing while it is well."""

    def __init__(self, words: str, *, at: Phase = Phase.MAIL) -> None:
        self.words, self.at, self.times = words, at, 0

    def __call__(self, moment: Moment) -> str | None:
        if moment.phase is not self.at or not self.words:
            return None
        self.times += 1
        return self.words


def pause_of(app: App) -> str:
    progress = issue_progress(app.context, ISSUE)
    assert progress.state is MailingState.PAUSED
    return progress.pause_reason


async def test_it_is_probed_again_when_the_probe_of_its_pace_was_refused(club: Club, clock: FrozenClock) -> None:
    account = Account(TOO_FAST)
    async with Sink(mood=account) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(6))
            draining = asyncio.create_task(sender.drain())
            await until(lambda: account.times > 0)
            account.words = SUSPENDED
            await asyncio.wait_for(draining, 10)
            assert f"127.0.0.1 says ‘{SUSPENDED}’ (the relay refused our sender address)" in pause_of(app)
            account.words = ""
            clock.advance(minutes=1)
            resume_mailing(app.context, ISSUE)
            while "pending" in states(app):
                await asyncio.wait_for(sender.drain(), 10)
            assert {copy.attempts for copy in copies(app).values()} == {1}


async def test_a_mailing_that_was_resumed_and_cannot_leave_yet_is_not_paused_again(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink(mood=Account(SUSPENDED)) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, [Member(number=1, address="a@gmail.com")])
            await sender.drain()
            assert SUSPENDED in pause_of(app)
            suspend.suspend(app.context, "gmail.com", until=None, reason="they ask us to wait")
            clock.advance(minutes=1)
            resume_mailing(app.context, ISSUE)
            await sender.drain()
            assert issue_progress(app.context, ISSUE).state is MailingState.SENDING


@pytest.mark.parametrize("count", [1, 2])
async def test_the_last_copies_are_not_judged_by_it_either(club: Club, clock: FrozenClock, count: int) -> None:
    async with Sink(mood=Account(SUSPENDED, at=Phase.RCPT)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, members(count))
            await sender.drain()
            assert pause_of(app).startswith(f"the relay refuses our account: 127.0.0.1 says ‘{SUSPENDED}’; ")
            assert states(app) == {"pending": count}


async def test_words_like_these_about_one_copy_judge_it_while_others_are_accepted(
    club: Club, clock: FrozenClock
) -> None:
    refused, *others = members(8)
    async with Sink(script=says(refused, SUSPENDED, SUSPENDED)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, [refused, *others])
            await sender.drain()
            assert states(app) == {"accepted": len(others), "rejected": 1}
