"""A plan from which the register differs is named by person, and goes out by hand only when a person says so."""

from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.circulation_change import CirculationChange
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import Refused
from mailer.domain.hold import HoldReason
from mailer.domain.membership import Pause
from mailer.domain.remedy import Action
from mailer.pipeline.bounces import holds, preferences
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.changes import planned_changes
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.mailings.supplement import find_missing_copies
from mailer.store import holds as store_holds
from mailer.store.copies import waiting
from tests.club import (
    ISSUE,
    THURSDAY,
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
from tests.pipeline.mailings.planned import PEOPLE, history_of, planned, with_newsletter
from tests.pipeline.relayed import NEVER, answer, claim, deliver

ANNA, BORIS, CLARA = PEOPLE
NEW = Member(number=9)


def changed(app: App) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (each.person, each.kind.value, each.reasons)
        for change in planned_changes(app.context)
        for each in change.people
    ]


def test_while_the_register_stays_as_it_was_no_plan_differs(app: App) -> None:
    assert planned_changes(app.context) == []
    planned(app)
    assert planned_changes(app.context) == []
    import_register(app, PEOPLE)
    assert planned_changes(app.context) == []


def test_each_kind_of_change_is_named(app: App) -> None:
    planned(app)
    reverse(app, ANNA)
    moved = replace(BORIS, address="other@members.example")
    import_register(app, [moved, replace(CLARA, more={"name_en": "Clara"}), NEW])
    expected = [
        ("P001", "lost", ("unpaid",)),
        ("P002", "changed", ("address_changed",)),
        ("P003", "changed", ("name_changed",)),
        ("P009", "gained", ("paid",)),
    ]
    assert changed(app) == expected
    approve_mailing(app.context, ISSUE, as_planned=True)
    assert changed(app) == expected
    send_mailing(app.context, ISSUE)
    assert changed(app) == expected  # nothing has left yet
    deliver(app)
    assert changed(app) == []


def test_what_has_ended_or_is_a_supplement_is_not_compared(app: App) -> None:
    begin(app, PEOPLE)
    cancel_mailing(app.context, ISSUE)
    import_register(app, [NEW])
    assert planned_changes(app.context) == []


def test_rules_of_the_newsletter_and_fees_count_as_well(app: App) -> None:
    planned(app)
    other = with_newsletter(app.context, circulations=("centre",))
    [change] = planned_changes(other)
    assert {each.reasons for each in change.people} == {("not_in_circulation",)}
    [season] = app.context.fees.seasons
    dear = replace(
        season, options=tuple(replace(option, individual=option.individual * 2) for option in season.options)
    )
    [change] = planned_changes(replace(app.context, fees=replace(app.context.fees, seasons=(dear,))))
    assert {each.reasons for each in change.people} == {("underpaid",)}


def test_an_empty_plan_gains_as_well(app: App) -> None:
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    import_register(app, [NEW])
    assert changed(app) == [("P009", "gained", ("paid",))]


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_an_approval_is_refused_with_the_people_until_it_is_planned_again(app: App) -> None:
    planned(app)
    reverse(app, ANNA)
    import_register(app, [NEW])
    with pytest.raises(Refused) as refused:
        approve_mailing(app.context, ISSUE)
    assert str(refused.value) == (
        f"{ISSUE} is not planned as the register says now: no copy any more for P001 Reader001 (nothing is paid for the "
        "issue’s date); a copy in addition for P009 Reader009 (the fee is paid)"
    )
    assert refused.value.remedies == (Action.PLAN.of(ISSUE), Action.APPROVE_AS_PLANNED.of(ISSUE))
    replaced = plan_mailing(app.context, ISSUE).replaced
    assert isinstance(replaced, CirculationChange)
    assert [each.person for each in replaced.people] == ["P001", "P009"]
    approve_mailing(app.context, ISSUE)
    send_mailing(app.context, ISSUE)
    assert deliver(app) == [BORIS.email, CLARA.email, NEW.email]


def test_as_planned_it_goes_with_who_lost_it_held_and_who_gained_it_owed(app: App) -> None:
    planned(app)
    reverse(app, ANNA)
    import_register(app, [NEW])
    approve_mailing(app.context, ISSUE, as_planned=True)
    [(who, _, detail)] = history_of(app, "as_planned")
    assert (who, detail.partition(", ")[2]) == (app.context.who, "differs for 2 people")
    # The difference that was accepted with the approval is accepted for the send.
    send_mailing(app.context, ISSUE)
    assert len(history_of(app, "as_planned")) == 1
    assert deliver(app) == [BORIS.email, CLARA.email]
    assert copies(app)["P001"].held_reason == "unpaid"
    assert [judged.person for judged in find_missing_copies(app.context, ISSUE).people] == ["P009"]


def test_a_send_by_hand_is_refused_until_the_first_copy_has_left_and_goes_on_afterwards(app: App) -> None:
    make_ready(app, PEOPLE)
    import_register(app, [NEW])
    with pytest.raises(Refused, match="a copy in addition for P009") as refused:
        send_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.PLAN.of(ISSUE), Action.SEND_AS_PLANNED.of(ISSUE))
    send_mailing(app.context, ISSUE, as_planned=True)
    import_register(app, members(1, first=8))
    with pytest.raises(Refused, match=r"for P008 .*, P009"):
        send_mailing(app.context, ISSUE)  # begun, but nothing has left: this difference is another one
    [first, *_] = claim(app)
    answer(app, first, NEVER)
    send_mailing(app.context, ISSUE)
    assert states(app)["sending"] == 2


def test_a_paused_mailing_of_which_nothing_left_can_be_planned_again(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [NEW])
    pause_mailing(app.context, ISSUE)
    plan_mailing(app.context, ISSUE)
    assert states(app) == {"pending": 4}


def test_a_lifted_hold_leaves_a_held_copy_which_planning_again_frees(app: App) -> None:
    planned(app)
    holds.hold_by_hand(app.context, ANNA.email, "she left the desk")
    assert changed(app) == [("P001", "lost", ("address_held",))]
    holds.lift(app.context, ANNA.email)
    assert changed(app) == [("P001", "changed", ("copy_held",))]
    plan_mailing(app.context, ISSUE)
    assert (changed(app), states(app)) == ([], {"pending": 3})


def test_a_plan_differs_once_a_hold_or_pause_from_before_it_has_ended(app: App) -> None:
    import_register(app, PEOPLE)
    holds.hold_by_hand(app.context, ANNA.email, "she left the desk")
    preferences.pause_for(app.context, "P002", Pause(first=THURSDAY.date(), last=None))
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    assert changed(app) == []
    holds.lift(app.context, ANNA.email)
    preferences.resume(app.context, "P002")
    assert changed(app) == [("P001", "gained", ("paid",)), ("P002", "gained", ("paid",))]


def test_an_approval_names_who_was_held_after_a_bounce_since_the_plan(app: App) -> None:
    planned(app)
    copy = copies(app)["P001"]
    with app.store.transaction() as connection:  # as a bounce of an earlier issue does it, whatever the register says
        now = app.context.clock.now()
        store_holds.set_hold(connection, ANNA.email, HoldReason.ADDRESS, [], delivery=copy.id, by="reports", now=now)
        waiting.withhold(connection, EntitlementReason.ADDRESS_HELD, addresses=[ANNA.email])
    with pytest.raises(Refused, match="no copy any more for P001 Reader001"):
        approve_mailing(app.context, ISSUE)
