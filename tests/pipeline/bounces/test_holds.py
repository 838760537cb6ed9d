"""An address at which enough issues failed is held, nothing more is written there, and a person lifts that again."""

import pytest

from mailer.app.installation import App, reload
from mailer.domain.bounce import RawReport, Way
from mailer.domain.delivery import Rejected, Reply, State
from mailer.domain.errors import BadInput, NotFound
from mailer.domain.mailing import MailingState
from mailer.pipeline.bounces import holds
from mailer.pipeline.bounces.ingest import ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.pause import resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.mailings.why import explain_entitlement
from mailer.store import history, mailings, tests_sent
from mailer.store.copies import deliveries
from tests.club import ISSUE, LETTER, Club, copies, import_register, members, pull_issues, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import ACCEPTED, NEVER, answer, claim, deliver, the_mailings
from tests.reported import (
    FILTER,
    FULL,
    LATE,
    LISTED,
    SILENT,
    SPAM,
    UNKNOWN,
    UNSIGNED,
    bounce,
    come,
    come_back,
    complaint,
    path_of,
)

PEOPLE = members(60)
ANNA = PEOPLE[0]


def held(app: App) -> list[tuple[str, str]]:
    return [(one.address, str(one.reason)) for one, _ in holds.listing(app.context)]


def next_issue(
    app: App, club: Club, clock: FrozenClock, number: int, *, days: float = 0, **answers: object
) -> IssueName:
    """A further issue goes out, so many days later."""
    clock.advance(days=days)
    club.write_issue(serial=41 + number, number=7 + number)
    pull_issues(app)
    name = IssueName(newsletter=LETTER, serial=41 + number)
    plan_mailing(app.context, name)
    approve_mailing(app.context, name)
    send_mailing(app.context, name)
    deliver(app, answers)
    return name


def came_back(app: App, name: IssueName, person: str) -> RawReport:
    copy = next(one for one in list_deliveries(app.context, name, None) if one.person == person)
    path = path_of(app, copy)
    content = bounce(path, copy.address, UNKNOWN, message_id=copy.message_id)
    return RawReport(content=content, recipient=path, way=Way.LISTENER)


def comes_back(app: App, name: IssueName, person: str, why) -> None:
    copy = next(one for one in list_deliveries(app.context, name, None) if one.person == person)
    path = path_of(app, copy)
    come(app, bounce(path, copy.address, why, message_id=copy.message_id), path)


# --- holding ----------------------------------------------------------------------------------------------------------


def test_an_address_that_is_dead_in_two_issues_is_held(app: App, club: Club, clock: FrozenClock) -> None:
    come_back(app, "P001")
    assert held(app) == []
    name = next_issue(app, club, clock, 1, days=30)
    comes_back(app, name, "P001", UNKNOWN)
    assert held(app) == [(ANNA.email, "address")]
    [(hold, [seat])] = holds.listing(app.context)
    assert (seat.person, seat.names["en"]) == ("P001", "Reader001")
    assert [(one.issue, one.refused, one.words) for one in hold.evidence] == [
        (f"{LETTER}/41", False, "550 5.1.1 No such user here"),
        (f"{LETTER}/42", False, "550 5.1.1 No such user here"),
    ]
    # The membership is what it was: rule 11 alone keeps the next issue away.
    answer_ = explain_entitlement(app.context, "P001", ISSUE).now
    assert (answer_.entitlement.reason, answer_.entitlement.rule) == ("address_held", 11)
    third = next_issue(app, club, clock, 2)
    assert distribution_report(app.context, third).balance.excluded == {"address_held": 1}


@pytest.mark.parametrize("newest_first", [False, True])
def test_reports_that_come_together_hold_it_as_they_would_one_by_one(
    app: App, club: Club, clock: FrozenClock, newest_first: bool
) -> None:
    issues = [ISSUE, next_issue(app, club, clock, 1, days=7)]
    first, last = reversed(issues) if newest_first else issues
    ingest(app.context, [came_back(app, name, "P001") for name in (first, last)])
    [(hold, _)] = holds.listing(app.context)
    assert [one.issue for one in hold.evidence] == [str(name) for name in issues]
    assert hold.delivery == next(one.id for one in list_deliveries(app.context, last, None) if one.person == "P001")


def test_one_report_and_a_refusal_that_confirms_it_are_enough(app: App, club: Club, clock: FrozenClock) -> None:
    come_back(app, "P001")
    next_issue(app, club, clock, 1, **{ANNA.email: NEVER})
    assert held(app) == [(ANNA.email, "address")]


