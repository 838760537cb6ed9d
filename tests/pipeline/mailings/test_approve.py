"""An approval is bound to what was seen: any change voids it, and without one nothing goes out."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from mailer.app.installation import App
from mailer.domain.address import Address
from mailer.domain.errors import CannotRender, NotFound, Refused
from mailer.domain.mailing import MailingState
from mailer.domain.newsletter import InsertShow
from mailer.domain.remedy import Action, Note
from mailer.pipeline.context import Context
from mailer.pipeline.issues import proof
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.schedule import hold_missed
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.steps import first_mailing
from mailer.store import mailings
from mailer.store.schema import history
from tests.club import (
    ISSUE,
    LETTER,
    THURSDAY,
    Club,
    Member,
    begin,
    copies,
    import_register,
    make_ready,
    members,
    pull_issues,
    reverse,
    states,
)
from tests.pipeline.relayed import ACCEPTED, answer, claim, deliver, the_mailings

PEOPLE = members(3)


def planned(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)


def state(app: App) -> str:
    return the_mailings(app)[0].state.value


def told(app: App, *verbs: str) -> list[tuple[str, str, str]]:
    with app.store.transaction() as connection:
        rows = connection.execute(select(history).where(history.c.verb.in_(verbs)).order_by(history.c.id)).all()
    return [(row.who, row.verb, row.detail) for row in rows]


# --- approve and send -------------------------------------------------------------------------------------------------


def test_an_approval_is_of_this_very_seal_by_this_person(app: App) -> None:
    planned(app)
    approved = approve_mailing(app.context, ISSUE)
    [found] = the_mailings(app)
    assert (found.state, found.approved_hash) == (MailingState.APPROVED, found.seal)
    assert (found.approved_by, found.approved_at) == ("secretary", THURSDAY)
    assert approved.copies == 3
    assert told(app, "approve") == [("secretary", "approve", f"seal {found.seal[:12]}, 3 copies")]


def test_who_approves_untested_is_warned(app: App) -> None:
    planned(app)
    [found] = the_mailings(app)
    tested = {"newsletter": LETTER, "serial": 41, "now": THURSDAY, "messages": 1}
    with app.store.transaction() as connection:
        mailings.record_test(connection, content_hash=found.content_hash, editions_hash="older", **tested)
    assert approve_mailing(app.context, ISSUE).warnings == (
        Note("no test mailing of exactly this was sent", (Action.TEST.of(ISSUE),)),
    )
    withdraw_approval(app.context, ISSUE)
    with app.store.transaction() as connection:
        mailings.record_test(connection, content_hash=found.content_hash, editions_hash=found.editions_hash, **tested)
    assert approve_mailing(app.context, ISSUE).warnings == ()


def test_nothing_is_sent_without_an_approval(app: App) -> None:
    planned(app)
    with pytest.raises(Refused, match="is not approved: test it first") as refused:
        send_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.APPROVE.of(ISSUE),)
    approve_mailing(app.context, ISSUE)
    withdraw_approval(app.context, ISSUE)
    with pytest.raises(Refused, match="is not approved"):
        send_mailing(app.context, ISSUE)
    assert (state(app), deliver(app)) == ("planned", [])


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


def test_where_no_approval_is_required_none_is_needed(app: App) -> None:
    context = with_newsletter(app.context, approval_required=False)
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(context, ISSUE)
    assert send_mailing(context, ISSUE).copies == 3
    assert len(deliver(app)) == 3


def test_the_first_message_leaves_after_the_time_to_undo(app: App, clock) -> None:
    context = with_newsletter(app.context, undo_minutes=10)
    planned(app)
    approve_mailing(context, ISSUE)
    begun = send_mailing(context, ISSUE)
    assert (begun.starts_at - THURSDAY).total_seconds() == 600
    assert deliver(app) == []
    # Asked for again, it goes on and starts no later.
    clock.advance(minutes=5)
    assert send_mailing(context, ISSUE) == begun
    clock.advance(minutes=5)
    assert len(deliver(app)) == 3
    assert send_mailing(context, ISSUE) == begun
    assert told(app, "send") == [("secretary", "send", "3 copies from 2018-07-12 13:10:00 UTC")]


def test_as_many_copies_are_sent_as_a_person_confirmed(app: App) -> None:
    make_ready(app, PEOPLE)
    with pytest.raises(Refused, match="harbour-letter/41 has 3 copies by now, not 2; look at it and send it again"):
        send_mailing(app.context, ISSUE, copies=2)
    assert state(app) == "approved"
    assert send_mailing(app.context, ISSUE, copies=3).copies == 3


def test_an_approval_that_today_is_required_is_needed_whatever_the_plan_said(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(with_newsletter(app.context, approval_required=False), ISSUE)
    with pytest.raises(Refused, match="is not approved"):
        send_mailing(app.context, ISSUE)


# --- what an approval is bound to -------------------------------------------------------------------------------------


def with_newsletter(context: Context, **fields: object) -> Context:
    newsletter = context.newsletter(LETTER)
    if "undo_minutes" in fields:
        fields["schedule"] = replace(newsletter.schedule, undo_minutes=fields.pop("undo_minutes"))
    return replace(context, newsletters={LETTER: replace(newsletter, **fields)})


def other_template(context: Context, tmp_path: Path) -> Context:
    folder = tmp_path / "changed"
    shutil.copytree(context.templates, folder)
    with next((folder / "_base").glob("*.css")).open("a") as opened:
        opened.write("\n/* changed */\n")
    return replace(context, templates=folder)


def other_fees(context: Context, _tmp_path: Path) -> Context:
    [season] = context.fees.seasons
    return replace(context, fees=replace(context.fees, seasons=(season, replace(season, year=2019))))


CHANGES: dict[str, Callable[[Context, Path], Context]] = {
    "template": other_template,
    "fees": other_fees,
    "reply_to": lambda context, _: with_newsletter(context, reply_to=Address(local="other", domain="club.example")),
    "name": lambda context, _: with_newsletter(context, name="Another Letter"),
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
    assert [verb for _, verb, _ in told(app, "withdraw", "send")] == ["withdraw"]
    # The old settings back do not bring the approval back.
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
    changed = replace(app, context=with_newsletter(other_template(app.context, tmp_path), name="Another Letter"))
    works = claim(changed)
    assert len(works) == 3
    assert all(b"Another Letter" not in work.message and b"The Harbour Letter" in work.message for work in works)


# --- copies that cannot be made ---------------------------------------------------------------------------------------


def test_whose_copy_cannot_be_made_is_named_and_nothing_goes_out(app: App) -> None:
    bad = Member(number=4, more={"salutation_en": ""})
    import_register(app, [*PEOPLE, bad])
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    with pytest.raises(CannotRender, match=r"^the en copy of person P004 cannot be made: .*salutation"):
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


# --- withdraw, pause, resume, cancel, miss ----------------------------------------------------------------------------


def test_an_approval_is_withdrawn_once_and_never_after_the_send(app: App) -> None:
    make_ready(app, PEOPLE)
    withdraw_approval(app.context, ISSUE)
    with pytest.raises(Refused, match="has no approval to withdraw"):
        withdraw_approval(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    send_mailing(app.context, ISSUE)
    with pytest.raises(Refused, match="is sending: it cannot be withdrawn"):
        withdraw_approval(app.context, ISSUE)


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
    assert cancel_mailing(app.context, ISSUE) == 1
    # What is in hand at that moment is settled by whoever has it.
    assert states(app) == {"accepted": 1, "cancelled": 1, "sending": 1}
    assert second.claim.delivery == copies(app)["P002"].id
    assert told(app, "cancel") == [("secretary", "cancel", "1 copies")]
    for verb in (cancel_mailing, send_mailing, approve_mailing, pause_mailing, withdraw_approval):
        with pytest.raises(Refused):
            verb(app.context, ISSUE)
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
    assert cancel_mailing(app.context, ISSUE) == 3
    assert (state(app), states(app)) == ("cancelled", {"cancelled": 3})


def test_what_is_closed_cannot_be_cancelled(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    with pytest.raises(Refused, match="has no mailing that could be cancelled"):
        cancel_mailing(app.context, ISSUE)
    assert states(app) == {"accepted": 3}


def miss(app: App) -> None:
    with app.store.transaction() as connection:
        hold_missed(connection, app.context, first_mailing(connection, ISSUE))


def test_a_mailing_that_missed_its_time_is_held_and_a_person_may_send_it(app: App) -> None:
    make_ready(app, PEOPLE)
    miss(app)
    [found] = the_mailings(app)
    assert (found.state, found.held_reason) == (MailingState.HELD, "missed_window")
    assert deliver(app) == []
    assert send_mailing(app.context, ISSUE).copies == 3
    assert the_mailings(app)[0].held_reason is None
    assert len(deliver(app)) == 3


def test_somebody_who_was_quicker_is_noticed(app: App) -> None:
    planned(app)
    with app.store.transaction() as connection:
        stale = first_mailing(connection, ISSUE)
    approve_mailing(app.context, ISSUE)
    with (
        pytest.raises(Refused, match="has just been changed by another person or process"),
        app.store.transaction() as connection,
    ):
        hold_missed(connection, app.context, stale)
