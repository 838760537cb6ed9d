"""The club's limits hold, for a relay and for each provider; who asks us to slow down is left alone, the others are not."""

import asyncio
from datetime import datetime, timedelta

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import Accepted, Deferred, Outcome, Reply, State
from mailer.domain.pacing import Throttle
from mailer.domain.ports import Envelope
from mailer.pipeline.sending import limits as limiting
from mailer.pipeline.sending import suspend
from mailer.store.ledger import limits
from tests.club import THURSDAY, Club, Member, attempts, begin, copies, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.scripted_relay import Phase, Script, Sink

PLEA = Deferred(reply=Reply(code=421, status="4.7.28", text="Slowly"))
MAILBOXES = ("gmail.com", "googlemail.com", "gmail.com", "googlemail.com", "gmail.com", "googlemail.com")


def readers(first: int = 1) -> list[Member]:
    """Readers of one provider, by two of its domains."""
    return [
        Member(number=number, address=f"desk{number:03}@{domain}")
        for number, domain in enumerate(MAILBOXES, start=first)
    ]


def arrived(sink: Sink, domain: str = "mail.com") -> int:
    return sum(received.recipient.endswith(domain) for received in sink.received)


def the_throttle(app: App, family: str = "gmail.com") -> Throttle | None:
    with app.store.reading() as connection:
        return limits.throttle_of(connection, family)


# --- so many, and no more ---------------------------------------------------------------------------------------------


async def test_no_more_leave_to_a_provider_in_a_minute_than_allowed_over_a_restart(
    club: Club, clock: FrozenClock
) -> None:
    limit = {"domain": [{"name": "gmail.com", "per_minute": 2}]}

    async with Sink() as sink:
        with club.sending(clock, sink, **limit) as (app, sender):
            begin(app, [*readers(), *members(4, first=20)])
            await sender.drain()
            await sender.drain()
            assert (arrived(sink), arrived(sink, "members.example")) == (2, 4)
            clock.advance(seconds=59)
        with club.sending(clock, sink, **limit) as (app, sender):
            await sender.drain()
            assert arrived(sink) == 2
            for more in (4, 6):
                clock.advance(minutes=1)
                await sender.drain()
                assert arrived(sink) == more
            assert states(app) == {"accepted": 10}
            assert {copy.attempts for copy in copies(app).values()} == {1}


@pytest.mark.usefixtures("at_once")
async def test_a_limited_provider_begins_with_the_first_and_does_not_wait_for_all_others(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink() as sink:
        limits = {"smtp": {"per_minute": 4}, "domain": [{"name": "gmail.com", "per_minute": 2}]}
        with club.sending(clock, sink, **limits) as (app, sender):
            begin(app, [*members(20), *readers(first=30)])
            for minute in range(1, 4):
                await sender.drain()
                assert (arrived(sink), arrived(sink, "members.example")) == (2 * minute, 2 * minute)
                clock.advance(minutes=1)


@pytest.mark.parametrize("most", [1, 2])
async def test_no_more_conversations_carry_copies_to_a_provider_than_allowed(
    club: Club, clock: FrozenClock, most: int
) -> None:
    busy, busiest = 0, 0

    async def play(envelope: Envelope, mark: Mark) -> Outcome:
        nonlocal busy, busiest
        await mark()
        if envelope.recipient.endswith("mail.com"):
            busy += 1
            busiest = max(busiest, busy)
            for _ in range(20):  # others get their turn
                await asyncio.sleep(0)
            busy -= 1
        return ACCEPTED

    limit = {"name": "googlemail.com", "connections": most}
    with club.sending(clock, ScriptedTransport(play), smtp={"connections": 4}, domain=[limit]) as (app, sender):
        begin(app, [*readers(), *members(8, first=20)])
        await sender.drain()
        assert states(app) == {"accepted": 14}
        assert busiest == most


async def test_a_new_relay_is_given_twice_as_many_each_hour_over_a_restart(club: Club, clock: FrozenClock) -> None:
    slow_start = {"new_relay_per_hour": 3}

    async with Sink() as sink:
        with club.sending(clock, sink, smtp=slow_start) as (app, sender):
            begin(app, members(30))
            await sender.drain()
            clock.advance(minutes=59)
            await sender.drain()
            assert len(sink.received) == 3
        with club.sending(clock, sink, smtp=slow_start) as (app, sender):
            clock.advance(minutes=1)
            await sender.drain()
            assert len(sink.received) == 3 + 6
            clock.advance(minutes=30)
            await sender.drain()
            assert len(sink.received) == 3 + 6
            clock.advance(minutes=30)
            await sender.drain()
            assert len(sink.received) == 3 + 6 + 12
            clock.advance(hours=1)
            await sender.drain()
            assert states(app) == {"accepted": 30}


@pytest.mark.usefixtures("at_once")
async def test_a_clock_that_was_set_back_costs_no_day_of_waiting(club: Club, clock: FrozenClock) -> None:
    def plea(now: Phase, _sender: str, recipient: str, nth: int) -> str | None:
        return "451 4.7.1 Slowly" if now is Phase.END and recipient.startswith("desk007") and nth == 1 else None

    async with Sink(script=plea) as sink:
        with club.sending(clock, sink, smtp={"per_minute": 4}) as (app, sender):
            begin(app, [*members(4), Member(number=7), *members(4, first=10)])
            clock.jump(days=1)
            await sender.drain()
            assert len(sink.received) == 4
            clock.advance(minutes=1)
            await sender.drain()
            assert the_throttle(app, "members.example") is not None
            clock.jump(days=-1)
            await sender.drain()
            assert copies(app)["P007"].state is State.ACCEPTED
            clock.advance(minutes=1)
            await sender.drain()
            assert states(app) == {"accepted": 9}


# --- pleas ------------------------------------------------------------------------------------------------------------


def pleading(answer: str, *, phase: Phase, times: int = 1) -> Script:
    """A relay that passes on a provider's plea, so many times for each of its readers."""

    def script(now: Phase, _sender: str, recipient: str, nth: int) -> str | None:
        return answer if now is phase and recipient.endswith("mail.com") and nth <= times else None

    return script


@pytest.mark.parametrize(
    ("answer", "phase"),
    [
        ("421 4.7.28 <desk001@gmail.com>: Slowly", Phase.END),
        ("450 4.7.1 <desk001@gmail.com>: Slowly", Phase.RCPT),
        ("451 4.7.0 <desk001@gmail.com>: Slowly", Phase.DATA),
        ("451 4.7.0 <desk001@gmail.com>: Slowly", Phase.END),
    ],
)
async def test_who_asks_us_to_slow_down_is_left_alone_and_nobody_else(
    club: Club, clock: FrozenClock, answer: str, phase: Phase
) -> None:
    async with Sink(script=pleading(answer, phase=phase)) as sink:
        one_by_one = {"name": "gmail.com", "connections": 1}
        with club.sending(clock, sink, smtp={"connections": 1}, domain=[one_by_one]) as (app, sender):
            begin(app, [*readers(), *members(6, first=20)])
            await sender.drain()
            # The first of them asked; no other was tried after it.
            tried = [copy.person for copy in copies(app).values() if copy.last_code and copy.state is State.PENDING]
            assert tried == ["P001"]
            assert states(app) == {"accepted": 6, "pending": 6}
            throttle = the_throttle(app)
            assert (throttle.failures, throttle.until) == (1, THURSDAY + timedelta(seconds=1))
            assert throttle.reason == answer.removesuffix(" <desk001@gmail.com>: Slowly")  # nobody's address
            assert throttle.set_by == limiting.DAEMON
            assert suspend.listing(app.context) == [throttle]
            clock.advance(seconds=1)
            await sender.drain()
            assert the_throttle(app).failures == 2
            assert len(attempts(app, "P002")) == 1
            assert not copies(app)["P003"].last_code


async def test_greylisting_slows_nobody_down(club: Club, clock: FrozenClock) -> None:
    async with Sink(script=pleading("450 4.7.1 Greylisted, try again", phase=Phase.RCPT)) as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, readers())
            await sender.drain()
            assert {copy.attempts for copy in copies(app).values()} == {1}
            assert the_throttle(app) is None
            clock.advance(minutes=5)
            await sender.drain()
            assert states(app) == {"accepted": 6}


