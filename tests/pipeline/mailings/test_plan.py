"""A plan freezes every decision and every copy at once, and is replaced until a copy may have left."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from mailer.app.installation import App
from mailer.domain.errors import MailerError, NotFound, Refused
from mailer.domain.mailing import MailingState
from mailer.domain.membership import FeeSchedule
from mailer.domain.plan import Plan
from mailer.domain.remedy import Action
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import proof
from mailer.pipeline.issues.clear_plans import clear_plans
from mailer.pipeline.mailings.drafting import Moved
from mailer.pipeline.mailings.pause import cancel_mailing, pause_mailing, resume_mailing
from mailer.pipeline.mailings.plan import (
    compile_draft,
    count_planned_copies,
    gained_recipients,
    is_planned,
    lost_recipients,
    plan_mailing,
    planned_decisions,
    planned_exclusions,
    write_plan,
)
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.schedule import hold_missed
from mailer.pipeline.mailings.steps import first_mailing
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.store.ledger import leftovers
from mailer.store.ledger.owners import owners_with_copies
from mailer.store.schema import deliveries, editions, exclusions, history, recipients
from mailer.store.schema import mailings as mailings_table
from tests.club import (
    ISSUE,
    LETTER,
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
from tests.databases import POSTGRES
from tests.doubles import FrozenClock
from tests.pipeline.relayed import LATER, NEVER, answer, claim, deliver, the_mailings

PEOPLE = [
    *members(2),
    Member(number=3, paid=0),
    Member(number=4, kind="honorary", paid=0),
    Member(number=5, paid=40000),
    Member(number=6, more={"email": ""}),
]


def planned(app: App, people=PEOPLE) -> Plan:
    import_register(app, people)
    pull_issues(app)
    return plan_mailing(app.context, ISSUE)


def rows(app: App) -> dict[str, int]:
    with app.store.transaction() as connection:
        tables = (mailings_table, recipients, exclusions, deliveries, editions)
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def test_everybody_and_every_copy_is_frozen(app: App) -> None:
    made = planned(app)
    assert (made.recipients, made.copies, made.excluded) == (3, 3, {"no_address": 1, "underpaid": 1, "unpaid": 1})
    assert [one.person for one in planned_decisions(app.context, made)] == [one.person for one in PEOPLE]
    first = planned_exclusions(app.context, made, 1)
    assert {reason: [one.label for one in people] for reason, people in first.items()} == {
        "no_address": ["P006 Reader006"],
        "underpaid": ["P005 Reader005"],
        "unpaid": ["P003 Reader003"],
    }
    assert rows(app) == {"mailings": 1, "recipients": 3, "exclusions": 3, "deliveries": 3, "editions": 1}
    assert (made.gained, made.lost, made.warnings) == (0, 0, ())
    assert count_planned_copies(app.context, ISSUE) == 3
    found = copies(app)
    assert [(one.person, one.copy_number, one.state) for one in found.values()] == [
        ("P001", 1, "pending"),
        ("P002", 2, "pending"),
        ("P004", 3, "pending"),
    ]
    assert len({one.message_id for one in found.values()}) == 3
    assert all(one.message_id.endswith("@club.example>") for one in found.values())
    assert distribution_report(app.context, ISSUE).balance.balanced
    with app.store.transaction() as connection:
        told = connection.execute(select(history.c.who, history.c.detail).where(history.c.verb == "plan")).one()
    assert tuple(told) == ("secretary", "3 copies, 3 of 6 people")


def test_a_plan_is_whole_or_not_at_all(app: App) -> None:
    planned(app)
    before, kept = rows(app), copies(app)
    with app.store.transaction() as connection:
        full = "CREATE TRIGGER full BEFORE INSERT ON deliveries WHEN NEW.copy_number = 3 BEGIN SELECT RAISE(ABORT, 'disk'); END"
        too_many = "ALTER TABLE deliveries ADD CONSTRAINT too_many CHECK (copy_number <> 3) NOT VALID"
        connection.exec_driver_sql(too_many if POSTGRES else full)
    with pytest.raises(IntegrityError):
        write_plan(app.context, ISSUE, compile_draft(app.context, ISSUE), chunk=1)
    clear_plans(app.context)
    assert rows(app) == before
    assert copies(app) == kept


def test_planning_again_replaces_the_plan_and_voids_the_approval(app: App) -> None:
    make_ready(app, PEOPLE)
    assert the_mailings(app)[0].is_approved
    import_register(app, members(1, first=7))
    made = plan_mailing(app.context, ISSUE)
    assert made.recipients == 4
    [found] = the_mailings(app)
    assert (found.state, found.approved_hash, found.approved_by) == (MailingState.PLANNED, None, None)
    assert rows(app) == {"mailings": 1, "recipients": 4, "exclusions": 3, "deliveries": 4, "editions": 1}
    assert [one.copy_number for one in copies(app).values()] == [1, 2, 3, 4]


def test_the_same_plan_has_the_same_seal(app: App) -> None:
    planned(app)
    [first] = the_mailings(app)
    plan_mailing(app.context, ISSUE)
    [second] = the_mailings(app)
    assert second.seal == first.seal
    import_register(app, [replace(PEOPLE[0], address="elsewhere@members.example")])
    plan_mailing(app.context, ISSUE)
    [third] = the_mailings(app)
    assert third.circulation_hash != first.circulation_hash
    assert (third.content_hash, third.editions_hash) == (first.content_hash, first.editions_hash)
    assert third.seal != first.seal


def test_nothing_of_which_something_has_left_is_planned_anew(app: App, clock: FrozenClock) -> None:
    begin(app, PEOPLE)
    deliver(app, {copies(app)["P001"].address: LATER})
    for state, move in (("sending", pause_mailing), ("paused", resume_mailing)):
        with pytest.raises(Refused, match=rf"is already {state}") as refused:
            plan_mailing(app.context, ISSUE)
        assert refused.value.remedies == (Action.LIST_UNSENT.of(ISSUE),)
        move(app.context, ISSUE)
    clock.advance(hours=1)
    deliver(app)
    with pytest.raises(Refused, match="is already closed"):
        plan_mailing(app.context, ISSUE)
    assert states(app) == {"accepted": 3}


def test_a_cancelled_mailing_is_never_planned_anew(app: App) -> None:
    begin(app, PEOPLE)
    cancel_mailing(app.context, ISSUE)
    assert is_planned(app.context, ISSUE)
    with pytest.raises(Refused, match="is cancelled, which is final; no copy of it has left") as refused:
        plan_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.DROP_ISSUE.of(ISSUE),)
    assert states(app) == {"cancelled": 3}


def test_of_what_was_cancelled_on_its_way_the_others_are_served_by_a_supplement(app: App) -> None:
    begin(app, PEOPLE)
    [first, *_] = claim(app)
    answer(app, first, LATER)
    cancel_mailing(app.context, ISSUE)
    with pytest.raises(Refused, match="is cancelled, which is final; some of its copies had left") as refused:
        plan_mailing(app.context, ISSUE)
    assert refused.value.remedies == (Action.SEND_UNSENT.of(ISSUE),)


def test_a_refusal_before_any_content_left_does_not_stand_in_the_way(app: App) -> None:
    begin(app, PEOPLE)
    for work, outcome in zip(claim(app), (LATER, NEVER, LATER), strict=True):
        answer(app, work, outcome, begun=False)
    plan_mailing(app.context, ISSUE)
    assert states(app) == {"pending": 3}
    assert [one.attempts for one in copies(app).values()] == [0, 0, 0]


def test_a_copy_in_a_senders_hands_is_waited_for(app: App, clock: FrozenClock) -> None:
    begin(app, PEOPLE)
    claim(app)
    with pytest.raises(Refused, match="a copy of harbour-letter/41 is being sent, or was when its sender ended"):
        plan_mailing(app.context, ISSUE)
    clock.advance(days=10)
    with pytest.raises(Refused, match="finds out whether it left"):
        plan_mailing(app.context, ISSUE)  # the lease is over, but they may have left
    with app.store.transaction() as connection:
        leftovers.take_over(
            connection, dead={owner.id: {} for owner in owners_with_copies(connection)}, now=clock.now()
        )
    plan_mailing(app.context, ISSUE)
    assert states(app) == {"pending": 3}


def test_a_held_mailing_is_planned_anew(app: App) -> None:
    make_ready(app, PEOPLE)
    with app.store.transaction() as connection:
        hold_missed(connection, app.context, first_mailing(connection, ISSUE))
    plan_mailing(app.context, ISSUE)
    assert the_mailings(app)[0].state is MailingState.PLANNED


def test_an_issue_with_a_supplement_is_not_planned_anew(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    import_register(app, members(1, first=9))
    assert send_supplement(app.context, ISSUE).copies == 1
    cancel_mailing(app.context, ISSUE)
    with pytest.raises(Refused, match="is already"):
        plan_mailing(app.context, ISSUE)
    assert len(the_mailings(app)) == 2


def test_a_missing_season_stops_the_plan(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    with pytest.raises(
        Refused, match=r"harbour-letter/41: fees.toml has no season 2018 \(it has: none\); add the season"
    ):
        plan_mailing(replace(app.context, fees=FeeSchedule(seasons=())), ISSUE)
    other = FeeSchedule(seasons=tuple(replace(one, year=2019) for one in app.context.fees.seasons))
    with pytest.raises(Refused, match=r"\(it has: 2019\)"):
        plan_mailing(replace(app.context, fees=other), ISSUE)
    assert rows(app)["mailings"] == 0


@pytest.mark.parametrize(
    ("people", "warning"),
    [
        ([], "the register is empty"),
        ([Member(number=1, paid=0)], "no member receives this issue"),
        (
            [Member(number=1, more={"salutation_en": ""}), *members(1, first=2)],
            "P001 Reader001 has no salutation in en: the copy cannot be made",
        ),
        ([Member(number=1, more={"name_en": ""})], "P001 Читатель001 has no name in en"),
    ],
)
def test_what_the_planner_should_look_at(app: App, people: list[Member], warning: str) -> None:
    made = planned(app, people) if people else empty(app)
    assert len(made.warnings) == 1
    assert str(made.warnings[0]).startswith(warning)


def empty(app: App) -> Plan:
    pull_issues(app)
    return plan_mailing(app.context, ISSUE)


def test_so_many_warnings_are_given_and_the_rest_counted(app: App) -> None:
    wordless = members(proof.NAMED, more={"salutation_en": "", "name_en": ""})
    made = planned(app, [*wordless, *members(1, first=90)])
    assert len(made.warnings) == proof.NAMED + 1
    assert str(made.warnings[1]).startswith("P001 Читатель001 has no salutation in en")
    assert str(made.warnings[-1]) == f"… and {proof.NAMED} more"


def test_who_gained_and_who_lost_it_since_the_issue_before(app: App, club: Club) -> None:
    first, second, third = members(3)
    planned(app, [first, replace(second, paid=0), third])
    club.write_issue(serial=42, number=8)
    pull_issues(app)
    import_register(app, [second, replace(third, more={"ended_on": "2018-07-01"})])
    made = plan_mailing(app.context, IssueName(newsletter=LETTER, serial=42))
    assert (made.gained, made.lost) == (1, 1)
    assert [one.label for one in gained_recipients(app.context, made)] == ["P002 Reader002"]
    assert [one.label for one in lost_recipients(app.context, made)] == ["P003 Reader003"]
    again = plan_mailing(app.context, ISSUE)
    assert (again.previous, again.gained, again.lost) == (None, 0, 0)
    assert [*gained_recipients(app.context, again), *lost_recipients(app.context, again)] == []


def test_a_draft_is_stale_when_the_issue_was_edited_since_and_knows_nobody(app: App, club: Club) -> None:
    planned(app)
    draft = compile_draft(app.context, ISSUE)
    import_register(app, members(1, first=9))
    plan = write_plan(app.context, ISSUE, draft)
    # A person added meanwhile is in the plan: the register is read when the plan is written.
    assert plan is not None
    assert plan.recipients == 4
    club.write_issue(more="Edited.")
    pull_issues(app)
    with pytest.raises(Moved):
        write_plan(app.context, ISSUE, draft)


def test_an_issue_that_is_not_there(app: App) -> None:
    with pytest.raises(NotFound, match=r"harbour-letter/41 has not been pulled") as refused:
        plan_mailing(app.context, ISSUE)
    assert refused.value.remedies == (
        Action.PULL.of(),
        Action.LIST_ISSUES.of(),
    )
    pull_issues(app)
    with pytest.raises(MailerError, match="there is no newsletter 'harbour-letter'; schedules/ has: none"):
        plan_mailing(replace(app.context, newsletters={}), ISSUE)


@pytest.mark.parametrize("text", ["harbour-letter", "harbour-letter/", "/41", "harbour-letter/forty", "a/-1", "a/1/2"])
def test_a_name_that_is_no_issues(text: str) -> None:
    with pytest.raises(NotFound, match="is not an issue; write <newsletter>/<serial>"):
        IssueName.parse(text)


def test_a_name_of_an_issue() -> None:
    assert IssueName.parse("harbour-letter/41") == ISSUE
    assert str(ISSUE) == "harbour-letter/41"
