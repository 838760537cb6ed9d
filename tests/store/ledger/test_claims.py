"""Claims: which process may hand over which copy, proved by owner and epoch, and marked in the same step."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select

from mailer.domain.address import Address
from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.store import Store, mailings
from mailer.store.copies import deliveries
from mailer.store.ledger import claims
from mailer.store.ledger.claims import Claim
from mailer.store.schema import deliveries as table
from tests.store.rows import (
    LEASE,
    NOW,
    RELAY,
    RULES,
    SECOND,
    a_copy,
    a_mailing,
    a_mailing_of,
    an_owner,
    put,
    state_of,
    take,
    write,
)

# --- what can be claimed ----------------------------------------------------------------------------------------------


def test_a_claim_takes_so_many_in_the_order_of_their_numbers(store: Store) -> None:
    with store.transaction() as connection:
        owner = an_owner(connection)
        mailing, ids = a_mailing_of(connection, 5)
        first, second, third = (take(connection, mailing, owner, limit=2) for _ in range(3))
        assert [one.delivery for one in first] == ids[:2]
        assert [one.delivery for one in second] == ids[2:4]
        assert [one.delivery for one in third] == ids[4:]
        assert take(connection, mailing, owner) == []
        assert {state_of(connection, one) for one in ids} == {State.SENDING}


def test_a_claim_marks_at_once_and_tells_what_the_copy_says(store: Store) -> None:
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        [delivery] = write(connection, mailing, [a_copy(1, address=Address(local="p", domain="googlemail.com"))])
        owner = an_owner(connection)
        [held] = take(connection, mailing, owner)
        copy = deliveries.delivery(connection, delivery)
        assert held == Claim(
            delivery=delivery,
            epoch=1,
            mailing=mailing,
            family="gmail.com",
            copy=a_copy(1, address=Address(local="p", domain="googlemail.com")),
            message_id="<1@club.example>",
        )
        assert (copy.owner, copy.epoch, copy.marked_at, copy.next_attempt_at) == (owner, 1, NOW, None)
        assert connection.execute(select(table.c.relay, table.c.lease_until)).one() == (RELAY, NOW + LEASE)
        # What may have left is not what has: a plan is replaceable until a first copy truly began.
        assert mailings.mailing(connection, mailing).first_handover_at is None


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
        found = list(threads.map(work, senders))
    every = [held for claimed in found for held in claimed]
    whose = {held.delivery: owner for owner, claimed in zip(senders, found, strict=True) for held in claimed}
    assert sorted(held.delivery for held in every) == ids
    with store.transaction() as connection:
        for held in every:
            found = deliveries.delivery(connection, held.delivery)
            assert (found.owner, found.epoch, held.epoch) == (whose[held.delivery], 1, 1)


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


# --- which providers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "without", "taken"),
    [
        (None, (), [1, 2, 3, 4]),
        ("gmail.com", (), [1, 2]),
        ("gmail.com", ("gmail.com", "mail.ru"), [1, 2]),
        (None, ("gmail.com",), [3, 4]),
        (None, ("gmail.com", "mail.ru"), [4]),
        ("yahoo.com", (), []),
    ],
)
def test_only_copies_to_one_provider_or_to_all_but_some(
    store: Store, family: str | None, without: Collection[str], taken: list[int]
) -> None:
    domains = ("gmail.com", "googlemail.com", "bk.ru", "example.org")
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        copies = [
            a_copy(number, address=Address(local=f"p{number}", domain=domain))
            for number, domain in enumerate(domains, start=1)
        ]
        write(connection, mailing, copies)
        found = take(connection, mailing, an_owner(connection), family=family, without=without)
        assert [one.copy.copy_number for one in found] == taken


# --- what else a claim tells ------------------------------------------------------------------------------------------


def test_the_ledgers_epoch_grows_with_every_claim(store: Store) -> None:
    with store.transaction() as connection:
        assert claims.ledger_epoch(connection) == 0
        assert [claims.advance_epoch(connection) for _ in range(3)] == [1, 2, 3]
    with store.reading() as connection:
        assert claims.ledger_epoch(connection) == 3
