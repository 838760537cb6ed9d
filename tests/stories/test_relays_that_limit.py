"""A relay that sets a limit gets every copy in the end, at the pace that it allows, and no reader pays for it."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailer.domain.mailing import MailingState
from tests.club import THURSDAY, Club, begin
from tests.doubles import RunningClock
from tests.relay_moods import (
    at_once,
    closes_behind,
    every,
    first_of,
    for_a_while,
    in_any,
    in_each,
    most_within,
    per_session,
    rate,
)
from tests.relay_plays import Mood, Phase
from tests.scripted_relay import Sink
from tests.stories.relay_play import finish, play, unrelated

pytestmark = pytest.mark.leaping

COUNT = 120
# A limit dictates so many seconds for 120 copies. Four connections begin at once, and the pace is found by trying.
GENEROUS, START = 1.3, 6.0


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path)


THROTTLING = "454 Throttling failure: Maximum sending rate exceeded"
LATER = "421 4.7.0 Try again later, closing connection"
AT_ONCE = "432 4.3.2 Concurrent connections limit exceeded"
MOODS: dict[str, tuple[Callable[[], Mood], float]] = {
    "a rate": (lambda: rate(40, burst=20, says=THROTTLING), 2.5),
    "a rate at RCPT": (lambda: rate(40, burst=20, at=Phase.RCPT, says="450 4.7.1 Too fast, slow down"), 2.5),
    "a fixed window": (lambda: in_each(1, 40, refusals_count=True), 2.0),
    "a sliding window": (lambda: in_any(1, 40, at=Phase.DATA, says="451 4.7.1 Rate limit exceeded"), 2.0),
    "a refusal for good": (lambda: in_any(1, 40, at=Phase.END, says="550 5.7.1 Message rate limit exceeded"), 2.0),
    "ten a session": (lambda: per_session(10), 0),
    "ten a session, by DATA": (
        lambda: per_session(10, at=Phase.DATA, says="452 4.4.5 Maximum number of messages per session"),
        0,
    ),
    "ten a session, by the end": (
        lambda: per_session(10, says="421 4.3.0 Maximum message count per session reached"),
        0,
    ),
    "two at once": (lambda: at_once(2), 0),
    "two at once, by EHLO": (lambda: at_once(2, at=Phase.HELLO, says="421 4.7.0 Too many connections"), 0),
    "two at once, by MAIL": (lambda: at_once(2, at=Phase.MAIL, says="451 4.7.0 Too many concurrent sessions"), 0),
    "two at once, by DATA": (lambda: at_once(2, at=Phase.DATA, says=AT_ONCE), 0),
    "two at once, or none": (lambda: at_once(2, at=Phase.DATA, says=AT_ONCE, refuses_all=True), 0),
    "one at once, by DATA": (lambda: at_once(1, at=Phase.DATA, says="451 4.4.5 Concurrent session limit exceeded"), 0),
    "two at once, in words that tell nothing": (lambda: at_once(2, at=Phase.DATA, says="451 4.3.2 Come again"), 0),
    "one a connection": (lambda: closes_behind(1), 0),
    "seven a connection": (lambda: closes_behind(7), 0),
    "a rate, by closing": (lambda: rate(40, burst=20, at=Phase.MAIL, says=LATER), 2.5),
    "a rate, by closing behind the content": (lambda: rate(40, burst=20, says=LATER), 2.5),
    "every tenth ends its session": (lambda: every(10, "421 4.3.2 Enough for now", at=Phase.MAIL), 0),
    "every tenth ends its session, by RCPT": (lambda: every(10, LATER, at=Phase.RCPT), 0),
    "every sixth ends its session, by the end": (lambda: every(6, "421 4.3.0 Bye for now"), 0),
    "a greeting refused for a second": (lambda: for_a_while(1, LATER), 1),
    "EHLO refused for a second": (lambda: for_a_while(1, "421 4.3.2 Not now", at=Phase.HELLO), 1),
    "a rate and two at once": (lambda: first_of(at_once(2), rate(40, burst=20)), 2.5),
}


@pytest.mark.parametrize("name", MOODS)
async def test_it_takes_all_and_no_attempt_is_used_up(club: Club, name: str) -> None:
    mood, dictated = MOODS[name]
    played = await play(club, mood(), unrelated(COUNT))
    sys.stderr.write(
        f"\n{name}: {played.seconds:.1f} s, the limit dictates {dictated:.1f} s; {played.most_a_second}/s, "
        f"{played.refusals} refusals\n"
    )
    assert (played.why, played.states) == ("", {"accepted": COUNT})
    assert played.attempts == {1: COUNT}
    assert (played.held, played.unsent, played.state) == (0, 0, MailingState.CLOSED)
    assert set(played.taken.values()) == {1}
    assert played.seconds < GENEROUS * dictated + START
    assert played.refusals <= COUNT // 2


async def test_words_that_tell_nothing_are_heard_by_their_repetition(club: Club) -> None:
    mood = in_any(1, 40, at=Phase.RCPT, says="451 4.7.1 Try again later")
    played = await play(club, mood, unrelated(COUNT))
    assert played.states == {"accepted": COUNT}
    assert played.attempts == {1: COUNT}
    assert set(played.taken.values()) == {1}


async def test_what_a_minute_allows_leaves_evenly(club: Club) -> None:
    async with Sink() as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp={"connections": 4, "per_minute": 1200}) as (app, sender):
            begin(app, unrelated(36))
            played = await finish(app, sender, sink)
        assert played.states == {"accepted": 36}
        instants = [message.at for message in sink.received]
        assert max(instants) - min(instants) >= 30 / 20 - 0.1  # five may catch up
        assert most_within(0.5, instants) <= 10 + 6


async def test_two_senders_share_the_limit_of_a_relay_without_a_word_to_each_other(club: Club) -> None:
    clock = RunningClock(THURSDAY)
    async with Sink(mood=rate(40, burst=20)) as sink:
        with club.sending(clock, sink) as (app, one), club.sending(clock, sink) as (_, other):
            begin(app, unrelated(COUNT))
            played, _ = await asyncio.gather(finish(app, one, sink), finish(app, other, sink))
    assert (played.states, played.attempts) == ({"accepted": COUNT}, {1: COUNT})
    assert set(played.taken.values()) == {1}
    assert played.refusals <= COUNT // 2
    assert played.seconds < GENEROUS * 2.5 + START
