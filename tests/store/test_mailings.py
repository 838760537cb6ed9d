"""Mailings, their editions and their frozen circulation; revisions of issues; senders."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from mailer.domain.circulation import Judged, candidates, judge
from mailer.domain.entitlement import Audience
from mailer.domain.mailing import MailingState
from mailer.domain.membership import FeeSchedule
from mailer.domain.ports import RawFile
from mailer.store import Store, circulations, issues, mailings, plans, tests_sent
from mailer.store.copies.frozen import add_decisions
from mailer.store.ledger import owners
from mailer.store.mailings import StoredEdition
from tests.builders import a_membership, a_payment, a_register, a_season, a_seat
from tests.store.rows import NEWSLETTER, NOW, SERIAL, a_mailing, a_mailing_of, a_revision, an_owner, take

MINUTE = timedelta(minutes=1)
EDITIONS = [
    StoredEdition(language="ru", variant="none", digest="d1", body=b"\x00\xff"),
    StoredEdition(language="en", variant="none", digest="d2", body=b"words"),
]


def everybody(**paid: bool) -> list[Judged]:
    """A judgement of P001 and P002, who have paid or not."""
    parts = []
    for person, has in paid.items():
        parts += [a_membership(person), a_seat(person, person), *([a_payment(person)] if has else [])]
    day = date(2018, 7, 12)
    audience = Audience(date=day, circulations=("club",), grace_days=0, default_language="en", languages=("en", "ru"))
    return list(judge(candidates(a_register(*parts), day), audience, FeeSchedule(seasons=(a_season(2018),))).values())


# --- mailings ---------------------------------------------------------------------------------------------------------


def test_a_mailing_comes_back_as_it_was_made(store: Store) -> None:
    with store.transaction() as connection:
        identity = a_mailing(connection, MailingState.PLANNED, due_at=NOW, approved_hash="x", approval_required=True)
        found = mailings.mailing(connection, identity)
        assert (found.state, found.issue, found.supplement) == (MailingState.PLANNED, "bulletin/253", 0)
        assert (found.due_at, found.planned_at, found.approved_at) == (NOW, NOW, None)
        assert not found.is_approved
        assert mailings.letterhead_of(connection, identity) == {"sender": "x"}


def test_mailings_are_found_by_issue_and_by_state(store: Store) -> None:
    with store.transaction() as connection:
        second = a_mailing(connection, MailingState.SENDING, supplement=1, planned_at=NOW)
        first = a_mailing(connection, MailingState.CLOSED, planned_at=NOW + MINUTE)
        other = a_mailing(connection, MailingState.SENDING, serial=254, content_hash="h2", planned_at=NOW - MINUTE)
        assert [one.id for one in mailings.mailings_of(connection, NEWSLETTER, SERIAL)] == [first, second]
        assert [one.id for one in mailings.mailings_in(connection, [MailingState.SENDING])] == [other, second]
        assert mailings.mailings_in(connection, []) == []


def test_the_mailing_before_is_that_of_an_earlier_issue_and_no_supplement(store: Store) -> None:
    with store.transaction() as connection:
        first = a_mailing(connection, serial=250, content_hash="h1")
        a_mailing(connection, serial=250, content_hash="h1", supplement=1)
        a_mailing(connection, serial=251, content_hash="h2", newsletter="another")
        a_mailing(connection)
        assert mailings.previous_mailing(connection, NEWSLETTER, SERIAL) == first
        assert mailings.previous_mailing(connection, NEWSLETTER, 250) is None


def test_a_mailing_is_moved_once_from_the_state_it_was_read_in(store: Store) -> None:
    with store.transaction() as connection:
        identity = a_mailing(connection, MailingState.PLANNED, starts_at=None)
        read = mailings.mailing(connection, identity)
        assert mailings.move(connection, read, MailingState.HELD, held_reason="missed_window")
        assert not mailings.move(connection, read, MailingState.SENDING, starts_at=NOW)
        held = mailings.mailing(connection, identity)
        assert (held.state, held.held_reason) == (MailingState.HELD, "missed_window")
        assert mailings.move(connection, held, MailingState.SENDING, starts_at=NOW)
        assert mailings.mailing(connection, identity).held_reason is None


def test_a_plan_is_forgotten_with_all_that_belongs_to_it(store: Store) -> None:
    with store.transaction() as connection:
        identity, _ = a_mailing_of(connection, 2, state=MailingState.PLANNED)
        add_decisions(connection, identity, everybody(P001=True, P002=False))
        mailings.add_editions(connection, identity, EDITIONS)
        plans.discard(connection, identity)
        assert plans.any_draft(connection)
        while plans.clear(connection, 1):
            pass
        assert not plans.any_draft(connection)
        assert mailings.mailings_of(connection, NEWSLETTER, SERIAL) == []
        assert circulations.decisions(connection, [identity]) == []
        a_mailing(connection)


def test_editions_come_back_byte_for_byte_in_order(store: Store) -> None:
    with store.transaction() as connection:
        identity = a_mailing(connection)
        mailings.add_editions(connection, identity, EDITIONS)
        mailings.add_editions(connection, identity, [])
        assert mailings.editions_of(connection, identity) == EDITIONS[::-1]


# --- the frozen circulation -------------------------------------------------------------------------------------------


def test_everybody_is_frozen_on_one_side(store: Store) -> None:
    with store.transaction() as connection:
        identity = a_mailing(connection)
        add_decisions(connection, identity, everybody(P001=True, P002=False))
        add_decisions(connection, identity, [])
        recipient, excluded = circulations.decisions(connection, [identity])
        assert (recipient.person, recipient.decision, recipient.reason, recipient.rule) == (
            "P001",
            "recipient",
            "paid",
            6,
        )
        assert recipient.evidence == ("2018-01-01 to 2018-12-31: 50000 RUB, paid in full",)
        assert (recipient.editions, recipient.paid_until) == (("en",), date(2018, 12, 31))
        assert (excluded.person, excluded.decision, excluded.reason, excluded.editions) == (
            "P002",
            "excluded",
            "unpaid",
            (),
        )


def test_nobody_is_frozen_twice_in_one_mailing(store: Store) -> None:
    with store.transaction() as connection:
        identity = a_mailing(connection)
        add_decisions(connection, identity, everybody(P001=True))
    with pytest.raises(IntegrityError), store.transaction() as connection:
        add_decisions(connection, identity, everybody(P001=True))


def test_of_several_mailings_the_latest_decision_counts(store: Store) -> None:
    with store.transaction() as connection:
        first, second = a_mailing(connection), a_mailing(connection, supplement=1)
        add_decisions(connection, first, everybody(P001=True, P002=False, P003=False))
        add_decisions(connection, second, everybody(P002=True))
        decided = circulations.decisions(connection, [first, second])
        assert [(one.person, one.reason) for one in decided] == [("P001", "paid"), ("P002", "paid"), ("P003", "unpaid")]
        assert circulations.decisions(connection, []) == []


def test_a_test_mailing_is_of_exactly_these_hashes(store: Store) -> None:
    with store.transaction() as connection:
        hashes = {"content_hash": "c", "editions_hash": "e"}
        tests_sent.record_test(connection, newsletter=NEWSLETTER, serial=SERIAL, now=NOW, messages=2, **hashes)
        assert tests_sent.was_tested(connection, "c", "e")
        assert not tests_sent.was_tested(connection, "c", "other")
        assert not tests_sent.was_tested(connection, "other", "e")


# --- issues -----------------------------------------------------------------------------------------------------------


def test_revisions_are_counted_and_the_latest_is_found(store: Store) -> None:
    with store.transaction() as connection:
        assert [a_revision(connection, content_hash) for content_hash in ("h1", "h2")] == [1, 2]
        assert a_revision(connection, "h3", serial=254) == 1
        assert a_revision(connection, "h4", newsletter="another") == 1
        latest = issues.latest_revision(connection, NEWSLETTER, SERIAL)
        assert (latest.content_hash, latest.revision, latest.languages) == ("h2", 2, ("en", "ru"))
        assert (latest.date, latest.title, latest.pulled_at) == (date(2018, 7, 12), "A title in en", NOW)
        planned = mailings.mailing(connection, a_mailing(connection, content_hash="h1"))
        assert issues.revision_of(connection, planned) == replace(latest, content_hash="h1", revision=1)
        every = [(one.newsletter, one.content_hash) for one in issues.latest_revisions(connection)]
        assert every == [("another", "h4"), (NEWSLETTER, "h2"), (NEWSLETTER, "h3")]
        assert [one.content_hash for one in issues.latest_revisions(connection, NEWSLETTER)] == ["h2", "h3"]
        assert issues.latest_revision(connection, NEWSLETTER, 1) is None


def test_files_are_kept_byte_for_byte(store: Store) -> None:
    with store.transaction() as connection:
        a_revision(connection)
        assert issues.files_of(connection, "hash") == (
            RawFile(name="en.md", content=b"words"),
            RawFile(name="ru.md", content=b"\x00\xff"),
        )


def test_content_that_comes_back_is_kept_once_and_is_the_latest_again(store: Store) -> None:
    with store.transaction() as connection:
        assert [a_revision(connection, content_hash) for content_hash in ("h1", "h2", "h1")] == [1, 2, 3]
        assert issues.latest_revision(connection, NEWSLETTER, SERIAL).content_hash == "h1"
        assert len(issues.files_of(connection, "h1")) == 2


# --- senders and the scheduler's lease --------------------------------------------------------------------------------


def test_a_sender_with_copies_in_hand_is_known_by_its_lock(store: Store) -> None:
    with store.transaction() as connection:
        mailing, _ = a_mailing_of(connection, 1)
        busy, _idle = an_owner(connection, 1), an_owner(connection, 2)
        assert owners.owners_with_copies(connection) == []
        take(connection, mailing, busy)
        [found] = owners.owners_with_copies(connection)
        assert (found.id, found.host, found.boot_id, found.pid, found.lock) == (
            busy,
            "host",
            "boot",
            1,
            "mailer-1",
        )