def test_refusals_alone_count_like_reports(app: App, club: Club, clock: FrozenClock) -> None:
    next_issue(app, club, clock, 1, **{ANNA.email: NEVER})
    assert held(app) == []
    next_issue(app, club, clock, 2, **{ANNA.email: NEVER})
    assert held(app) == [(ANNA.email, "address")]


@pytest.mark.parametrize(("why", "issues", "days", "reason"), [(FULL, 5, 8, "mailbox"), (SILENT, 4, 5, "transport")])
def test_a_full_mailbox_and_a_lost_way_take_more_issues_and_time(
    app: App, club: Club, clock: FrozenClock, why, issues: int, days: float, reason: str
) -> None:
    come_back(app, "P001", why)
    for number in range(1, issues):
        assert held(app) == []
        comes_back(app, next_issue(app, club, clock, number, days=days), "P001", why)
    assert held(app) == [(ANNA.email, reason)]


def test_a_mailbox_that_is_found_dead_only_after_the_content_is_held_after_two_issues(
    app: App, club: Club, clock: FrozenClock
) -> None:
    come_back(app, "P001", LATE)
    assert held(app) == []
    comes_back(app, next_issue(app, club, clock, 1, days=30), "P001", LATE)
    assert held(app) == [(ANNA.email, "address")]


@pytest.mark.parametrize("why", [SPAM, UNSIGNED, LISTED, FILTER])
def test_what_is_our_fault_never_holds(app: App, club: Club, clock: FrozenClock, why) -> None:
    come_back(app, "P001", why)
    for number in range(1, 7):
        comes_back(app, next_issue(app, club, clock, number, days=30), "P001", why)
    assert held(app) == []


def test_an_accepted_copy_and_seven_quiet_days_clear_an_address(app: App, club: Club, clock: FrozenClock) -> None:
    come_back(app, "P001")
    next_issue(app, club, clock, 1, days=30)  # it arrived
    name = next_issue(app, club, clock, 2, days=30)
    comes_back(app, name, "P001", UNKNOWN)
    assert held(app) == []  # the first has lapsed


def test_what_waits_for_a_held_address_is_held_whoever_shares_it(app: App, club: Club, clock: FrozenClock) -> None:
    sharing = [*members(1, first=61, address=ANNA.email.upper()), *members(1, first=62, address=ANNA.email)]
    come_back(app, "P001")
    name = next_issue(app, club, clock, 1, days=1)
    import_register(app, [*PEOPLE, *sharing])
    send_supplement(app.context, ISSUE)
    comes_back(app, name, "P001", UNKNOWN)
    assert [copies(app)[one].held_reason for one in ("P061", "P062")] == ["address_held", "address_held"]
    assert deliver(app) == []


def test_a_copy_that_waits_when_its_address_is_held_stays(app: App, club: Club, clock: FrozenClock) -> None:
    import_register(app, [*PEOPLE, *members(1, first=61, address=ANNA.email)])
    come_back(app, "P001")
    send_supplement(app.context, ISSUE)
    with app.store.transaction() as connection:
        given = {"issue": str(ISSUE), "words": "spam", "at": clock.now()}
        holds.hold_for_complaint(connection, app.context, copies(app)["P001"], **given)
    assert (copies(app)["P061"].state, copies(app)["P061"].held_reason) == (State.HELD, "address_held")
    assert deliver(app) == []
    # A new address: the copy is owed, and goes there in place of the one that was held.
    import_register(app, [*PEOPLE, *members(1, first=61, address="new@members.example")])
    assert [one.person for one in find_missing_copies(app.context, ISSUE).people] == ["P061"]
    send_supplement(app.context, ISSUE)
    assert deliver(app) == ["new@members.example"]
    assert states(app) == {"accepted": 60, "bounced": 1, "cancelled": 1}
    assert distribution_report(app.context, ISSUE).balance.balanced


# --- lifting ----------------------------------------------------------------------------------------------------------


