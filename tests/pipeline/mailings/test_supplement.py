"""A supplement sends the missing copies: the approved content, the next numbers, and no person gets two."""

from dataclasses import replace
from email import message_from_bytes

import pytest
from sqlalchemy.exc import IntegrityError

from mailer.app.installation import App, reload
from mailer.domain.errors import NotFound, Refused
from mailer.domain.mailing import MailingState
from mailer.domain.remedy import Action
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.copies import workbench
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.entitle import judge_everybody
from mailer.pipeline.mailings.freeze import Draft, freeze_supplement
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.steps import first_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.store import mailings
from mailer.store.copies import deliveries
from tests.club import (
    ISSUE,
    Club,
    Member,
    begin,
    copies,
    import_register,
    make_ready,
    members,
    pull_issues,
    states,
)
from tests.pipeline.relayed import LATER, LOST, NEVER, claim, deliver, the_mailings

PEOPLE = members(3)
ANNA = PEOPLE[0]
LATE = Member(number=4, paid=0)


def owed(app: App) -> list[str]:
    return [one.person for one in find_missing_copies(app.context, ISSUE).people]


def send(app: App) -> int:
    begun = send_supplement(app.context, ISSUE)
    return begun.copies if begun else 0


def sent(app: App, *people: Member, **answers: object) -> None:
    begin(app, [*PEOPLE, LATE, *people])
    deliver(app, answers)


def test_a_late_payer_catches_up(app: App) -> None:
    sent(app)
    assert (owed(app), send(app), len(the_mailings(app))) == ([], 0, 1)
    import_register(app, [replace(LATE, paid=50000)])
    assert owed(app) == ["P004"]
    assert [one.person for one in distribution_report(app.context, ISSUE).gained] == ["P004"]
    assert states(app) == {"accepted": 3}  # looking is not sending
    assert send(app) == 1
    first, second = the_mailings(app)
    assert (second.supplement, second.state, second.approved_by) == (1, MailingState.SENDING, "secretary")
    assert (second.content_hash, second.editions_hash) == (first.content_hash, first.editions_hash)
    assert second.circulation_hash != first.circulation_hash
    assert deliver(app) == [LATE.email]
    assert copies(app)["P004"].copy_number == 4
    assert (owed(app), send(app)) == ([], 0)
    told = distribution_report(app.context, ISSUE)
    assert (told.balance.considered, told.balance.recipients, told.balance.copies) == (4, 4, 4)
    assert told.state is MailingState.CLOSED


def test_the_bytes_are_those_of_the_first_mailing_whatever_changed_since(app: App, club: Club) -> None:
    sent(app)
    before = message(app, 1)
    club.reschedule({"newsletter": {"name": "Another Letter"}, "insert": {"show": "always"}})
    app = reload(app)
    import_register(app, [replace(LATE, paid=50000)])
    send(app)
    [work] = claim(app)
    made, old = message_from_bytes(work.message), message_from_bytes(before)
    for header in ("From", "Subject", "List-Id", "Reply-To"):
        assert made[header] == old[header]
    assert b"Another Letter" not in work.message


def message(app: App, number: int) -> bytes:
    with app.store.transaction() as connection:
        first = first_mailing(connection, ISSUE)
        bench = workbench(connection, app.context, first)
        [copy] = [one for one in deliveries.of_mailing(connection, first.id) if one.copy_number == number]
    return bench.make(copy.copy, copy.message_id)


def test_numbers_go_on_over_every_supplement(app: App) -> None:
    sent(app)
    for number in (5, 6):
        import_register(app, members(1, first=number))
        assert send(app) == 1
        deliver(app)
    assert [(one.supplement, one.state) for one in the_mailings(app)] == [(0, "closed"), (1, "closed"), (2, "closed")]
    assert [one.copy_number for one in list_deliveries(app.context, ISSUE, None)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("outcome", "expected"), [(LATER, "pending"), (LOST, "uncertain")])
def test_whose_copy_is_under_way_is_owed_nothing(app: App, outcome, expected: str) -> None:
    sent(app, **{ANNA.email: outcome})
    assert states(app) == {"accepted": 2, expected: 1}
    import_register(app, [replace(ANNA, address="new@members.example")])
    assert owed(app) == []


def test_whose_copy_is_held_or_in_hand_is_owed_nothing(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [replace(ANNA, address="new@members.example")])
    claim(app)
    assert states(app) == {"held": 1, "sending": 2}
    assert owed(app) == []


def test_who_was_rejected_is_owed_a_copy_at_a_new_address_only(app: App) -> None:
    sent(app, **{ANNA.email: NEVER})
    assert owed(app) == []
    import_register(app, [replace(ANNA, more={"name_en": "Another Name"})])
    assert owed(app) == []
    moved = replace(ANNA, address="new@members.example")
    import_register(app, [moved])
    assert owed(app) == ["P001"]
    assert send(app) == 1
    assert deliver(app, {moved.email: NEVER}) == [moved.email]
    assert owed(app) == []
    # Back to the first address, where it failed too.
    import_register(app, [ANNA])
    assert owed(app) == []


