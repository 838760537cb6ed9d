"""A mailing that is refused again and again with the same words pauses itself; what is wrong with addresses does not count."""

from collections.abc import Callable
from string import ascii_letters

import pytest

from mailer.app.installation import App
from mailer.domain import failed_alike
from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import breaker
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.report import issue_progress, why_paused
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.store import history
from tests.club import ISSUE, Club, begin, members, states
from tests.doubles import FrozenClock
from tests.scripted_relay import Phase, Script, Sink

PEOPLE = 40
BLOCKED = "554 5.7.1 Blocked, see our page"
# Only the pause after equal refusals is tested here; the one after a share of failures is in test_holds.py.
CAREFUL = {"UNWANTED_AT_LEAST": 1000, "DEAD_AT_LEAST": 1000}
AT_LEAST = 6
Choice = Callable[[int], bool]


def refusing(answer: str, whom: Choice = lambda _number: True, phase: Phase = Phase.END) -> Script:
    """A relay that refuses those whose number is chosen."""

    def script(now: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return answer if now is phase and whom(int(recipient[4:7])) else None

    return script


def state(app: App) -> MailingState:
    return issue_progress(app.context, ISSUE).state


def said(app: App) -> str:
    with app.store.reading() as connection:
        return why_paused(history.entries(connection, str(ISSUE)))


@pytest.fixture(autouse=True)
def careful(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CAREFUL.items():
        monkeypatch.setattr(breaker, name, value)
    monkeypatch.setattr(failed_alike, "AT_LEAST", AT_LEAST)


async def sent(club: Club, clock: FrozenClock, script: Script) -> tuple[dict[str, int], MailingState, str]:
    async with Sink(script=script) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, members(PEOPLE))
            await sender.drain()
            return states(app), state(app), said(app)


@pytest.mark.parametrize("answer", [BLOCKED, "554 5.7.1 No such user"])  # after the content it is a filter that speaks
async def test_the_same_refusal_for_everybody_pauses_the_mailing_before_all_of_it_is_spent(
    club: Club, clock: FrozenClock, answer: str
) -> None:
    found, state, why = await sent(club, clock, refusing(answer))
    assert state is MailingState.PAUSED
    assert 6 <= found["rejected"] < PEOPLE
    assert found["rejected"] + found["pending"] == PEOPLE
    assert "copies were refused with 554 5.7.1" in why


@pytest.mark.parametrize(
    "script",
    [
        # All at one provider, which may be right about its readers.
        refusing("550 5.1.1 No such user", phase=Phase.RCPT),
        refusing("552 5.2.2 Mailbox full"),
        refusing(BLOCKED, lambda number: number % 10 in {3, 5, 7, 9}),
        refusing(BLOCKED, lambda number: number <= 5),
        refusing(BLOCKED, lambda number: 20 < number <= 30),  # they lie together, and are one provider's
        # Each with words and a status of its own.
        lambda now, _sender, recipient, _nth: (
            f"55{int(recipient[4:7]) % 10} 5.7.{recipient[4:7]} No {ascii_letters[int(recipient[4:7])]}"
            if now is Phase.END
            else None
        ),
    ],
)
async def test_what_is_no_reason_to_stop_does_not(club: Club, clock: FrozenClock, script: Script) -> None:
    found, state, why = await sent(club, clock, script)
    assert (state, why) == (MailingState.CLOSED, "")
    assert sum(found.values()) == PEOPLE
    assert "pending" not in found


@pytest.mark.usefixtures("at_once")
async def test_refusals_that_come_few_at_a_time_are_added_up(club: Club, clock: FrozenClock) -> None:
    # Three, then three more with others between: the last batch alone is below the share.
    async with Sink(script=refusing(BLOCKED, lambda number: number <= 5 or number == 8)) as sink:
        few = {"connections": 1, "per_minute": 4}
        with club.sending(clock, sink, smtp=few) as (app, sender):
            begin(app, members(PEOPLE))
            for _ in range(2):
                await sender.drain()
                clock.advance(minutes=1)
            assert (state(app), states(app)["rejected"]) == (MailingState.PAUSED, 6)
            assert "6 of 8 copies" in said(app)


@pytest.mark.parametrize("status", ["5.1.7", "5.1.8"])
async def test_a_refusal_of_our_own_address_counts(club: Club, clock: FrozenClock, status: str) -> None:
    _, state, why = await sent(club, clock, refusing(f"553 {status} Bad sender"))
    assert (state, status in why) == (MailingState.PAUSED, True)


async def test_resume_goes_on_when_the_cause_is_mended_and_pauses_again_when_it_is_not(
    club: Club, clock: FrozenClock
) -> None:
    mended = False
    async with Sink(script=refusing(BLOCKED, lambda _number: not mended)) as sink:
        with club.sending(clock, sink, smtp={"connections": 1}) as (app, sender):
            begin(app, members(PEOPLE))
            await sender.drain()
            first = states(app)["rejected"]
            resume_mailing(app.context, ISSUE)
            clock.advance(seconds=1)
            await sender.drain()
            assert state(app) is MailingState.PAUSED
            second = states(app)["rejected"]
            assert first < second < PEOPLE
            mended = True
            await sender.drain()
            assert states(app)["rejected"] == second  # nobody has resumed it
            assert find_missing_copies(app.context, ISSUE).copies == second  # owed from the stop on
            resume_mailing(app.context, ISSUE)
            await sender.drain()
            assert states(app) == {"rejected": second, "accepted": PEOPLE - second}
            assert state(app) is MailingState.CLOSED
            # Those that were refused meanwhile are owed it: it was not their addresses that were wrong.
            assert find_missing_copies(app.context, ISSUE).copies == second
            send_supplement(app.context, ISSUE)
            await sender.drain()
            assert states(app) == {"rejected": second, "accepted": PEOPLE}
            assert find_missing_copies(app.context, ISSUE).copies == 0
