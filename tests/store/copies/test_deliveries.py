"""The ledger's rows: frozen copies come back as they were, and move only from the state in which they were read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailer.domain.address import Address
from mailer.domain.delivery import Deferred, Delivery, Event, Reply, State
from mailer.domain.edition import Terms, Variant
from mailer.store import Store
from mailer.store.copies import deliveries, readers, tallies
from tests.store.rows import (
    NEWSLETTER,
    NOW,
    SECOND,
    SERIAL,
    a_copy,
    a_mailing,
    a_mailing_of,
    an_owner,
    came,
    put,
    state_of,
    take,
    write,
    write_down,
)

MINUTE = timedelta(minutes=1)


def test_copies_come_back_as_they_were_frozen(store: Store) -> None:
    copies = [
        a_copy(1, name="Анна «Лис»", variant=Variant(terms=Terms.CORPORATE)),
        a_copy(2, paid_until=None, address=replace(a_copy().address, local="анна")),
    ]
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        ids = write(connection, mailing, copies)
        found = deliveries.listing(connection, NEWSLETTER, SERIAL)
        assert [one.copy for one in found] == copies
        assert [one.id for one in found] == ids
        assert {(one.state, one.attempts, one.epoch, one.last_code) for one in found} == {(State.PENDING, 0, 0, None)}
        assert write(connection, mailing, []) == []
        assert deliveries.delivery(connection, 99) is None


def test_messages_are_named_each_by_its_delivery(store: Store) -> None:
    with store.transaction() as connection:
        _, ids = a_mailing_of(connection, 3)
        named = {one.id: one.message_id for one in deliveries.listing(connection, NEWSLETTER, SERIAL)}
        assert named == {one: f"<{one}@club.example>" for one in ids}


def test_numbers_go_on_over_all_mailings_of_the_issue(store: Store) -> None:
    with store.transaction() as connection:
        assert deliveries.next_copy_number(connection, NEWSLETTER, SERIAL) == 1
        a_mailing_of(connection, 2)
        supplement = a_mailing(connection, supplement=1)
        assert deliveries.next_copy_number(connection, NEWSLETTER, SERIAL) == 3
        write(connection, supplement, [a_copy(3)])
        assert deliveries.next_copy_number(connection, NEWSLETTER, SERIAL) == 4
        assert deliveries.next_copy_number(connection, NEWSLETTER, SERIAL + 1) == 1


def test_copies_are_listed_by_issue_mailing_state_person_and_id(store: Store) -> None:
    with store.transaction() as connection:
        first, ids = a_mailing_of(connection, 2)
        supplement = a_mailing(connection, supplement=1)
        [late] = write(connection, supplement, [a_copy(3, person="P001", language="ru")])
        put(connection, ids[1], state=State.ACCEPTED)

        def numbers(found: list[Delivery]) -> list[int]:
            return [one.copy_number for one in found]

        assert numbers(deliveries.listing(connection, NEWSLETTER, SERIAL)) == [1, 2, 3]
        assert numbers(deliveries.listing(connection, NEWSLETTER, SERIAL, State.PENDING)) == [1, 3]
        assert numbers(deliveries.of_mailing(connection, first)) == [1, 2]
        assert list(deliveries.deliveries_with(connection, [late, 99, *ids])) == [late, *ids]
        served = readers.of_readers(connection, NEWSLETTER, SERIAL, ["P001", "P002", "P009"])
        assert {key: numbers(found) for key, found in served.items()} == {
            ("P001", "en"): [1],
            ("P002", "en"): [2],
            ("P001", "ru"): [3],
        }
        of_person = readers.of_person(connection, "P001")
        assert [(issue, one.copy_number) for issue, one in of_person] == [("bulletin/253", 1), ("bulletin/253", 3)]


def test_every_state_is_counted_and_over_all_mailings_asked_for(store: Store) -> None:
    with store.transaction() as connection:
        first, ids = a_mailing_of(connection, 3)
        supplement = a_mailing(connection, supplement=1)
        write(connection, supplement, [a_copy(4)])
        put(connection, ids[0], state=State.REJECTED)
        none = dict.fromkeys([state.value for state in State], 0)
        assert deliveries.counts(connection, [first]) == none | {"pending": 2, "rejected": 1}
        assert deliveries.counts(connection, [first, supplement]) == none | {"pending": 3, "rejected": 1}
        assert deliveries.counts(connection, []) == none


def test_a_mailing_waits_while_a_copy_is_pending_or_sending(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        other, owner = a_mailing(connection, supplement=1), an_owner(connection)
        assert deliveries.any_waits(connection, mailing)
        [held] = take(connection, mailing, owner)
        assert deliveries.any_waits(connection, mailing)
        assert not deliveries.any_waits(connection, other)
        write_down(connection, owner, came(held))
        assert not deliveries.any_waits(connection, mailing)
        put(connection, delivery, state=State.HELD, held_reason="paused")
        assert not deliveries.any_waits(connection, mailing)


def test_what_is_done_is_counted_once_each_and_no_further_than_asked(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 6)
        other = a_mailing(connection, supplement=1)
        write(connection, other, [a_copy(7)])
        owner, later = an_owner(connection), Deferred(reply=Reply(code=451))
        assert tallies.done_up_to(connection, mailing, 9) == 0
        again, second, third, *_ = take(connection, mailing, owner, limit=4)
        assert deliveries.in_hand(connection, mailing) == 4
        write_down(connection, owner, came(again, Event.DEFERRED, later), came(second), came(third))
        assert [tallies.done_up_to(connection, mailing, most) for most in (1, 2, 9)] == [1, 2, 2]
        held = next(one for one in take(connection, mailing, owner) if one.delivery == ids[0])
        write_down(connection, owner, came(held), *map(came, take(connection, other, owner)))
        assert tallies.done_up_to(connection, mailing, 9) == 3
        assert tallies.done_up_to(connection, other, 9) == 1


# --- moves ------------------------------------------------------------------------------------------------------------


def test_a_copy_is_moved_once_from_the_state_it_was_read_in(store: Store) -> None:
    with store.transaction() as connection:
        _, [delivery] = a_mailing_of(connection, 1)
        read = deliveries.delivery(connection, delivery)
        assert deliveries.move(connection, read, Event.HELD, held_reason="paused")
        assert not deliveries.move(connection, read, Event.HELD, held_reason="unpaid")
        assert not deliveries.move(connection, read, Event.CANCELLED)
        held = deliveries.delivery(connection, delivery)
        assert (held.state, held.held_reason) == (State.HELD, "paused")
        assert deliveries.move(connection, held, Event.RELEASED)
        assert deliveries.delivery(connection, delivery).held_reason is None


def test_a_copy_that_was_sent_and_came_back_is_not_the_one_that_was_read(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        read = deliveries.delivery(connection, delivery)
        owner = an_owner(connection)
        write_down(connection, owner, *(came(one, Event.UNUSED, None) for one in take(connection, mailing, owner)))
        assert state_of(connection, delivery) is read.state
        assert not deliveries.move(connection, read, Event.CANCELLED)


def test_a_move_out_of_sending_lets_go_of_the_claim(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        take(connection, mailing, an_owner(connection))
        assert deliveries.move(connection, deliveries.delivery(connection, delivery), Event.BOUNCE_REPORTED)
        found = deliveries.delivery(connection, delivery)
        assert (found.state, found.owner, found.marked_at) == (State.BOUNCED, None, None)


def test_a_move_that_the_table_does_not_have_is_an_error(store: Store) -> None:
    with store.transaction() as connection:
        mailing, [delivery] = a_mailing_of(connection, 1)
        with pytest.raises(ValueError, match="a delivery that is pending cannot be released"):
            deliveries.move(connection, deliveries.delivery(connection, delivery), Event.RELEASED)
        with pytest.raises(ValueError, match="a delivery that is accepted cannot be cancelled"):
            deliveries.move_all(connection, mailing, State.ACCEPTED, Event.CANCELLED)


def test_all_of_a_mailing_in_one_state_are_moved_and_no_other(store: Store) -> None:
    with store.transaction() as connection:
        mailing, ids = a_mailing_of(connection, 4)
        supplement = a_mailing(connection, supplement=1)
        [other] = write(connection, supplement, [a_copy(5)])
        put(connection, ids[0], state=State.ACCEPTED)
        put(connection, ids[1], state=State.HELD, held_reason="paused")
        put(connection, ids[2], next_attempt_at=NOW)
        assert deliveries.move_all(connection, mailing, State.PENDING, Event.CANCELLED) == 2
        assert deliveries.move_all(connection, mailing, State.HELD, Event.CANCELLED) == 1
        assert [state_of(connection, one) for one in ids] == [State.ACCEPTED, *[State.CANCELLED] * 3]
        assert deliveries.delivery(connection, ids[2]).next_attempt_at is None
        assert state_of(connection, other) is State.PENDING


# --- progress ---------------------------------------------------------------------------------------------------------


def test_attempts_that_ended_lately_are_counted_for_the_mailings_asked_for(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 2)
        other = a_mailing(connection, supplement=1)
        owner, later = an_owner(connection), Deferred(reply=Reply(code=451))
        results = [
            came(
                held,
                Event.DEFERRED,
                later,
                finished_at=NOW + minute * MINUTE,
                next_attempt_at=NOW + (minute + 5) * MINUTE,
            )
            for minute, held in enumerate(take(connection, mailing, owner))
        ]
        write_down(connection, owner, *results)
        assert tallies.finished_since(connection, [mailing], NOW - MINUTE) == 2
        assert tallies.finished_since(connection, [mailing], NOW) == 1
        assert tallies.finished_since(connection, [other], NOW - MINUTE) == 0
        due = tallies.next_due(connection, [mailing], {}, NOW)
        assert (due.at_once, due.next_at, due.throttled) == (False, NOW + 5 * MINUTE, frozenset())
        none = tallies.next_due(connection, [other], {}, NOW)
        assert (none.at_once, none.next_at) == (False, None)
        write(connection, other, [a_copy(3)])
        assert tallies.next_due(connection, [mailing, other], {}, NOW).at_once


def test_copies_of_a_provider_that_is_left_alone_wait_for_its_end(store: Store) -> None:
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        one, two = write(connection, mailing, [a_copy(1), a_copy(2, address=Address(local="p2", domain="gmail.com"))])
        put(connection, one, next_attempt_at=NOW + 5 * MINUTE)
        for until, next_at in (
            (NOW + MINUTE, NOW + MINUTE),
            (NOW + 9 * MINUTE, NOW + 5 * MINUTE),
            (None, NOW + 5 * MINUTE),
        ):
            due = tallies.next_due(connection, [mailing], {"gmail.com": until, "mail.ru": NOW + SECOND}, NOW)
            assert (due.at_once, due.next_at, due.throttled) == (False, next_at, {"gmail.com"})
        put(connection, two, next_attempt_at=NOW + 2 * MINUTE)
        assert tallies.next_due(connection, [mailing], {"gmail.com": NOW + MINUTE}, NOW).next_at == NOW + 2 * MINUTE
        put(connection, one, state=State.ACCEPTED, next_attempt_at=None)
        due = tallies.next_due(connection, [mailing], {"gmail.com": None}, NOW)
        assert (due.at_once, due.next_at) == (False, None)
