"""Progress is counted from the rows, and a report that does not balance is an error."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Table, delete, update

from mailer.app.installation import App
from mailer.domain.errors import MailerError, NotFound
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import (
    distribution_report,
    issue_progress,
    progress_of_all,
    unaccepted_copies,
    was_tested,
)
from mailer.pipeline.mailings.schedule import hold_missed
from mailer.pipeline.mailings.steps import first_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.store import mailings, tests_sent
from mailer.store.schema import deliveries, exclusions, recipients
from tests.club import (
    ISSUE,
    LETTER,
    THURSDAY,
    Club,
    Member,
    begin,
    import_register,
    make_ready,
    members,
    pull_issues,
    states,
)
from tests.doubles import FrozenClock
from tests.pipeline.relayed import LATER, LOST, NEVER, claim, deliver

PEOPLE = [*members(5), Member(number=6, paid=0), Member(number=7, more={"circulation": "archive"})]
MOODS = {PEOPLE[0].email: LATER, PEOPLE[1].email: NEVER, PEOPLE[2].email: LOST}


# --- the report -------------------------------------------------------------------------------------------------------


def test_the_report_accounts_for_everybody_and_every_copy(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app, MOODS)
    told = distribution_report(app.context, ISSUE)
    assert (told.issue, told.state) == (str(ISSUE), MailingState.SENDING)
    assert (told.balance.considered, told.balance.recipients, told.balance.copies) == (7, 5, 5)
    assert told.balance.excluded == {"not_in_circulation": 1, "unpaid": 1}
    assert told.balance.deliveries == {
        "pending": 1,
        "sending": 0,
        "accepted": 2,
        "rejected": 1,
        "uncertain": 1,
        "held": 0,
        "cancelled": 0,
        "bounced": 0,
    }
    assert told.balance.balanced
    assert [one.person for one in told.open_copies] == ["P001", "P002", "P003"]
    assert [one.person for one in told.decisions] == [one.person for one in PEOPLE]
    assert told.gained == ()
    assert [one.person for one in unaccepted_copies(app.context, ISSUE).copies] == ["P001", "P002", "P003"]


def test_who_became_entitled_after_the_freeze_is_named(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [replace(PEOPLE[5], paid=50000), *members(1, first=9)])
    told = distribution_report(app.context, ISSUE)
    assert [one.person for one in told.gained] == ["P006", "P009"]
    assert told.balance.considered == 7


def test_supplements_are_added_up_and_a_person_counts_once(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    import_register(app, [replace(PEOPLE[5], paid=50000), *members(1, first=9)])
    send_supplement(app.context, ISSUE)
    told = distribution_report(app.context, ISSUE)
    assert told.state is MailingState.SENDING
    assert (told.balance.considered, told.balance.recipients, told.balance.copies) == (8, 7, 7)
    assert told.balance.excluded == {"not_in_circulation": 1}
    deliver(app)
    assert distribution_report(app.context, ISSUE).state is MailingState.CLOSED


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (deliveries, "P003 Reader003 should have a copy in en and has none"),
        (recipients, "P003 Reader003 has a copy in en without a decision"),
    ],
)
def test_a_report_that_does_not_balance_is_an_error(app: App, table: Table, says: str) -> None:
    begin(app, PEOPLE)
    with app.store.transaction() as connection:
        connection.execute(delete(table).where(table.c.person == "P003"))
    with pytest.raises(MailerError, match=rf"the report of harbour-letter/41 DOES NOT BALANCE: {says}\. Stop sending"):
        distribution_report(app.context, ISSUE)


def test_nobody_is_on_both_sides(app: App) -> None:
    begin(app, PEOPLE)
    with app.store.transaction() as connection:
        connection.execute(update(exclusions).where(exclusions.c.person == "P006").values(person="P003"))
    with pytest.raises(MailerError, match=r"DOES NOT BALANCE: P003 Reader003 is a recipient and excluded"):
        distribution_report(app.context, ISSUE)


def test_an_issue_without_a_plan_has_no_report(app: App) -> None:
    with pytest.raises(NotFound, match="has not been pulled"):
        distribution_report(app.context, ISSUE)
    pull_issues(app)
    for verb in (distribution_report, issue_progress):
        with pytest.raises(NotFound, match="has no plan"):
            verb(app.context, ISSUE)
    assert progress_of_all(app.context) == []


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_is_counted_from_the_rows(app: App, clock: FrozenClock) -> None:
    begin(app, PEOPLE)
    before = issue_progress(app.context, ISSUE)
    assert (before.copies, before.done, before.per_second, before.seconds_left) == (5, 0, 0.0, None)
    deliver(app, MOODS)
    after = issue_progress(app.context, ISSUE)
    assert (after.copies, after.done, after.state) == (5, 4, MailingState.SENDING)
    assert after.per_second == round(5 / 30, 3)
    assert after.seconds_left == 6.0
    assert after.next_at == THURSDAY + timedelta(minutes=5)
    assert sum(after.counts.values()) == after.copies
    clock.advance(seconds=31)
    assert (issue_progress(app.context, ISSUE).per_second, issue_progress(app.context, ISSUE).seconds_left) == (
        0.0,
        None,
    )
    clock.advance(minutes=5)
    deliver(app)
    done = issue_progress(app.context, ISSUE)
    assert (done.done, done.seconds_left, done.state, done.next_at) == (5, 0.0, MailingState.CLOSED, None)


def test_what_is_in_hand_is_not_done(app: App) -> None:
    begin(app, PEOPLE)
    claim(app)
    assert states(app) == {"sending": 5}
    assert issue_progress(app.context, ISSUE).done == 0


def test_what_holds_a_mailing_is_told(app: App) -> None:
    make_ready(app, PEOPLE)
    with app.store.transaction() as connection:
        first = first_mailing(connection, ISSUE)
        mailings.change(connection, first.id, due_at=THURSDAY)
        hold_missed(connection, app.context, first)
    found = issue_progress(app.context, ISSUE)
    assert (found.state, found.held_reason, found.due_at) == (MailingState.HELD, "missed_window", THURSDAY)


def test_every_planned_issue_is_listed_once(app: App, club: Club, clock: FrozenClock) -> None:
    begin(app, PEOPLE)
    deliver(app)
    import_register(app, members(1, first=9))
    send_supplement(app.context, ISSUE)
    club.write_issue(serial=42, number=8)
    pull_issues(app)
    clock.advance(hours=1)
    plan_mailing(app.context, replace(ISSUE, serial=42))
    assert [(one.issue, one.state, one.copies) for one in progress_of_all(app.context)] == [
        (f"{LETTER}/41", "sending", 6),
        (f"{LETTER}/42", "planned", 6),
    ]


def test_whether_exactly_this_was_tested(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    assert not was_tested(app.context, ISSUE)
    with app.store.transaction() as connection:
        first = first_mailing(connection, ISSUE)
        hashes = {"content_hash": first.content_hash, "editions_hash": first.editions_hash}
        tests_sent.record_test(connection, newsletter=LETTER, serial=41, now=THURSDAY, messages=1, **hashes)
    assert was_tested(app.context, ISSUE)
