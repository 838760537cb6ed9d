"""An approval is void when anything has changed that the copies were made from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.address import Address
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.domain.newsletter import InsertShow
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.club import (
    ISSUE,
    Club,
    begin,
    make_ready,
    pull_issues,
)
from tests.pipeline.mailings.planned import PEOPLE, history_of, other_template, planned, with_newsletter
from tests.pipeline.relayed import claim, the_mailings


def other_fees(context: Context, _tmp_path: Path) -> Context:
    [season] = context.fees.seasons
    return replace(context, fees=replace(context.fees, seasons=(season, replace(season, year=2019))))


CHANGES: dict[str, Callable[[Context, Path], Context]] = {
    "template": other_template,
    "fees": other_fees,
    "reply_to": lambda context, _: with_newsletter(context, reply_to=Address(local="other", domain="club.example")),
    "name": lambda context, _: with_newsletter(context, name="Another Letter"),
    "subject": lambda context, _: with_newsletter(context, subject="{name}: {title}"),
    "classification": lambda context, _: with_newsletter(context, classification="Secret"),
    "signature": lambda context, _: with_newsletter(context, insert_signature="Yours"),
    "show": lambda context, _: with_newsletter(context, insert_show=InsertShow.WHEN_DUE),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_what_went_into_it_voids_an_approval(app: App, change, tmp_path: Path) -> None:
    planned(app)
    changed = change(app.context, tmp_path)
    with pytest.raises(Refused, match=r"settings changed since it was planned") as refused:
        approve_mailing(changed, ISSUE)
    assert refused.value.remedies == (Action.PLAN.of(ISSUE),)
    approve_mailing(app.context, ISSUE)
    with pytest.raises(
        Refused, match=r"the approval of harbour-letter/41 is void: .*; plan, test and approve it again"
    ):
        send_mailing(changed, ISSUE)
    [found] = the_mailings(app)
    assert (found.state, found.approved_hash, found.approved_by) == (MailingState.PLANNED, None, None)
    assert [verb for _, verb, _ in history_of(app, "withdraw", "send")] == ["withdraw"]
    # Restoring the old settings does not restore the approval.
    with pytest.raises(Refused, match="is not approved"):
        send_mailing(app.context, ISSUE)


def test_once_planned_and_approved_anew_the_change_goes_out(app: App, tmp_path: Path) -> None:
    changed = other_template(app.context, tmp_path)
    make_ready(app, PEOPLE)
    plan_mailing(changed, ISSUE)
    approve_mailing(changed, ISSUE)
    assert send_mailing(changed, ISSUE).copies == 3


def test_without_an_approval_to_void_a_changed_plan_is_refused_all_the_same(app: App) -> None:
    context = with_newsletter(app.context, approval_required=False)
    pull_issues(app)
    plan_mailing(context, ISSUE)
    with pytest.raises(Refused, match="settings changed since it was planned") as refused:
        send_mailing(with_newsletter(context, classification="Secret"), ISSUE)
    assert refused.value.remedies == (Action.PLAN.of(ISSUE),)


def test_an_edited_issue_is_not_what_was_planned(app: App, club: Club) -> None:
    planned(app)
    club.write_issue(more="One more sentence.")
    pull_issues(app)
    with pytest.raises(Refused, match="the issue was edited since it was planned"):
        approve_mailing(app.context, ISSUE)
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)


def test_a_change_that_no_reader_sees_voids_nothing(app: App) -> None:
    make_ready(app, PEOPLE)
    other = with_newsletter(app.context, undo_minutes=3, editors=(Address(local="new", domain="club.example"),))
    assert send_mailing(other, ISSUE).copies == 3


def test_a_change_after_the_send_changes_no_message(app: App, tmp_path: Path) -> None:
    begin(app, PEOPLE)
    changed = replace(
        app, context=with_newsletter(other_template(app.context, tmp_path), name="Another Letter", subject="x")
    )
    works = claim(changed)
    assert len(works) == 3
    assert not any(b"\r\nSubject: x\r\n" in work.message for work in works)
    assert all(b"Another Letter" not in work.message and b"The Harbour Letter" in work.message for work in works)
