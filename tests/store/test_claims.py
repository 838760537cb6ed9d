"""Claims: who may hand over which copy, proved at every step by owner, epoch and lease."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection

from mailer.domain.delivery import Accepted, Deferred, Event, Outcome, Rejected, Reply, State, Unknown
from mailer.domain.mailing import MailingState
from mailer.store import Store, claims, deliveries, mailings
from mailer.store.claims import Claim
from tests.store.rows import LEASE, NOW, RULES, a_mailing, a_mailing_of, an_owner, put, state_of, take

SECOND = timedelta(seconds=1)
OK = Accepted(reply=Reply(code=250, status="2.0.0", text="Ok", queue_id="Q1"), tls_version="TLSv1.3")


def write_down(
    connection: Connection,
    held: Claim,
    event: Event = Event.ACCEPTED,
    outcome: Outcome = OK,
    *,
    now: datetime = NOW,
    again: datetime | None = None,
) -> bool:
    return claims.record(
        connection,
        held,
        event=event,
        outcome=outcome,
        word=type(outcome).__name__.lower(),
        started_at=now,
        finished_at=now + SECOND,
        next_attempt_at=again,
    )


# --- what can be claimed ----------------------------------------------------------------------------------------------


def test_a_claim_takes_so_many_in_the_order_of_their_numbers(store: Store) -> None:
    with store.transaction() as connection:
        owner = an_owner(connection)
        mailing, ids = a_mailing_of(connection, 5)
        first, second, third = (take(connection, mailing, owner, limit=2) for _ in range(3))
        assert [one.delivery for one in first] == ids[:2]
        assert [one.delivery for one in second] == ids[2:4]
        assert third == [Claim(delivery=ids[4], owner=owner, epoch=1)]
        assert take(connection, mailing, owner) == []
        assert {state_of(connection, one) for one in ids} == {State.SENDING}


@pytest.mark.parametrize("state", [state for state in MailingState if state is not MailingState.SENDING])
def test_nothing_of_a_mailing_that_is_not_being_sent(store: Store, state: MailingState) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1, state=state)
        assert take(connection, mailing, an_owner(connection)) == []


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ({"starts_at": NOW + SECOND}, False),
        ({"starts_at": NOW}, True),
        ({"approval_required": True}, False),
        ({"approval_required": True, "approved_hash": "another seal"}, False),
        ({"approval_required": True, "approved_hash": "seal"}, True),
        ({"approval_required": False, "approved_hash": "another seal"}, True),
    ],
)
def test_nothing_before_its_time_or_without_an_approval_of_this_very_seal(
    store: Store, values: dict[str, object], taken: bool
) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1, **values)
        assert bool(take(connection, mailing, an_owner(connection))) is taken


def test_nothing_that_was_not_judged_by_the_register_of_now(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 2)
        put(connection, ids[0], judged_by="0:rules")
        owner = an_owner(connection)
        assert take(connection, mailing, owner, judged_by="2:rules") == []
        assert [one.delivery for one in take(connection, mailing, owner, judged_by=RULES)] == [ids[1]]


@pytest.mark.parametrize("state", [state for state in State if state not in {State.PENDING, State.SENDING}])
def test_nothing_but_what_is_pending(store: Store, state: State) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        put(connection, delivery, state=state, held_reason="paused" if state is State.HELD else None)
        assert take(connection, mailing, an_owner(connection)) == []


def test_a_deferred_copy_waits_for_its_time_and_goes_after_the_others(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 3)
        put(connection, ids[0], next_attempt_at=NOW)
        put(connection, ids[1], next_attempt_at=NOW + SECOND)
        owner = an_owner(connection)
        assert [one.delivery for one in take(connection, mailing, owner, limit=1)] == [ids[2]]
        assert [one.delivery for one in take(connection, mailing, owner)] == [ids[0]]
        assert [one.delivery for one in take(connection, mailing, owner, now=NOW + SECOND)] == [ids[1]]


def test_only_copies_of_that_mailing(store: Store) -> None:
    with store.transaction() as connection:
        _, ours = a_mailing_of(connection, 1)
        other = a_mailing(connection, supplement=1)
        assert take(connection, other, an_owner(connection)) == []
        assert state_of(connection, ours[0]) is State.PENDING


def test_two_owners_never_claim_one_copy(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 60)
        senders = [an_owner(connection, pid) for pid in range(4)]
    together = Barrier(len(senders))

    def work(owner: int) -> list[Claim]:
        together.wait(timeout=30)
        claimed = []
        for _ in range(30):
            with store.transaction() as connection:
                claimed += take(connection, mailing, owner, limit=3)
        return claimed

    with ThreadPoolExecutor(len(senders)) as threads:
        every = [held for claimed in threads.map(work, senders) for held in claimed]
    assert sorted(held.delivery for held in every) == ids
    with store.transaction() as connection:
        for held in every:
            found = deliveries.delivery(connection, held.delivery)
            assert (found.owner, found.epoch) == (held.owner, held.epoch) == (held.owner, 1)


def test_two_programs_on_one_file_never_claim_one_copy(tmp_path: Path) -> None:
    stores = [Store.open("sqlite:///mailer.db", tmp_path) for _ in range(2)]
    with stores[0].transaction() as connection:
        mailing, ids = a_mailing_of(connection, 30)
        senders = [an_owner(connection, pid) for pid in range(2)]
    together = Barrier(2)

    def work(store: Store, owner: int) -> list[Claim]:
        together.wait(timeout=30)
        claimed = []
        for _ in range(30):
            with store.transaction() as connection:
                claimed += take(connection, mailing, owner, limit=1)
        return claimed

    with ThreadPoolExecutor(2) as threads:
        every = [held.delivery for claimed in threads.map(work, stores, senders) for held in claimed]
    assert sorted(every) == ids
    for store in stores:
        store.close()


# --- the mark ---------------------------------------------------------------------------------------------------------


def test_the_first_mark_says_when_the_mailing_began_to_leave(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 2)
        first, second = take(connection, mailing, an_owner(connection))
        assert mailings.mailing(connection, mailing).first_handover_at is None
        assert claims.mark(connection, first, NOW)
        assert claims.mark(connection, second, NOW + SECOND)
        assert mailings.mailing(connection, mailing).first_handover_at == NOW
        assert deliveries.delivery(connection, second.delivery).marked_at == NOW + SECOND


def test_a_copy_is_marked_once(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
        [held] = take(connection, mailing, an_owner(connection))
        assert claims.mark(connection, held, NOW)
        assert not claims.mark(connection, held, NOW)


def test_nothing_is_marked_once_the_lease_is_over(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 2)
        [held, other] = take(connection, mailing, an_owner(connection))
        assert not claims.mark(connection, held, NOW + LEASE)
        assert claims.mark(connection, other, NOW + LEASE - SECOND)
        assert deliveries.delivery(connection, held.delivery).marked_at is None


def test_a_lost_claim_cannot_be_marked(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
        old, new = an_owner(connection, 1), an_owner(connection, 2)
        [held] = take(connection, mailing, old)
        assert claims.take_over(connection, dead=[old], now=NOW) == (1, [])
        assert not claims.mark(connection, held, NOW)
        [again] = take(connection, mailing, new)
        assert not claims.mark(connection, held, NOW)
        # Neither another's epoch nor another's name will do.
        assert not claims.mark(connection, Claim(delivery=held.delivery, owner=old, epoch=again.epoch), NOW)
        assert not claims.mark(connection, Claim(delivery=held.delivery, owner=new, epoch=held.epoch), NOW)
        assert mailings.mailing(connection, mailing).first_handover_at is None
        assert claims.mark(connection, again, NOW)


@pytest.mark.parametrize("state", [MailingState.PAUSED, MailingState.CANCELLED])
def test_nothing_is_marked_once_the_mailing_was_stopped(store: Store, state: MailingState) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
        [held] = take(connection, mailing, an_owner(connection))
        mailings.change(connection, mailing, state=state)
        assert not claims.mark(connection, held, NOW)


# --- what came of it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "outcome", "state"),
    [
        (Event.ACCEPTED, OK, State.ACCEPTED),
        (Event.DEFERRED, Deferred(reply=Reply(code=451)), State.PENDING),
        (Event.REJECTED, Rejected(reply=Reply(code=550)), State.REJECTED),
        (Event.GAVE_UP, Deferred(reply=Reply(code=451)), State.REJECTED),
        (Event.REPLY_LOST, Unknown(reply=None, detail="timed out"), State.UNCERTAIN),
    ],
)
def test_an_attempt_is_written_with_the_state_it_leads_to(
    store: Store, event: Event, outcome: Outcome, state: State
) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        [held] = take(connection, mailing, an_owner(connection))
        claims.mark(connection, held, NOW)
        again = NOW + LEASE if state is State.PENDING else None
        assert write_down(connection, held, event, outcome, again=again)
        found = deliveries.delivery(connection, delivery)
        assert (found.state, found.owner, found.marked_at) == (state, None, None)
        assert (found.next_attempt_at, found.attempts) == (again, 1)
        [attempt] = deliveries.attempts_of(connection, delivery)
        reply = outcome.reply or Reply(code=0)
        assert attempt.outcome == type(outcome).__name__.lower()
        assert (attempt.code, attempt.status, attempt.queue_id) == (reply.code or None, reply.status, reply.queue_id)
        assert attempt.text == (reply.text or outcome.detail)
        assert (attempt.started_at, attempt.finished_at, attempt.tls_version) == (
            NOW,
            NOW + SECOND,
            outcome.tls_version,
        )


def test_attempts_are_counted_on_and_the_last_one_is_shown(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        for number, code in enumerate((451, 452), start=1):
            [held] = take(connection, mailing, owner)
            assert held.epoch == number
            write_down(connection, held, Event.DEFERRED, Deferred(reply=Reply(code=code)), now=NOW + number * SECOND)
        found = deliveries.delivery(connection, delivery)
        assert (found.attempts, found.last_code) == (2, 452)
        assert [one.number for one in deliveries.attempts_of(connection, delivery)] == [1, 2]
        assert claims.first_attempt_at(connection, delivery) == NOW + SECOND
        assert claims.first_attempt_at(connection, 99) is None


def test_a_reply_to_a_lost_claim_changes_nothing_of_the_new_one(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        old, new = an_owner(connection, 1), an_owner(connection, 2)
        [stale] = take(connection, mailing, old)
        claims.take_over(connection, dead=[old], now=NOW)
        [fresh] = take(connection, mailing, new)
        for event, outcome in (
            (Event.ACCEPTED, OK),
            (Event.REJECTED, Rejected(reply=Reply(code=550))),
            (Event.DEFERRED, Deferred(reply=Reply(code=451))),
        ):
            assert not write_down(connection, stale, event, outcome)
        found = deliveries.delivery(connection, delivery)
        assert (found.state, found.owner, found.epoch) == (State.SENDING, new, fresh.epoch)
        # What the relay said is kept all the same.
        assert found.attempts == 3
        assert write_down(connection, fresh)


@pytest.mark.parametrize(
    ("event", "outcome", "state"),
    [
        (Event.ACCEPTED, OK, State.ACCEPTED),
        (Event.DEFERRED, Deferred(reply=Reply(code=451)), State.PENDING),
        (Event.REPLY_LOST, Unknown(reply=None), State.UNCERTAIN),
    ],
)
def test_a_late_reply_settles_its_own_uncertain_copy(
    store: Store, event: Event, outcome: Outcome, state: State
) -> None:
    with store.transaction() as connection:
        mailing, [delivery, other] = a_mailing_of(connection, 2)
        [held, also] = take(connection, mailing, an_owner(connection))
        for one in (held, also):
            claims.mark(connection, one, NOW)
        assert claims.take_over(connection, dead=[], now=NOW + LEASE) == (0, [delivery, other])
        assert not write_down(connection, held, event, outcome, now=NOW + LEASE)
        assert state_of(connection, delivery) is state
        assert state_of(connection, other) is State.UNCERTAIN


def test_a_late_reply_settles_nothing_that_was_sent_again_since(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        old, new = an_owner(connection, 1), an_owner(connection, 2)
        [stale] = take(connection, mailing, old)
        claims.mark(connection, stale, NOW)
        claims.take_over(connection, dead=[old], now=NOW)
        deliveries.move(connection, deliveries.delivery(connection, delivery), Event.SETTLED_RESEND)
        [fresh] = take(connection, mailing, new)
        claims.mark(connection, fresh, NOW)
        claims.take_over(connection, dead=[new], now=NOW)
        assert not write_down(connection, stale)
        assert state_of(connection, delivery) is State.UNCERTAIN
        assert not write_down(connection, fresh)
        assert state_of(connection, delivery) is State.ACCEPTED


# --- letting go -------------------------------------------------------------------------------------------------------


def test_what_was_not_tried_is_given_back(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 3)
        first, marked, third = take(connection, mailing, an_owner(connection))
        claims.mark(connection, marked, NOW)
        claims.give_back(connection, [first, marked])
        claims.give_back(connection, [third], next_attempt_at=NOW + SECOND)
        found = [deliveries.delivery(connection, one) for one in ids]
        assert [one.state for one in found] == [State.PENDING, State.SENDING, State.PENDING]
        assert [one.next_attempt_at for one in found] == [None, None, NOW + SECOND]
        assert [one.attempts for one in found] == [0, 0, 0]


def test_another_ones_copy_is_not_given_back(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        old, new = an_owner(connection, 1), an_owner(connection, 2)
        [stale] = take(connection, mailing, old)
        claims.take_over(connection, dead=[old], now=NOW)
        take(connection, mailing, new)
        claims.give_back(connection, [stale])
        assert deliveries.delivery(connection, delivery).owner == new


def test_the_copies_of_the_dead_are_free_and_those_that_may_have_left_uncertain(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 4)
        dead, alive = an_owner(connection, 1), an_owner(connection, 2)
        marked, _unmarked = take(connection, mailing, dead, limit=2)
        [kept, _] = take(connection, mailing, alive)
        for one in (marked, kept):
            claims.mark(connection, one, NOW)
        assert claims.take_over(connection, dead=[dead], now=NOW) == (1, ids[:1])
        assert [state_of(connection, one) for one in ids] == [
            State.UNCERTAIN,
            State.PENDING,
            State.SENDING,
            State.SENDING,
        ]
        assert claims.take_over(connection, dead=[dead], now=NOW) == (0, [])


def test_a_lease_that_is_over_frees_its_copies_by_the_same_rule(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 2)
        [marked, _] = take(connection, mailing, an_owner(connection))
        claims.mark(connection, marked, NOW)
        assert claims.take_over(connection, dead=[], now=NOW + LEASE - SECOND) == (0, [])
        assert claims.take_over(connection, dead=[], now=NOW + LEASE) == (1, ids[:1])
        assert [state_of(connection, one) for one in ids] == [State.UNCERTAIN, State.PENDING]


def test_what_is_settled_is_not_taken_over(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        write_down(connection, held)
        assert claims.take_over(connection, dead=[owner], now=NOW + 2 * LEASE) == (0, [])
        assert state_of(connection, delivery) is State.ACCEPTED


# --- the relay's outages ----------------------------------------------------------------------------------------------


def test_an_outage_is_noted_once_and_ends_once(store: Store) -> None:
    with store.transaction() as connection:
        claims.outage_ends(connection, NOW)
        assert claims.open_outage(connection) is None
        for minute in range(3):
            claims.outage_begins(connection, NOW + timedelta(minutes=minute), "refused")
        assert claims.outages_since(connection, NOW + timedelta(days=1)) == [(NOW, None)]
        assert claims.open_outage(connection) == "refused"
        claims.outage_ends(connection, NOW + timedelta(minutes=5))
        assert claims.open_outage(connection) is None
        claims.outage_ends(connection, NOW + timedelta(minutes=9))
        over = (NOW, NOW + timedelta(minutes=5))
        assert claims.outages_since(connection, NOW) == [over]
        assert claims.outages_since(connection, NOW + timedelta(minutes=5)) == []
        claims.outage_begins(connection, NOW + timedelta(minutes=20), "refused")
        assert claims.outages_since(connection, NOW) == [over, (NOW + timedelta(minutes=20), None)]