def learn(app: App, *outcomes: Outcome, family: str = "gmail.com") -> None:
    with app.store.transaction() as connection:
        limiting.throttle_after(connection, [(family, outcome) for outcome in outcomes], app.context.clock.now())


def rest_of(app: App) -> float:
    return (the_throttle(app).until - app.context.clock.now()).total_seconds()


def test_each_further_plea_in_a_row_doubles_the_rest(app: App, clock: FrozenClock) -> None:
    for seconds in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600):
        learn(app, PLEA)
        assert rest_of(app) == seconds
        clock.advance(seconds=seconds)


def test_a_batch_of_pleas_is_one_plea(app: App) -> None:
    learn(app, *[PLEA] * 20)
    assert rest_of(app) == 1


def test_an_accepted_copy_begins_the_count_anew(app: App, clock: FrozenClock) -> None:
    for seconds in (1, 2, 4):
        learn(app, PLEA)
        clock.advance(seconds=seconds)
    learn(app, ACCEPTED, family="mail.ru")
    learn(app, PLEA)
    assert rest_of(app) == 8  # it was another's
    learn(app, Accepted(reply=Reply(code=250)))
    assert rest_of(app) == 8  # it was under way before
    clock.advance(seconds=8)
    learn(app, ACCEPTED)
    assert the_throttle(app) is None
    learn(app, PLEA)
    assert rest_of(app) == 1
    clock.advance(seconds=1)
    learn(app, PLEA, ACCEPTED)
    assert rest_of(app) == 1


@pytest.mark.parametrize("until", [None, THURSDAY + timedelta(days=3)])
def test_what_a_person_has_suspended_stays_as_it_is(app: App, clock: FrozenClock, until: datetime | None) -> None:
    made = suspend.suspend(app.context, "gmail.com", until=until, reason="their postmaster asks")
    for _ in range(2):
        learn(app, PLEA)
        learn(app, ACCEPTED)
        assert the_throttle(app) == made
        clock.advance(hours=1)
    clock.set(THURSDAY + timedelta(days=3))
    learn(app, PLEA)
    assert (the_throttle(app) == made) is (until is None)


@pytest.mark.leaping
@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.MAIL])
async def test_only_a_provider_that_asks_to_slow_down_for_too_long_loses_its_copies(
    club: Club, clock: FrozenClock, phase: Phase
) -> None:
    reader, *others = [Member(number=1, address="a@gmail.com"), *members(8, first=2)]

    def script(now: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        slow = phase is Phase.MAIL or recipient == reader.email
        return "450 4.7.1 Rate limited, try again later" if now is phase and slow else None

    async with Sink(script=script) as sink:
        with club.sending(clock, sink, delivery={"give_up_after_hours": 1}) as (app, sender):
            begin(app, [reader, *others])
            for _ in range(8):
                await sender.drain()
                clock.advance(minutes=11)
            assert copies(app)["P001"].state is State.PENDING
            for _ in range(12):
                await sender.drain()
                clock.advance(minutes=11)
            lost = {"accepted": len(others), "rejected": 1}
            assert states(app) == (lost if phase is Phase.RCPT else {"pending": 9})
            assert copies(app)["P001"].attempts == 0
