"""Where a newsletter asks for two people, who approved does not send: as a user, as a login, and over a supplement."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.domain.user import User
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.schedule import begin_if_due
from mailer.pipeline.mailings.send import begin_mailing, find_sendable, review_send, send_mailing
from mailer.pipeline.mailings.steps import first_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.store import users
from tests.club import ISSUE, THURSDAY, Club, import_register, members, pull_issues
from tests.doubles import FrozenClock

As = Callable[[str], Context]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """A club whose newsletter asks for two people, with a planned issue and the user Anna, whose login is anna.k."""
    club = Club.found(tmp_path, {"approval": {"four_eyes": True}})
    with club.opened(FrozenClock(THURSDAY)) as app:
        import_register(app, members(2))
        pull_issues(app)
        plan_mailing(app.context, ISSUE)
        with app.store.transaction() as connection:
            users.add(connection, User(id=0, name="Anna", role=Role.SECRETARY, login="anna.k"), "")
        yield app


@pytest.fixture
def by(app: App) -> As:
    return lambda who: replace(app.context, who=who)


@pytest.mark.parametrize(("approver", "sender"), [("Anna", "Anna"), ("Anna", "anna.k"), ("anna.k", "Anna")])
def test_one_person_does_not_do_both(app: App, by: As, approver: str, sender: str) -> None:
    approve_mailing(by(approver), ISSUE)
    with pytest.raises(Refused, match=f"was approved by {approver}, and another person must send it"):
        find_sendable(by(sender), ISSUE)
    with pytest.raises(Refused, match="another person"):
        send_mailing(by(sender), ISSUE)
    refusal = review_send(by(sender), ISSUE).refusal
    assert "another person must send it" in str(refusal)
    with app.store.reading() as connection:
        assert first_mailing(connection, ISSUE).state is MailingState.APPROVED


def test_two_people_do(by: As) -> None:
    approve_mailing(by("Anna"), ISSUE)
    assert review_send(by("Boris"), ISSUE).refusal is None
    assert send_mailing(by("Boris"), ISSUE).copies == 2


def test_the_schedule_sends_what_a_person_approved(app: App, by: As) -> None:
    approve_mailing(by("Anna"), ISSUE)
    daemon = replace(by("daemon"), clock=FrozenClock(THURSDAY + timedelta(days=1)))
    with app.store.reading() as connection:
        mailing = first_mailing(connection, ISSUE)
    assert not begin_if_due(by("daemon"), mailing)  # its time is settled now
    with app.store.reading() as connection:
        mailing = first_mailing(connection, ISSUE)
    assert begin_if_due(daemon, mailing)


def test_an_approval_that_changed_hands_meanwhile_counts_as_it_is(app: App, by: As) -> None:
    approve_mailing(by("Boris"), ISSUE)
    mailing = find_sendable(by("Anna"), ISSUE)
    withdraw_approval(by("Boris"), ISSUE)
    approve_mailing(by("Anna"), ISSUE)
    with pytest.raises(Refused, match="another person"):
        begin_mailing(by("Anna"), mailing)


def test_a_supplement_is_not_sent_by_the_one_who_approved_the_issue(app: App, by: As) -> None:
    approve_mailing(by("Anna"), ISSUE)
    send_mailing(by("Boris"), ISSUE)
    import_register(app, members(1, first=3))
    with pytest.raises(Refused, match="approved by Anna, and another person"):
        send_supplement(by("anna.k"), ISSUE)
    start = send_supplement(by("Boris"), ISSUE)
    assert start is not None
    assert start.copies == 1


def test_without_the_setting_one_person_does_both(tmp_path: Path) -> None:
    club = Club.found(tmp_path)
    with club.opened(FrozenClock(THURSDAY)) as app:
        import_register(app, members(2))
        pull_issues(app)
        plan_mailing(app.context, ISSUE)
        approve_mailing(app.context, ISSUE)
        assert send_mailing(app.context, ISSUE).copies == 2
