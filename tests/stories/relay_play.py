"""Sends an issue to a scripted relay by the clock of the loop, as `send --wait` does, and tells how it went."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.app.installation import App
from mailer.app.relays import send_settings
from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import holds
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.mailings.supplement import find_missing_copies
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.wait import send_until_done
from tests.brought import bring
from tests.club import ISSUE, THURSDAY, Club, Member, begin, copies, states
from tests.doubles import RunningClock
from tests.relay_moods import most_within
from tests.relay_plays import Mood
from tests.scripted_relay import Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a mailing went, by the ledger and by the relay."""

    state: MailingState
    states: dict[str, int]
    attempts: Counter[int]  # how many copies used up so many
    unsent: int
    held: int
    seconds: float
    why: str
    taken: Counter[str]  # how often each reader was reached
    most_a_second: int
    refusals: int  # how often the relay said 4xx or 5xx


def unrelated(count: int, first: int = 1) -> list[Member]:
    """Members whose addresses have nothing in common."""
    return [
        Member(number=number, address=f"desk{number}@home{number}.example") for number in range(first, first + count)
    ]


async def play(
    club: Club, mood: Mood, people: Sequence[Member], *, delivery: dict[str, object] | None = None, **smtp: object
) -> Played:
    """Send the issue to these people through a relay in this mood, until nothing is left that can be done now."""
    bring(club, begin, people)
    async with Sink(mood=mood) as sink:
        tables = {"smtp": {"connections": 4, **smtp}, "delivery": delivery or {}}
        with club.sending(RunningClock(THURSDAY), sink, **tables) as (app, sender):
            return await finish(app, sender, sink)


async def finish(app: App, sender: Sender, *sinks: Sink) -> Played:
    """Send what is left, and tell how it went."""
    began = app.context.clock.elapsed()
    why = await send_until_done(app.context, sender, ISSUE, send_settings(app.config).relays)
    seconds = app.context.clock.elapsed() - began
    assert distribution_report(app.context, ISSUE).balance.balanced
    received = [message for sink in sinks for message in sink.received]
    return Played(
        state=issue_progress(app.context, ISSUE).state,
        states=states(app),
        attempts=Counter(copy.attempts for copy in copies(app).values()),
        unsent=len(find_missing_copies(app.context, ISSUE).people),
        held=len(holds.listing(app.context)),
        seconds=seconds,
        why=why,
        taken=Counter(message.recipient for message in received),
        most_a_second=most_within(1, (message.at for message in received)),
        refusals=sum(said.words[:1] in {"4", "5"} for sink in sinks for said in sink.said),
    )
