"""A pulled issue of which nothing was approved or left can be taken back; any other stays."""

import pytest
from sqlalchemy import func, select

from mailer.app.installation import App
from mailer.domain.errors import NotFound, Refused
from mailer.domain.remedy import Action
from mailer.domain.shelf import Finding
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.drop import drop_issue, find_drop
from mailer.pipeline.issues.shelf import listing
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.pause import cancel_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.store.schema import deliveries, history, mailings, recipients, revision_files, revisions
from tests.club import ISSUE, LETTER, Club, import_register, make_ready, members, pull_issues
from tests.pipeline.relayed import deliver

MISTYPED = IssueName(newsletter=LETTER, serial=410)


def pulled_as(app: App, club: Club, serial: int) -> list[tuple[Finding, str]]:
    club.write_issue(serial=serial)
    return [(pulled.finding, pulled.issue) for pulled in pull_issues(app)]


def counts(app: App) -> list[int]:
    tables = (revisions, revision_files, mailings, deliveries, recipients)
    with app.store.reading() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]


def test_a_mistyped_serial_is_taken_back_and_the_right_one_accepted(app: App, club: Club) -> None:
    assert pulled_as(app, club, 410) == [(Finding.STORED, str(MISTYPED))]
    club.write_issue(more="One more sentence.", serial=410)
    pull_issues(app)
    assert pulled_as(app, club, 41) == [(Finding.REFUSED, str(ISSUE))]
    dropped = drop_issue(app.context, MISTYPED)
    assert (dropped.revisions, dropped.copies, dropped.folder) == (2, 0, "2018-07")
    assert counts(app) == [0, 0, 0, 0, 0]
    assert pulled_as(app, club, 41) == [(Finding.STORED, str(ISSUE))]
    with app.store.reading() as connection:
        row = connection.execute(select(history).where(history.c.verb == "drop")).one()
    assert (row.subject, row.who) == (str(MISTYPED), app.context.who)


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_plan_goes_with_its_issue(app: App, club: Club, cancelled: bool) -> None:
    import_register(app, members(3))
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    if cancelled:
        cancel_mailing(app.context, ISSUE)
    assert find_drop(app.context, ISSUE).copies == 3
    drop_issue(app.context, ISSUE)
    assert counts(app) == [0, 0, 0, 0, 0]
    assert pulled_as(app, club, 41) == [(Finding.STORED, str(ISSUE))]
    assert plan_mailing(app.context, ISSUE).copies == 3


def test_while_the_folder_lies_there_the_issue_is_pulled_again(app: App) -> None:
    pull_issues(app)
    drop_issue(app.context, ISSUE)
    [pulled] = pull_issues(app)
    assert (pulled.finding, pulled.line) == (Finding.STORED, "revision 1, en")


def test_an_approval_keeps_the_issue(app: App) -> None:
    make_ready(app, members(2))
    before = counts(app)
    with pytest.raises(Refused, match="is approved") as refusal:
        drop_issue(app.context, ISSUE)
    assert refusal.value.remedies == (Action.WITHDRAW.of(ISSUE),)
    assert counts(app) == before
    withdraw_approval(app.context, ISSUE)
    drop_issue(app.context, ISSUE)


def test_an_approval_that_was_cancelled_does_not(app: App) -> None:
    make_ready(app, members(2))
    cancel_mailing(app.context, ISSUE)
    assert drop_issue(app.context, ISSUE).copies == 2


def test_an_issue_that_is_being_sent_or_has_been_stays(app: App) -> None:
    make_ready(app, members(2))
    send_mailing(app.context, ISSUE)
    for step in (lambda: None, lambda: deliver(app)):
        step()
        with pytest.raises(Refused):
            drop_issue(app.context, ISSUE)
    assert [shelved.issue for shelved in listing(app.context)] == [str(ISSUE)]


def test_an_issue_that_was_not_pulled_is_not_there(app: App) -> None:
    with pytest.raises(NotFound):
        drop_issue(app.context, MISTYPED)


def test_plan_and_approve_repeat_what_looks_wrong(app: App, club: Club) -> None:
    import_register(app, members(2))
    club.write_issue(day="2018-10-12")
    [pulled] = pull_issues(app)
    note = f"{ISSUE}: its date 2018-10-12 is 92 days after today; this date decides who receives the issue"
    assert pulled.warnings == (note,)
    assert note in map(str, plan_mailing(app.context, ISSUE).warnings)
    assert note in map(str, approve_mailing(app.context, ISSUE).warnings)
