"""A paused mailing stops and goes on where it was; a cancelled one sends nothing more."""

import pytest

from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.domain.mailing import Cancellation
from mailer.domain.remedy import Action
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.pause import cancel_mailing, find_cancellation, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress
from mailer.pipeline.mailings.schedule import hold_missed
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.steps import first_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from tests.club import (
    ISSUE,
    begin,
    copies,
    import_register,
    members,
    reverse,
    states,
)
from tests.pipeline.mailings.planned import PEOPLE, history_of, planned, state
from tests.pipeline.relayed import ACCEPTED, answer, claim, deliver, the_mailings


def test_a_pause_keeps_everything_and_a_resume_goes_on(app: App) -> None:
    begin(app, PEOPLE)
    pause_mailing(app.context, ISSUE)
    assert (state(app), deliver(app), states(app)) == ("paused", [], {"pending": 3})
    with pytest.raises(Refused, match="is paused") as refused:
        send_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.RESUME.of(ISSUE),)
    with pytest.raises(Refused, match="is paused, not sending: there is nothing to pause"):
        pause_mailing(app.context, ISSUE)
    resume_mailing(app.context, ISSUE)
    assert len(deliver(app)) == 3
    with pytest.raises(Refused, match="is closed, not paused: there is nothing to resume"):
        resume_mailing(app.context, ISSUE)


def test_what_is_cancelled_never_goes_out(app: App) -> None:
    begin(app, PEOPLE)
    reverse(app, PEOPLE[2])
    [first, second] = claim(app)  # the third is held now
    answer(app, first, ACCEPTED)
    expected = Cancellation(issue=str(ISSUE), whole_issue=True, supplements=(), left=2, never=1)
    assert find_cancellation(app.context, ISSUE) == cancel_mailing(app.context, ISSUE) == expected
    # A copy that is claimed at that moment is settled by its sender.
    assert states(app) == {"accepted": 1, "cancelled": 1, "sending": 1}
    assert second.claim.delivery == copies(app)["P002"].id
    assert history_of(app, "cancel") == [("secretary", "cancel", "1 copies")]
    verbs = (plan_mailing, approve_mailing, withdraw_approval, send_mailing, pause_mailing, resume_mailing)
    for verb in (cancel_mailing, *verbs):
        with pytest.raises(Refused, match="is cancelled, which is final") as refused:
            verb(app.context, ISSUE)
        assert refused.value.remedies == (Action.SEND_UNSENT.of(ISSUE),)
    assert deliver(app) == []


@pytest.mark.parametrize("before", ["planned", "approved", "paused", "held"])
def test_a_mailing_can_be_cancelled_before_it_is_done(app: App, before: str) -> None:
    planned(app)
    if before != "planned":
        approve_mailing(app.context, ISSUE)
    if before == "paused":
        send_mailing(app.context, ISSUE)
        pause_mailing(app.context, ISSUE)
    if before == "held":
        miss(app)
    assert state(app) == before
    assert cancel_mailing(app.context, ISSUE).never == 3
    assert (state(app), states(app)) == ("cancelled", {"cancelled": 3})


def test_what_is_closed_cannot_be_cancelled(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    with pytest.raises(Refused, match="has been sent: nothing of it waits"):
        cancel_mailing(app.context, ISSUE)
    assert states(app) == {"accepted": 3}


def test_a_cancelled_supplement_leaves_the_issue_as_it_was_sent(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    import_register(app, members(2, first=8))
    assert send_supplement(app.context, ISSUE).copies == 2
    cancellation = cancel_mailing(app.context, ISSUE)
    assert (cancellation.whole_issue, cancellation.supplements, cancellation.left, cancellation.never) == (
        False,
        (1,),
        0,
        2,
    )
    assert [mailing.state.value for mailing in the_mailings(app)] == ["closed", "cancelled"]
    assert (deliver(app), states(app)) == ([], {"accepted": 3, "cancelled": 2})
    report = distribution_report(app.context, ISSUE)
    assert (report.state.value, report.balance.balanced, report.balance.copies) == ("closed", True, 5)
    assert issue_progress(app.context, ISSUE).state.value == "closed"
    # The two are owed a copy still, and a further supplement serves them.
    assert send_supplement(app.context, ISSUE).copies == 2
    assert len(deliver(app)) == 2


def miss(app: App) -> None:
    with app.store.transaction() as connection:
        hold_missed(connection, app.context, first_mailing(connection, ISSUE))
