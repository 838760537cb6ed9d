"""An approval names the person and the seal; it is given once, and withdrawn before the mailing is sent."""

from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.errors import CannotRender, NotFound, Refused
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action, Note
from mailer.pipeline.issues import proof
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.store import tests_sent
from tests.club import (
    ISSUE,
    LETTER,
    THURSDAY,
    Member,
    import_register,
    make_ready,
    members,
    pull_issues,
)
from tests.pipeline.mailings.planned import PEOPLE, history_of, planned, state, with_newsletter
from tests.pipeline.relayed import deliver, the_mailings


def test_an_approval_is_of_this_very_seal_by_this_person(app: App) -> None:
    planned(app)
    approved = approve_mailing(app.context, ISSUE)
    [found] = the_mailings(app)
    assert (found.state, found.approved_hash) == (MailingState.APPROVED, found.seal)
    assert (found.approved_by, found.approved_at) == ("secretary", THURSDAY)
    assert approved.copies == 3
    assert history_of(app, "approve") == [("secretary", "approve", f"seal {found.seal[:12]}, 3 copies")]


def test_who_approves_untested_is_warned(app: App) -> None:
    planned(app)
    [found] = the_mailings(app)
    tested = {"newsletter": LETTER, "serial": 41, "now": THURSDAY, "messages": 1}
    with app.store.transaction() as connection:
        tests_sent.record_test(connection, content_hash=found.content_hash, editions_hash="older", **tested)
    assert approve_mailing(app.context, ISSUE).warnings == (
        Note("no test mailing of exactly this was sent", (Action.TEST.of(ISSUE),)),
    )
    withdraw_approval(app.context, ISSUE)
    with app.store.transaction() as connection:
        tests_sent.record_test(connection, content_hash=found.content_hash, editions_hash=found.editions_hash, **tested)
    assert approve_mailing(app.context, ISSUE).warnings == ()


def test_nothing_is_approved_twice_or_without_a_plan(app: App) -> None:
    with pytest.raises(NotFound, match="has not been pulled"):
        approve_mailing(app.context, ISSUE)
    pull_issues(app)
    with pytest.raises(NotFound, match="has no plan") as refused:
        approve_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.PLAN.of(ISSUE),)
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    with pytest.raises(Refused, match="is approved already, by secretary"):
        approve_mailing(app.context, ISSUE)


def test_whose_copy_cannot_be_made_is_named_and_nothing_goes_out(app: App) -> None:
    bad = Member(number=4, more={"salutation_en": ""})
    import_register(app, [*PEOPLE, bad])
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    with pytest.raises(CannotRender, match=r"^the en copy of P004 .* cannot be made: .*salutation"):
        approve_mailing(app.context, ISSUE)
    assert state(app) == "planned"
    context = with_newsletter(app.context, approval_required=False)
    plan_mailing(context, ISSUE)
    with pytest.raises(CannotRender, match="P004"):
        send_mailing(context, ISSUE)
    assert (state(app), deliver(app)) == ("planned", [])
    import_register(app, [replace(bad, more={})])
    plan_mailing(app.context, ISSUE)
    assert approve_mailing(app.context, ISSUE).copies == 4


def test_so_many_are_named_and_the_rest_counted(app: App) -> None:
    import_register(app, members(proof.NAMED + 2, more={"salutation_en": ""}))
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    with pytest.raises(CannotRender) as refused:
        approve_mailing(app.context, ISSUE)
    lines = str(refused.value).splitlines()
    assert len(lines) == proof.NAMED + 1
    assert lines[-1] == "… and 2 more"


def test_an_approval_is_withdrawn_once_and_never_after_the_send(app: App) -> None:
    make_ready(app, PEOPLE)
    withdraw_approval(app.context, ISSUE)
    with pytest.raises(Refused, match="has no approval to withdraw"):
        withdraw_approval(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    send_mailing(app.context, ISSUE)
    with pytest.raises(Refused, match="is sending: it cannot be withdrawn"):
        withdraw_approval(app.context, ISSUE)