def test_what_was_cancelled_is_owed_and_what_failed_is_not(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app, {ANNA.email: NEVER, PEOPLE[1].email: LATER, PEOPLE[2].email: LATER})
    cancel_mailing(app.context, ISSUE)
    assert states(app) == {"cancelled": 2, "rejected": 1}
    assert owed(app) == ["P002", "P003"]


def test_a_mailing_cancelled_in_mid_run_goes_on_as_a_supplement(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app, {PEOPLE[1].email: LATER, PEOPLE[2].email: LATER})
    cancel_mailing(app.context, ISSUE)
    assert owed(app) == ["P002", "P003"]
    assert send(app) == 2
    assert deliver(app) == [one.email for one in PEOPLE[1:]]
    assert states(app) == {"accepted": 3, "cancelled": 2}
    assert sorted(one.copy_number for one in list_deliveries(app.context, ISSUE, None)) == [1, 2, 3, 4, 5]
    assert distribution_report(app.context, ISSUE).balance.balanced


def test_of_what_nothing_has_left_there_is_no_supplement(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    for state in ("planned", "approved", "cancelled"):
        if state == "approved":
            approve_mailing(app.context, ISSUE)
        if state == "cancelled":
            cancel_mailing(app.context, ISSUE)
        why = "which is final; no copy of it has left"
        if state != "cancelled":
            why = "plan it again, then send it; a supplement is for what was missed"
        with pytest.raises(Refused, match=f"is {state}[:,] {why}"):
            send(app)
    assert len(the_mailings(app)) == 1
    assert find_missing_copies(app.context, ISSUE).cancelled_whole


def test_what_was_never_approved_has_no_supplement(app: App) -> None:
    # Sent while no approval was required; now one is, and there is none.
    begin(app, PEOPLE)
    deliver(app)
    with app.store.transaction() as connection:
        first = first_mailing(connection, ISSUE)
        mailings.change(connection, first.id, approved_hash=None)
    import_register(app, members(1, first=5))
    with pytest.raises(Refused, match="was never approved") as refused:
        send(app)
    assert refused.value.remedies == (
        Action.PLAN.of(ISSUE),
        Action.TEST.of(ISSUE),
        Action.APPROVE.of(ISSUE),
    )
    assert len(the_mailings(app)) == 1


def test_before_it_is_begun_a_late_payer_is_planned_and_not_supplemented(app: App) -> None:
    make_ready(app, PEOPLE)
    import_register(app, members(1, first=5))
    assert owed(app) == ["P005"]
    with pytest.raises(Refused, match="is approved: plan it again"):
        send(app)


def test_a_supplement_may_leave_beside_a_mailing_that_goes_on_or_is_paused(app: App) -> None:
    begin(app, PEOPLE)
    pause_mailing(app.context, ISSUE)
    import_register(app, members(1, first=5))
    assert send(app) == 1
    assert deliver(app) == ["desk005@members.example"]
    assert [one.state for one in the_mailings(app)] == ["paused", "closed"]
    resume_mailing(app.context, ISSUE)
    assert len(deliver(app)) == 3


def test_only_the_missing_language_is_owed(app: App, club: Club) -> None:
    club.reschedule({"newsletter": {"languages": ["en", "ru"]}})
    club.write_issue("ru")
    app = reload(app)
    sent(app)
    import_register(app, [replace(ANNA, languages="en+ru")])
    [judged] = find_missing_copies(app.context, ISSUE).people
    assert (judged.person, judged.entitlement.editions) == ("P001", ("ru",))
    assert find_missing_copies(app.context, ISSUE).copies == 1
    send(app)
    deliver(app)
    assert [(one.person, one.language) for one in list_deliveries(app.context, ISSUE, None)][-1] == ("P001", "ru")
    assert distribution_report(app.context, ISSUE).balance.balanced


def test_who_lost_it_in_a_supplement_is_held_too(app: App) -> None:
    sent(app)
    import_register(app, members(1, first=5))
    send(app)
    import_register(app, [Member(number=5, more={"pause_from": "2018-07-01"})])
    assert deliver(app) == []
    assert copies(app)["P005"].held_reason == "paused"


def test_the_database_refuses_a_second_copy_over_mailings(app: App) -> None:
    sent(app)
    with app.store.reading() as connection:
        first = first_mailing(connection, ISSUE)
        draft = Draft(
            revision=find_revision(connection, ISSUE),
            editions=mailings.editions_of(connection, first.id),
            letterhead=Letterhead.load(mailings.letterhead_of(connection, first.id)),
            inputs_hash=first.inputs_hash,
        )
        [everybody] = judge_everybody(connection, app.context, draft.revision)
    more = {"first_mailing": first.id, "number": 1, "first_number": 11}
    with pytest.raises(IntegrityError), app.store.transaction() as connection:
        freeze_supplement(connection, app.context, draft, everybody, **more)
    assert len(the_mailings(app)) == 1


def test_an_issue_without_a_plan(app: App) -> None:
    pull_issues(app)
    for verb in (find_missing_copies, send_supplement):
        with pytest.raises(NotFound, match="has no plan"):
            verb(app.context, ISSUE)