def test_a_lift_makes_the_issue_owed_again_and_starts_anew(app: App, club: Club, clock: FrozenClock) -> None:
    come_back(app, "P001")
    comes_back(app, next_issue(app, club, clock, 1), "P001", UNKNOWN)
    assert find_missing_copies(app.context, ISSUE).people == ()
    clock.advance(minutes=1)
    assert holds.lift(app.context, ANNA.email.upper())
    assert held(app) == []
    assert [one.person for one in find_missing_copies(app.context, ISSUE).people] == ["P001"]
    send_supplement(app.context, ISSUE)
    assert deliver(app) == [ANNA.email]
    clock.advance(minutes=1)
    come_back(app, "P001")  # it bounces once more: that is the first that counts
    assert held(app) == []
    assert find_missing_copies(app.context, ISSUE).people == ()
    with app.store.reading() as connection:
        first = deliveries.listing(connection, ISSUE.newsletter, ISSUE.serial)[0]
        entries = history.entries(connection, f"delivery {first.id}")
    assert [(one.verb, one.who) for one in entries] == [("lift", "secretary")]


def test_a_complaint_confirms_a_hold_which_then_outlives_the_breaker(app: App, club: Club, clock: FrozenClock) -> None:
    for one in PEOPLE[:5]:
        come_back(app, one.person)
    name = next_issue(app, club, clock, 1, days=10)
    for one in PEOPLE[:5]:
        comes_back(app, name, one.person, UNKNOWN)
    copy = copies(app)["P001"]
    come(app, complaint(path_of(app, copy), copy.address, message_id=copy.message_id), path_of(app, copy))
    assert held(app)[0] == (ANNA.email, "complaint")
    comes_back(app, name, "P006", UNKNOWN)  # the breaker
    assert held(app) == [(ANNA.email, "complaint")]
    with app.store.reading() as connection:
        withdrawn = next(one for one in deliveries.listing(connection, LETTER, 42) if one.person == "P002")
        assert [one.verb for one in history.entries(connection, f"delivery {withdrawn.id}")] == ["hold", "lift"]


def test_what_failed_until_the_breaker_is_owed_again_whatever_it_was(app: App, club: Club, clock: FrozenClock) -> None:
    for one in PEOPLE[:6]:
        come_back(app, one.person)
    clock.advance(minutes=1)
    come_back(app, "P007")  # after it, and its address is dead: that is this reader's own
    found = find_missing_copies(app.context, ISSUE)
    assert [one.person for one in found.people] == [f"P{number:03}" for number in range(1, 7)]
    assert [one.person for one in found.stuck] == ["P007"]


def test_an_address_with_one_failure_can_be_said_to_be_right(app: App, clock: FrozenClock) -> None:
    come_back(app, "P001", FULL)
    clock.advance(minutes=1)
    assert not holds.lift(app.context, ANNA.email)
    assert [one.person for one in find_missing_copies(app.context, ISSUE).people] == ["P001"]


def test_called_right_once_more_it_changes_something_only_if_a_copy_has_failed_since(
    app: App, club: Club, clock: FrozenClock
) -> None:
    come_back(app, "P001", FULL)
    for _ in range(2):
        clock.advance(minutes=1)
        assert not holds.lift(app.context, ANNA.email)
    assert lifts(app) == 1
    name = next_issue(app, club, clock, 1)
    comes_back(app, name, "P001", FULL)
    clock.advance(minutes=1)
    assert not holds.lift(app.context, ANNA.email)
    assert lifts(app) == 3  # of both copies
    assert [judged.person for judged in find_missing_copies(app.context, name).people] == ["P001"]


def lifts(app: App) -> int:
    with app.store.reading() as connection:
        copies_of_both = [*deliveries.listing(connection, LETTER, 41), *deliveries.listing(connection, LETTER, 42)]
        entries = [entry for copy in copies_of_both for entry in history.entries(connection, f"delivery {copy.id}")]
    return sum(entry.verb == "lift" for entry in entries)


def test_a_hold_by_hand_and_its_end_stand_in_the_history_of_the_person_without_the_address(app: App) -> None:
    holds.hold_by_hand(app.context, ANNA.email, "left")
    holds.lift(app.context, ANNA.email)
    with app.store.reading() as connection:
        entries = history.entries(connection, "P001")
    assert [(entry.verb, entry.who) for entry in entries] == [("hold", "secretary"), ("lift", "secretary")]
    assert not any(ANNA.email in entry.detail for entry in entries)


def test_what_never_failed_cannot_be_lifted(app: App) -> None:
    with pytest.raises(NotFound, match="is not held, and nothing failed there"):
        holds.lift(app.context, PEOPLE[5].email)
    with pytest.raises(BadInput):
        holds.lift(app.context, "no address")


# --- the breaker ------------------------------------------------------------------------------------------------------


