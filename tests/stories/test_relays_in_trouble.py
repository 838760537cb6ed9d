"""A relay that loses answers, hangs, trickles or refuses our account: what is stopped, what goes on, what is still owed."""

import asyncio
import itertools
from pathlib import Path

import pytest

from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import holds
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from tests.brought import bring
from tests.club import ISSUE, THURSDAY, Club, begin, copies, states
from tests.doubles import RunningClock
from tests.leaping_loop import until
from tests.relay_moods import always, every, in_all, loses_answers, rate
from tests.relay_plays import Endless, Late, Misbehaviour, Mood, Phase, Play
from tests.scripted_relay import Sink
from tests.stories.relay_play import finish, play, unrelated

pytestmark = pytest.mark.leaping

COUNT = 120
REFUSED = 60
SUSPENDED = "554 5.7.1 Your account is suspended"
QUOTA = "552 5.2.2 Quota exceeded"


@pytest.fixture
def club(tmp_path: Path) -> Club:
    return Club.found(tmp_path)


def until_well(mood: Mood, well: list[bool]) -> Mood:
    """This mood, until the list says that the relay is well."""
    return lambda moment: None if well else mood(moment)


# --- answers that do not come -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("connections", [1, 4])
@pytest.mark.parametrize("how", [Misbehaviour.CLOSE, Misbehaviour.DROP])
async def test_a_relay_that_loses_every_answer_makes_a_few_copies_uncertain_and_no_more(
    club: Club, connections: int, how: Misbehaviour
) -> None:
    played = await play(club, always(how, at=Phase.END), unrelated(COUNT), connections=connections)
    assert played.state is MailingState.PAUSED
    assert 1 <= played.states["uncertain"] <= 12
    assert played.states["pending"] == COUNT - played.states["uncertain"]
    assert len(played.taken) == played.states["uncertain"]


async def test_to_send_again_on_a_lost_answer_is_done_once(club: Club) -> None:
    soon = {"on_unknown": "resend", "retry_minutes": 0.01, "give_up_after_hours": 0.01}
    played = await play(club, loses_answers(), unrelated(5), delivery=soon)
    assert max(played.taken.values()) <= 2
    assert "accepted" not in played.states


async def test_a_slow_answer_is_waited_for(club: Club) -> None:
    played = await play(club, always(Late(seconds=0.5), at=Phase.END), unrelated(8), timeout_seconds=0.2)
    assert played.states == {"accepted": 8}


@pytest.mark.parametrize("ill", [Misbehaviour.HANG, Endless(seconds=0.05)])
async def test_one_relay_that_does_not_answer_keeps_no_other_waiting(club: Club, ill: Play) -> None:
    async with Sink() as good, Sink(mood=every(10, ill)) as bad:
        ports = {"good": good.port, "bad": bad.port}
        slow = {"timeout_seconds": 1, "final_timeout_seconds": 4}
        with club.sending_by(RunningClock(THURSDAY), ports, {"good": slow, "bad": slow}) as (app, sender):
            begin(app, unrelated(COUNT * 2))
            played = await finish(app, sender, good, bad)
        share = good.received[:COUNT]  # what follows was given back by the other relay, which hangs for four seconds
        assert max(later.at - earlier.at for earlier, later in itertools.pairwise(share)) < 1.5
        assert sum(played.states.values()) == COUNT * 2
        assert played.states["accepted"] > COUNT
        assert set(played.taken.values()) == {1}


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.HELLO, Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.END])
async def test_a_stop_is_obeyed_whatever_the_relay_does(club: Club, phase: Phase) -> None:
    async with Sink(
        mood=always(Endless(seconds=0.01, line=f"{'354' if phase is Phase.DATA else '250'}-Wait"), at=phase)
    ) as sink:
        smtp = {"connections": 4, "timeout_seconds": 1, "final_timeout_seconds": 2}
        with club.sending(RunningClock(THURSDAY), sink, smtp=smtp) as (app, sender):
            begin(app, unrelated(20))
            sending = asyncio.create_task(sender.drain())
            await until(lambda: bool(sink.said))
            sender.stop()
            began = app.context.clock.elapsed()
            await asyncio.wait_for(sending, 10)
            assert app.context.clock.elapsed() - began < 5
            assert set(states(app)) <= {"pending", "uncertain"}
            assert len(copies(app)) == 20


# --- refusals of our account ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [Phase.RCPT, Phase.DATA, Phase.END])
@pytest.mark.parametrize("words", [SUSPENDED, QUOTA, "550 5.1.1 No such user here", "550 Refused"])
@pytest.mark.parametrize("accepted", [0, 20])
async def test_a_relay_that_refuses_everyone_stops_the_mailing_and_every_copy_is_still_owed(
    club: Club, at: Phase, words: str, accepted: int
) -> None:
    well: list[bool] = []
    bring(club, begin, unrelated(REFUSED))
    mood = until_well(in_all(accepted, at=at, says=words), well)
    async with Sink(mood=mood) as sink:
        with club.sending(RunningClock(THURSDAY), sink, smtp={"connections": 4}) as (app, sender):
            played = await finish(app, sender, sink)
            assert played.state is MailingState.PAUSED
            assert played.states["accepted"] if accepted else True
            assert played.held == 0
            pending = played.states.get("pending", 0)
            assert played.states.get("accepted", 0) + pending + played.unsent == REFUSED
            well.append(True)
            resume_mailing(app.context, ISSUE)
            if find_missing_copies(app.context, ISSUE).copies:
                send_supplement(app.context, ISSUE)
            played = await finish(app, sender, sink)
            assert played.taken == {member.email: 1 for member in unrelated(REFUSED)}
            assert (played.unsent, played.held, holds.listing(app.context)) == (0, 0, [])


# --- a pace that is kept ----------------------------------------------------------------------------------------------


def refused_at_once(sink: Sink, since: float) -> int:
    """How often the relay refused in the first fifth of a second: later ones are what it costs to try a little faster."""
    return sum(since <= said.moment.at < since + 0.2 for said in sink.said)


async def test_a_pace_that_was_found_is_kept_over_a_restart(club: Club) -> None:
    people = unrelated(COUNT)
    time = asyncio.get_running_loop().time
    async with Sink(mood=rate(30, burst=10)) as sink:
        began = time()
        with club.sending(RunningClock(THURSDAY), sink, smtp={"connections": 4}) as (app, sender):
            begin(app, people)
            sending = asyncio.create_task(finish(app, sender, sink))
            await until(lambda: len(sink.received) >= COUNT // 2)
            sender.stop()
            await sending
        first, began = refused_at_once(sink, began), time()
        with club.sending(RunningClock(THURSDAY), sink, smtp={"connections": 4}) as (app, sender):
            played = await finish(app, sender, sink)
        assert (played.states, played.attempts) == ({"accepted": COUNT}, {1: COUNT})
        assert refused_at_once(sink, began) <= first // 2
        assert played.taken == {member.email: 1 for member in people}
