"""What came of the copies in hand is written many at a time, and only where the claim still holds."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from mailer.domain.delivery import Accepted, Deferred, Event, Outcome, Rejected, Reply, State, Throttled, Unknown
from mailer.store import Store, mailings, plans
from mailer.store.copies import deliveries, tallies
from mailer.store.ledger import leftovers, limits
from mailer.store.ledger import results as results_of
from mailer.store.ledger.batches import SLICE
from tests.store.rows import (
    LEASE,
    NOW,
    OK,
    RELAY,
    SECOND,
    a_mailing,
    a_mailing_of,
    an_owner,
    came,
    put,
    state_of,
    take,
    write_down,
)

LATER = Deferred(reply=Reply(code=451))
NEVER = Rejected(reply=Reply(code=550, status="5.7.1", text="№ нет"))
LOST = Unknown(reply=None, detail="timed out")
EVERY = [
    (Event.ACCEPTED, OK, State.ACCEPTED),
    (Event.DEFERRED, LATER, State.PENDING),
    (Event.REJECTED, NEVER, State.REJECTED),
    (Event.GAVE_UP, LATER, State.REJECTED),
    (Event.REPLY_LOST, LOST, State.UNCERTAIN),
    (Event.UNUSED, None, State.PENDING),
]
EACH = pytest.mark.parametrize(("event", "outcome", "state"), EVERY)


# --- one --------------------------------------------------------------------------------------------------------------


@EACH
def test_an_attempt_is_written_with_the_state_it_leads_to(
    store: Store, event: Event, outcome: Outcome | None, state: State
) -> None:
    with store.transaction() as connection:
        mailing, [delivery, other] = a_mailing_of(connection, 2)
        owner = an_owner(connection)
        [held, _] = take(connection, mailing, owner)
        write_down(connection, owner, came(held, event, outcome, next_attempt_at=NOW + LEASE))
        found = deliveries.delivery(connection, delivery)
        assert (found.state, found.owner, found.marked_at) == (state, None, None)
        assert found.next_attempt_at == (NOW + LEASE if state is State.PENDING else None)
        assert state_of(connection, other) is State.SENDING
        tried = deliveries.attempts_of(connection, delivery)
        if outcome is None:
            assert tried == []
            return
        [attempt] = tried
        reply = outcome.reply or Reply(code=0)
        assert attempt.outcome == type(outcome).__name__.lower()
        assert (attempt.code, attempt.status, attempt.queue_id) == (reply.code or None, reply.status, reply.queue_id)
        assert attempt.text == (reply.text or outcome.detail)
        assert (attempt.started_at, attempt.finished_at) == (NOW, NOW + SECOND)
        assert (attempt.number, attempt.tls_version) == (1, outcome.tls_version)


def test_attempts_are_counted_on_and_the_last_one_is_shown(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        for number, code in enumerate((451, 452), start=1):
            [held] = take(connection, mailing, owner)
            assert held.epoch == number
            later = Deferred(reply=Reply(code=code))
            write_down(connection, owner, came(held, Event.DEFERRED, later, started_at=NOW + number * SECOND))
        found = deliveries.delivery(connection, delivery)
        assert (found.attempts, found.last_code) == (2, 452)
        assert [one.number for one in deliveries.attempts_of(connection, delivery)] == [1, 2]
        times = {delivery: [NOW + SECOND, NOW + 2 * SECOND]}
        assert results_of.attempt_times(connection, [delivery, 99]) == times
        assert results_of.attempt_times(connection, []) == {}


def test_the_mailing_began_when_its_first_copy_did_and_not_with_one_that_was_refused(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 3)
        other, owner = a_mailing(connection, supplement=1), an_owner(connection)
        refused, first, second = take(connection, mailing, owner)
        write_down(connection, owner, came(refused, Event.REJECTED, NEVER, begun=False))
        assert mailings.mailing(connection, mailing).first_handover_at is None
        begun = [came(first, started_at=NOW + SECOND), came(second, started_at=NOW + 2 * SECOND)]
        write_down(connection, owner, *begun)
        assert mailings.mailing(connection, mailing).first_handover_at == NOW + SECOND
        results_of.begin_mailing(connection, mailing, NOW)  # it has begun
        assert mailings.mailing(connection, mailing).first_handover_at == NOW + SECOND
        assert mailings.mailing(connection, other).first_handover_at is None


# --- many -------------------------------------------------------------------------------------------------------------


def test_hundreds_are_written_at_once_each_with_its_own_event(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 600)
        owner = an_owner(connection)
        held = take(connection, mailing, owner, limit=600)
        assert len(held) == 600
        kinds = [EVERY[number % len(EVERY)] for number in range(600)]
        results = [
            came(one, event, outcome, next_attempt_at=NOW + number * SECOND)
            for number, (one, (event, outcome, _)) in enumerate(zip(held, kinds, strict=True))
        ]
        write_down(connection, owner, *results)
        found = deliveries.deliveries_with(connection, ids)
        for number, (delivery, (_, outcome, state)) in enumerate(zip(ids, kinds, strict=True)):
            one = found[delivery]
            assert (one.state, one.owner, one.marked_at) == (state, None, None)
            assert one.attempts == (outcome is not None)
            assert one.next_attempt_at == (NOW + number * SECOND if state is State.PENDING else None)
        assert deliveries.counts(connection, [mailing])["sending"] == 0


def test_a_plan_that_was_replaced_meanwhile_leaves_no_orphan(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 3)
        owner = an_owner(connection)
        stale = take(connection, mailing, owner)
        leftovers.take_over(connection, dead={owner: {}}, now=NOW)
        plans.discard(connection, mailing)
        again, ids = a_mailing_of(connection, 3)
        # Its ids are never used again, so what comes late of the old plan meets nothing of the new one.
        assert again != mailing
        assert not set(ids) & {one.delivery for one in stale}
        fresh = take(connection, again, owner)
        write_down(connection, owner, *map(came, [*stale, fresh[0]]))
        assert [state_of(connection, one) for one in ids] == [State.ACCEPTED, State.SENDING, State.SENDING]
        while plans.clear(connection, 2):
            pass
        assert [len(deliveries.attempts_of(connection, one.delivery)) for one in stale] == [0, 0, 0]


def test_a_batch_takes_few_statements_however_large(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 300)
        owner = an_owner(connection)
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *one: statements.append(one[2]))
        counts = []
        for limit in (3, 100, 197):
            claimed = take(connection, mailing, owner, limit=limit)
            put_off = came(claimed[0], Event.DEFERRED, LATER, next_attempt_at=NOW + LEASE)
            write_down(connection, owner, put_off, *map(came, claimed[1:]))
            counts.append(len(statements))
            statements.clear()
        assert counts[0] == counts[1] == counts[2] - (197 // SLICE if connection.dialect.name == "sqlite" else 0)
        assert deliveries.counts(connection, [mailing])["accepted"] == 297


def test_nothing_is_written_for_nobody(store: Store) -> None:
    with store.transaction() as connection:
        _, [delivery] = a_mailing_of(connection, 1)
        write_down(connection, an_owner(connection))
        assert state_of(connection, delivery) is State.PENDING


# --- late words -------------------------------------------------------------------------------------------------------


@EACH
def test_a_word_about_a_lost_claim_changes_nothing_of_the_new_one(
    store: Store, event: Event, outcome: Outcome | None, state: State
) -> None:
    del state
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        old, new = an_owner(connection, 1), an_owner(connection, 2)
        [stale] = take(connection, mailing, old)
        leftovers.take_over(connection, dead={old: {}}, now=NOW)
        [fresh] = take(connection, mailing, new)
        write_down(connection, old, came(stale, event, outcome))
        found = deliveries.delivery(connection, delivery)
        assert (found.state, found.owner, found.epoch) == (State.SENDING, new, fresh.epoch)
        # What the relay said is kept all the same.
        assert found.attempts == (outcome is not None)
        # Neither another's epoch nor another's name will do.
        write_down(connection, new, came(stale, event, outcome))
        write_down(connection, old, came(fresh, event, outcome))
        assert state_of(connection, delivery) is State.SENDING
        write_down(connection, new, came(fresh))
        assert state_of(connection, delivery) is State.ACCEPTED


@pytest.mark.parametrize(
    ("event", "outcome", "state"),
    [
        (Event.ACCEPTED, OK, State.ACCEPTED),
        (Event.DEFERRED, LATER, State.PENDING),
        (Event.UNUSED, None, State.PENDING),
        (Event.REPLY_LOST, LOST, State.UNCERTAIN),
        (Event.REJECTED, NEVER, State.REJECTED),
        (Event.GAVE_UP, LATER, State.REJECTED),
    ],
)
def test_a_late_word_settles_its_own_uncertain_copy(
    store: Store, event: Event, outcome: Outcome | None, state: State
) -> None:
    with store.transaction() as connection:
        mailing, [delivery, other] = a_mailing_of(connection, 2)
        owner = an_owner(connection)
        [held, _] = take(connection, mailing, owner)
        assert leftovers.take_over(connection, dead={}, now=NOW + LEASE) == (0, [delivery, other])
        write_down(connection, owner, came(held, event, outcome, next_attempt_at=NOW + LEASE))
        settled = deliveries.delivery(connection, delivery)
        assert (settled.state, settled.owner) == (state, None)
        assert state_of(connection, other) is State.UNCERTAIN
        # Its journal has no line about a copy whose result is written, which is no proof that nothing has left.
        leftovers.settle(connection, dead={owner: {}})
        assert state_of(connection, delivery) is state


def test_a_late_reply_settles_nothing_that_was_sent_again_since(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        old, new = an_owner(connection, 1), an_owner(connection, 2)
        [stale] = take(connection, mailing, old)
        leftovers.take_over(connection, dead={old: None}, now=NOW)
        deliveries.move(connection, deliveries.delivery(connection, delivery), Event.SETTLED_RESEND)
        [fresh] = take(connection, mailing, new)
        leftovers.take_over(connection, dead={new: None}, now=NOW)
        write_down(connection, old, came(stale))
        assert state_of(connection, delivery) is State.UNCERTAIN
        write_down(connection, new, came(fresh))
        assert state_of(connection, delivery) is State.ACCEPTED


@pytest.mark.parametrize("state", [State.ACCEPTED, State.REJECTED, State.BOUNCED, State.CANCELLED])
def test_a_late_word_moves_nothing_that_somebody_has_settled(store: Store, state: State) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, len(EVERY))
        owner = an_owner(connection)
        held = take(connection, mailing, owner)
        for one in ids:
            put(connection, one, state=state, owner=None, relay=None, lease_until=None, marked_at=None)
        write_down(connection, owner, *(came(one, *kind[:2]) for one, kind in zip(held, EVERY, strict=True)))
        assert {state_of(connection, one) for one in ids} == {state}


# --- letting go -------------------------------------------------------------------------------------------------------


def test_what_was_not_tried_is_given_back(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 3)
        owner = an_owner(connection)
        first, second, third = take(connection, mailing, owner)
        put_off = came(third, Event.UNUSED, None, next_attempt_at=NOW + SECOND)
        write_down(connection, owner, came(first, Event.UNUSED, None), put_off)
        found = [deliveries.delivery(connection, one) for one in ids]
        assert [one.state for one in found] == [State.PENDING, State.SENDING, State.PENDING]
        assert [one.next_attempt_at for one in found] == [None, None, NOW + SECOND]
        assert [one.attempts for one in found] == [0, 0, 0]
        assert mailings.mailing(connection, mailing).first_handover_at is None
        [again] = take(connection, mailing, owner)
        assert (again.delivery, again.epoch) == (first.delivery, 2)
        assert second.epoch == 1


def test_the_relay_of_an_attempt_is_kept_and_not_that_of_a_copy_that_has_left(store: Store) -> None:
    accepted = Accepted(reply=Reply(code=250))
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        write_down(connection, owner, came(held, Event.ACCEPTED, accepted))
        row = connection.exec_driver_sql("SELECT relay FROM attempts").scalar_one()
        assert row == RELAY
        assert connection.exec_driver_sql("SELECT relay FROM deliveries").scalar_one() is None
        assert tallies.finished_since(connection, [mailing], NOW - timedelta(minutes=1)) == 1
        assert state_of(connection, delivery) is State.ACCEPTED


def test_an_attempt_at_which_the_relay_asked_to_slow_down_is_kept_and_uses_up_none(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        slow = Throttled(reply=Reply(code=454, text="Throttling failure"))
        write_down(connection, owner, came(held, Event.UNUSED, slow, next_attempt_at=NOW))
        waiting = deliveries.delivery(connection, delivery)
        assert (waiting.state, waiting.attempts, waiting.last_code) == (State.PENDING, 0, 454)
        assert [attempt.outcome for attempt in deliveries.attempts_of(connection, delivery)] == ["throttled"]
        assert results_of.attempt_times(connection, [delivery]) == {}
        assert limits.count_through(connection, RELAY, NOW - LEASE, NOW + LEASE) == 0


def test_deferrals_for_a_trouble_of_the_relay_are_taken_back(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery, other] = a_mailing_of(connection, 2)
        owner = an_owner(connection)
        for held in take(connection, mailing, owner):
            write_down(connection, owner, came(held, Event.DEFERRED, LATER, next_attempt_at=NOW + LEASE))
        results_of.take_back(connection, [delivery], NOW)
        waiting = deliveries.delivery(connection, delivery)
        assert (waiting.attempts, waiting.next_attempt_at) == (0, NOW)
        assert deliveries.delivery(connection, other).attempts == 1
        [again] = take(connection, mailing, owner)
        assert again.delivery == delivery
        results_of.take_back(connection, [delivery], NOW)
        assert state_of(connection, delivery) is State.SENDING