def test_a_whole_issue_that_comes_back_for_our_sake_alarms_and_holds_nobody(app: App, clock: FrozenClock) -> None:
    for one in PEOPLE:
        come_back(app, one.person, UNSIGNED)
    assert states(app) == {"bounced": 60}
    assert held(app) == []
    [mailing] = the_mailings(app)
    assert (mailing.state, mailing.broken_at) == (MailingState.CLOSED, clock.now())
    # It is mended by nobody but us: then everybody is owed the issue.
    assert len(find_missing_copies(app.context, ISSUE).people) == 60


def test_many_dead_addresses_at_once_stop_the_mailing_and_withdraw_its_holds(
    app: App, club: Club, clock: FrozenClock
) -> None:
    for one in PEOPLE[:5]:
        come_back(app, one.person)
    name = next_issue(app, club, clock, 1, days=10)
    for one in PEOPLE[:5]:
        comes_back(app, name, one.person, UNKNOWN)
    assert len(held(app)) == 5
    comes_back(app, name, "P006", UNKNOWN)  # six of sixty are a tenth
    assert held(app) == []
    with app.store.reading() as connection:
        [said] = [one.detail for one in history.entries(connection, str(name)) if one.verb == "alarm"]
    assert said == "6 of 60 copies failed because their address is dead"
    assert explain_entitlement(app.context, "P001", ISSUE).now.entitlement.reason == "paid"


def test_a_mailing_that_is_refused_with_the_same_words_withdraws_its_holds_too(
    app: App, club: Club, clock: FrozenClock
) -> None:
    come_back(app, "P001")
    club.write_issue(serial=42, number=8)
    pull_issues(app)
    name = IssueName(newsletter=LETTER, serial=42)
    plan_mailing(app.context, name)
    approve_mailing(app.context, name)
    send_mailing(app.context, name)
    for work in (works := claim(app))[:5]:
        mine = work.claim.copy.person == "P001"
        answer(app, work, NEVER if mine else ACCEPTED, begun=not mine)
    assert held(app) == [(ANNA.email, "address")]
    # Words of which nobody knows whose trouble they mean: the part that failed for our sake stays small.
    for work in works[5:20]:
        answer(app, work, Rejected(reply=Reply(code=554, status="5.0.0", text="No")))
    assert "were refused with 554 5.0.0" in issue_progress(app.context, name).pause_reason
    assert held(app) == []


def test_a_mailing_under_way_is_paused_and_goes_on_when_a_person_says_so(
    app: App, club: Club, clock: FrozenClock
) -> None:
    club.write_issue(serial=42, number=8)
    pull_issues(app)
    name = IssueName(newsletter=LETTER, serial=42)
    plan_mailing(app.context, name)
    approve_mailing(app.context, name)
    send_mailing(app.context, name)
    works = claim(app)
    for work in works[:40]:
        dead = work.claim.copy.copy_number < 7
        answer(app, work, NEVER if dead else ACCEPTED, begun=not dead)
    assert issue_progress(app.context, name).state is MailingState.PAUSED
    assert "6 of 60 copies failed because their address is dead" in issue_progress(app.context, name).pause_reason
    clock.advance(minutes=1)
    resume_mailing(app.context, name)
    for work in works[40:]:
        clock.advance(seconds=1)
        dead = work.claim.copy.copy_number < 46
        answer(app, work, NEVER if dead else ACCEPTED, begun=not dead)
    # Five more are no tenth: what was counted before does not count again.
    assert issue_progress(app.context, name).state is MailingState.SENDING


def test_a_canary_wave_that_comes_back_stops_the_rest(app: App, club: Club, clock: FrozenClock) -> None:
    club.reschedule({"send": {"canary": 4, "canary_minutes": 60}})
    again = reload(app)
    club.write_issue(serial=42, number=8)
    pull_issues(again)
    name = IssueName(newsletter=LETTER, serial=42)
    plan_mailing(again.context, name)
    with again.store.transaction() as connection:
        found = mailings.mailings_of(connection, LETTER, 42)[0]
        tests_sent.record_test(
            connection,
            newsletter=LETTER,
            serial=42,
            content_hash=found.content_hash,
            editions_hash=found.editions_hash,
            now=clock.now(),
            messages=1,
        )
    approve_mailing(again.context, name)
    send_mailing(again.context, name)
    assert len(deliver(again)) == 4
    for number in range(1, 4):
        comes_back(again, name, f"P{number:03}", UNSIGNED)
    assert issue_progress(again.context, name).state is MailingState.PAUSED
    clock.advance(minutes=61)
    assert deliver(again) == []
