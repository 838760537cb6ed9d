"""What has left lately, by relay and by provider, is counted from the ledger; who gets nothing is written down."""

from datetime import timedelta

from mailer.domain.address import Address
from mailer.domain.delivery import Deferred, Event, Reply
from mailer.domain.pacing import Throttle
from mailer.store import Store
from mailer.store.ledger import limits, outages
from tests.store.rows import (
    NOW,
    RELAY,
    SECOND,
    a_copy,
    a_mailing,
    a_mailing_of,
    an_owner,
    came,
    outages_of,
    take,
    write,
    write_down,
)

MINUTE = timedelta(minutes=1)


def a_throttle(family: str = "gmail.com", **fields: object) -> Throttle:
    given = {"failures": 1, "until": NOW + MINUTE, "reason": "421 slowly", "set_at": NOW, "set_by": "the sender"}
    return Throttle(**{"family": family} | given | fields)


def test_what_was_tried_and_what_is_in_hand_count_for_their_relay(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 6)
        owner = an_owner(connection)
        assert limits.count_through(connection, RELAY, NOW - MINUTE, NOW) == 0
        early, late, unused, _ = take(connection, mailing, owner, limit=4)
        later = Deferred(reply=Reply(code=451))
        write_down(
            connection,
            owner,
            came(early, started_at=NOW - MINUTE),
            came(late, Event.DEFERRED, later, started_at=NOW - MINUTE + SECOND),
            came(unused, Event.UNUSED, None),
        )
        # A minute ago exactly is over; what was not tried counts for nothing, what is in hand may leave at any moment.
        assert limits.count_through(connection, RELAY, NOW - MINUTE, NOW) == 2
        assert limits.count_through(connection, RELAY, NOW, NOW) == 1
        assert limits.count_through(connection, "another.example", NOW - MINUTE, NOW) == 0


def test_what_a_machine_with_another_clock_has_tried_counts(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 2)
        owner = an_owner(connection)
        first, second = take(connection, mailing, owner)
        write_down(connection, owner, came(first, started_at=NOW + 2 * SECOND))
        write_down(connection, owner, came(second, started_at=NOW + timedelta(hours=1)))  # that clock was wrong
        assert limits.count_through(connection, RELAY, NOW - MINUTE, NOW) == 1
        assert limits.count_to(connection, "example.org", NOW - MINUTE, NOW, relays=[RELAY]) == 1
        asked = a_throttle(set_at=NOW + 2 * SECOND, until=NOW + 3 * SECOND)
        wrong = a_throttle("mail.ru", set_at=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2))
        for throttle in (asked, wrong):
            limits.set_throttle(connection, throttle)
        assert limits.current_throttles(connection, NOW) == [asked]


def test_what_was_tried_and_what_is_in_hand_count_for_their_provider(store: Store) -> None:
    with store.transaction() as connection:
        mailing = a_mailing(connection)
        domains = ("gmail.com", "googlemail.com", "example.org")
        copies = [
            a_copy(number, address=Address(local=f"p{number}", domain=domain))
            for number, domain in enumerate(domains, start=1)
        ]
        write(connection, mailing, copies)
        owner = an_owner(connection)
        first, *_ = take(connection, mailing, owner)
        assert limits.in_hand_to(connection, "gmail.com") == 2
        write_down(connection, owner, came(first))
        assert limits.in_hand_to(connection, "gmail.com") == 1
        assert limits.count_to(connection, "gmail.com", NOW - MINUTE, NOW, relays=[RELAY]) == 2
        assert limits.count_to(connection, "gmail.com", NOW, NOW, relays=[RELAY]) == 1
        assert limits.count_to(connection, "example.org", NOW, NOW, relays=[RELAY]) == 1
        assert limits.count_to(connection, "gmail.com", NOW - MINUTE, NOW, relays=["another.example"]) == 1  # in hand
        assert limits.count_to(connection, "googlemail.com", NOW - MINUTE, NOW, relays=[RELAY]) == 0


def test_a_relay_is_new_until_its_first_attempt(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 2)
        owner = an_owner(connection)
        first, second = take(connection, mailing, owner)
        assert limits.first_use(connection, RELAY) is None
        write_down(connection, owner, came(second, started_at=NOW + MINUTE))
        write_down(connection, owner, came(first))
        assert limits.first_use(connection, RELAY) == NOW
        assert limits.first_use(connection, "another.example") is None


def test_a_provider_gets_nothing_until_its_end_or_until_it_is_lifted(store: Store) -> None:
    with store.transaction() as connection:
        assert limits.current_throttles(connection, NOW) == []
        assert limits.throttle_of(connection, "gmail.com") is None
        forever, timed = a_throttle("mail.ru", until=None, failures=0), a_throttle()
        for one in (forever, timed):
            limits.set_throttle(connection, one)
        assert limits.current_throttles(connection, NOW + MINUTE - SECOND) == [timed, forever]
        assert limits.current_throttles(connection, NOW + MINUTE) == [forever]
        assert limits.throttle_of(connection, "gmail.com") == timed  # over, and remembered
        longer = a_throttle(until=NOW + 2 * MINUTE, failures=2)
        limits.set_throttle(connection, longer)
        assert limits.throttle_of(connection, "gmail.com") == longer
        assert limits.lift_throttles(connection, ["mail.ru", "yahoo.com"]) == 1
        assert limits.current_throttles(connection, NOW) == [longer]


def test_what_a_person_has_decided_only_a_person_changes_before_its_end(store: Store) -> None:
    with store.transaction() as connection:
        assert limits.set_throttle(connection, a_throttle())
        by_hand = a_throttle(failures=0, set_by="secretary")
        assert limits.set_throttle(connection, by_hand)
        assert not limits.set_throttle(connection, a_throttle(until=NOW + 9 * MINUTE))
        limits.end_throttles(connection, ["gmail.com"])
        assert limits.throttle_of(connection, "gmail.com") == by_hand
        assert limits.set_throttle(connection, a_throttle(set_at=NOW + MINUTE, until=NOW + 9 * MINUTE))
        limits.end_throttles(connection, ["gmail.com", "mail.ru"])
        assert limits.throttle_of(connection, "gmail.com") is None
        forever = a_throttle(failures=0, until=None)
        assert limits.set_throttle(connection, forever)
        assert not limits.set_throttle(connection, a_throttle(set_at=NOW + timedelta(days=99)))
        assert limits.throttle_of(connection, "gmail.com") == forever


def test_an_outage_is_noted_once_and_ends_once(store: Store) -> None:
    with store.transaction() as connection:
        outages.end(connection, NOW)
        assert outages.open_now(connection) is None
        for minute in range(3):
            outages.begin(connection, NOW + minute * MINUTE, "refused")
        assert outages_of(connection) == [(NOW, None)]
        assert outages.open_now(connection) == "refused"
        outages.end(connection, NOW + 5 * MINUTE)
        assert outages.open_now(connection) is None
        outages.end(connection, NOW + 9 * MINUTE)
        over = (NOW, NOW + 5 * MINUTE)
        assert outages_of(connection) == [over]
        outages.begin(connection, NOW + 20 * MINUTE, "refused")
        assert outages_of(connection) == [over, (NOW + 20 * MINUTE, None)]
