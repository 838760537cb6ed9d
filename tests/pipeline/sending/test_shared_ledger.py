"""Senders on several machines: short leases that are renewed, few copies marked at a time, and a drain of so many seconds."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from math import inf

import pytest

from mailer.app.installation import App
from mailer.app.relays import worker_settings
from mailer.app.sender import open_sender
from mailer.domain.delivery import Outcome
from mailer.domain.pacing import within
from mailer.domain.ports import Clock, Envelope, Transport
from mailer.gateways.clock import SystemClock
from mailer.pipeline.sending import sender_ledger
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.wait import send_until_done
from mailer.store.ledger import leftovers
from tests.away import server_of
from tests.club import ISSUE, Club, Member, attempts, begin, copies, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.pipeline.sending.test_lanes import comes_to, lease_of
from tests.pipeline.sending.test_sending_together import Gate, end, stopped_at
from tests.pipeline.sending.test_several_relays import accepting

ONE = {"connections": 1}
MOST = 5


@contextmanager
def sharing(
    club: Club, clock: Clock, transport: Transport, *, tables: Mapping[str, object] | None = None, **smtp: object
) -> Iterator[tuple[App, Sender]]:
    """A sender that shares the ledger with others, which may run on other machines."""
    club.settle(smtp=smtp, **(tables or {}))
    with club.opened(clock) as app:
        settings = replace(worker_settings(app.config), marked_at_most=MOST)
        with open_sender(app, settings=settings) as (sender, _owner):
            sender._relays = tuple(replace(relay, transport=transport) for relay in sender._relays)
            yield app, sender


def test_a_worker_has_few_copies_in_doubt_and_a_short_lease(club: Club) -> None:
    with club.opened(SystemClock()) as app:
        settings = worker_settings(app.config)
    assert settings.marked_at_most <= 64
    assert settings.lease + timedelta(seconds=settings.round_seconds) <= timedelta(seconds=10)


def test_the_room_of_all_relays_together_is_limited() -> None:
    assert within({"a": 9, "b": 2}, 3, 10) == {"a": 5, "b": 2}
    assert within({"a": 9, "b": 9}, 3, 10) == {"a": 3, "b": 4}
    assert within({"a": 9}, 12, 10) == {"a": 0}
    assert within({"a": 9}, 0, 2) == {"a": 2}
    assert within({"a": 9}, 12, 0) == {"a": 9}
    assert within({}, 0, 10) == {}


async def test_no_more_than_so_many_copies_are_marked_at_a_time(club: Club) -> None:
    marked = []

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        marked.append(states(app)["sending"])
        await mark()
        return ACCEPTED

    with sharing(club, SystemClock(), ScriptedTransport(play)) as (app, sender):
        begin(app, members(40))
        await sender.drain()
        assert states(app) == {"accepted": 40}
    assert 1 < max(marked) <= MOST


async def test_the_leases_of_all_copies_in_hand_are_renewed(club: Club, clock: FrozenClock) -> None:
    gate = Gate(after_mark=True)
    with ExitStack() as stack:
        app, slow = stack.enter_context(sharing(club, clock, ScriptedTransport(gate), **ONE))
        _, other = stack.enter_context(club.sending(clock, ScriptedTransport(accepting)))
        begin(app, members(3))
        draining = await stopped_at(gate, slow)
        await comes_to(lambda: states(app) == {"sending": 3})
        for _ in range(8):  # several times as long as a lease
            until = lease_of(app)
            clock.advance(seconds=2)
            await comes_to(lambda until=until: lease_of(app) > until)
            await other.drain()
            assert states(app) == {"sending": 3}
        gate.open.set()
        await end(draining)
        assert states(app) == {"accepted": 3}
        assert {len(attempts(app, person)) for person in copies(app)} == {1}


async def test_a_lease_that_is_over_is_not_renewed(club: Club, clock: FrozenClock) -> None:
    gate = Gate(after_mark=True)
    with ExitStack() as stack:
        app, frozen = stack.enter_context(sharing(club, clock, ScriptedTransport(gate), **ONE))
        _, other = stack.enter_context(club.sending(clock, ScriptedTransport(accepting)))
        begin(app, members(3))
        draining = await stopped_at(gate, frozen)
        await comes_to(lambda: states(app) == {"sending": 3})
        clock.advance(seconds=60)
        await other.drain()
        gate.open.set()
        await end(draining)
        # What it had begun was accepted; the others had not left, and it says so.
        await other.drain()
        assert states(app) == {"accepted": 3}


async def test_a_drain_claims_nothing_after_so_many_seconds(club: Club, clock: FrozenClock) -> None:
    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        clock.advance(seconds=1)
        await asyncio.sleep(0)
        return ACCEPTED

    with sharing(club, clock, ScriptedTransport(play), **ONE) as (app, sender):
        begin(app, members(40))
        await sender.drain(within=10)
        assert "sending" not in states(app)
        assert 10 <= states(app)["accepted"] <= 10 + MOST
        await sender.drain()
        assert states(app) == {"accepted": 40}


@pytest.mark.leaping
async def test_the_limits_of_relay_and_provider_hold_over_all_workers_together(club: Club, clock: FrozenClock) -> None:
    left: list[str] = []

    async def play(envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        left.append(envelope.recipient)
        return ACCEPTED

    limits = {"domain": [{"name": "gmail.com", "per_minute": 3}]}
    with ExitStack() as stack:
        each = [
            stack.enter_context(sharing(club, clock, ScriptedTransport(play), tables=limits, per_minute=8))
            for _ in range(3)
        ]
        app = each[0][0]
        begin(app, [*members(20), *(Member(number=number, address=f"a{number}@gmail.com") for number in range(21, 31))])
        for minute in range(1, 4):
            for _ in range(20):
                await asyncio.gather(*(sender.drain() for _, sender in each))
                clock.advance(seconds=3)
            assert len(left) == 8 * minute
            assert sum(recipient.endswith("gmail.com") for recipient in left) == min(10, 3 * minute)
        assert len(set(left)) == len(left)


@pytest.mark.leaping
@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("nth", range(1, 7))
async def test_what_never_reached_it_is_settled_although_others_found_it_uncertain(
    club: Club, clock: FrozenClock, nth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_ledger, "PAUSE", 0.0)

    async def play(_envelope: Envelope, mark: Mark) -> Outcome:
        await mark()
        if server.answers_lost_at == inf:  # a claim may be in the ledger, and not in hand: its lease ends
            clock.advance(seconds=6)
            with app.store.transaction() as connection:
                leftovers.take_over(connection, dead={}, now=clock.now())
        return ACCEPTED

    transport = ScriptedTransport(play)
    with sharing(club, clock, transport, **ONE) as (app, sender), server_of(app.store) as server:
        begin(app, members(20))
        server.answers_lost_at = server.committed + nth
        assert await send_until_done(app.context, sender, ISSUE, {}) == ""
        assert states(app) == {"accepted": 20}
    assert max(Counter(transport.left).values()) == 1
