"""The overview: what goes out next, the month of each issue, and the figures of the last ones."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mailer.app.installation import App
from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.domain.month import Stage, WaitsFor
from mailer.pipeline.bounces import holds
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.supplement import send_supplement
from mailer.pipeline.overview.overview import overview
from mailer.pipeline.overview.phone_list import phone_list
from mailer.views.phone_list import phone_sentence
from tests.club import ISSUE, Club, begin, import_register, members, pay, pull_issues
from tests.counted import statements
from tests.doubles import FrozenClock
from tests.pipeline.relayed import NEVER, deliver
from tests.reported import DOMAIN, FULL, come_back

PEOPLE = [*members(6), *members(2, first=7, paid=0)]
ANNA, BORIS, CLARA = (member.email for member in members(3))


@pytest.fixture
def app(app: App, club: Club, clock: FrozenClock) -> Iterator[App]:
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened(clock) as opened:
        yield opened


def steps(app: App) -> dict[Stage, tuple[bool, WaitsFor | None]]:
    """Of each step of the issue whether it is done, and for whom it waits."""
    [month] = overview(app.context).month
    return {stage.stage: (stage.at is not None, stage.waits_for) for stage in month.stages}


def test_each_step_is_done_or_waits_for_one_of_them(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    assert steps(app) == {Stage.PULLED: (True, None), Stage.PLANNED: (False, WaitsFor.SERVICE)}
    plan_mailing(app.context, ISSUE)
    assert steps(app) == {
        Stage.PULLED: (True, None),
        Stage.PLANNED: (True, None),
        Stage.TESTED: (False, WaitsFor.EDITORS),
        Stage.APPROVED: (False, WaitsFor.SECRETARY),
        Stage.SENT: (False, None),
        Stage.CLOSED: (False, None),
    }
    approve_mailing(replace(app.context, who="a deputy"), ISSUE)
    [month] = overview(app.context).month
    approved = next(stage for stage in month.stages if stage.stage is Stage.APPROVED)
    assert (approved.by, approved.waits_for) == ("a deputy", None)
    assert steps(app)[Stage.SENT] == (False, WaitsFor.SERVICE)
    [upcoming] = overview(app.context).upcoming
    assert (upcoming.copies, upcoming.waiting, upcoming.mailing.state) == (6, 6, MailingState.APPROVED)
    assert upcoming.departure is not None


def test_a_supplement_does_not_change_who_planned_and_sent_the_issue(app: App, clock: FrozenClock) -> None:
    begin(replace(app, context=replace(app.context, who="a planner")), PEOPLE)
    deliver(app)
    clock.advance(days=1)
    pay(app, PEOPLE[6])
    send_supplement(replace(app.context, who="a deputy"), ISSUE)
    [month] = overview(app.context).month
    by = {stage.stage: stage.by for stage in month.stages}
    assert (by[Stage.PLANNED], by[Stage.SENT]) == ("a planner", "a planner")


def test_an_issue_that_was_sent_is_done_and_no_more_upcoming(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    club = overview(app.context)
    assert club.upcoming == ()
    assert [month.next for month in club.month] == [None]


def test_the_figures_are_those_of_the_distribution_report(app: App, clock: FrozenClock) -> None:
    begin(app, PEOPLE)
    deliver(app, {ANNA: NEVER})
    come_back(app, "P002", FULL)
    clock.advance(hours=1)
    holds.lift(app.context, BORIS)
    pay(app, replace(PEOPLE[-1], paid=50000))  # a late payment is owed a copy, too
    clock.advance(hours=1)
    send_supplement(app.context, ISSUE)
    deliver(app)
    [figures] = overview(app.context).last
    balance = distribution_report(app.context, ISSUE).balance
    assert dict(figures.states) == dict(balance.deliveries)
    assert figures.excluded == sum(balance.excluded.values()) == 1
    assert (figures.accepted, figures.bounced, figures.refused, figures.others) == (6, 1, 1, 0)
    assert sum(figures.states.values()) == balance.copies


def test_the_statements_do_not_grow_with_the_copies(app: App) -> None:
    begin(app, members(40))
    with statements(app.store) as few:
        overview(app.context)
    deliver(app, {member.email: NEVER for member in members(20)})
    with statements(app.store) as many:
        assert overview(app.context).last[0].states[State.REJECTED] == 20
    assert len(many) <= len(few)


def test_the_telephone_list_names_each_person_once_with_what_to_say(app: App) -> None:
    phoned = replace(PEOPLE[0], languages="ru+en")
    import_register(app, [phoned, *PEOPLE[1:]])
    pull_issues(app)
    begin(app)
    deliver(app, {BORIS: NEVER})
    come_back(app, "P001", FULL)
    holds.hold_by_hand(app.context, CLARA, "she asked us")
    boris, anna = phone_list(app.context)
    assert (anna.person, anna.language, anna.issue) == ("P001", "ru", str(ISSUE))
    assert phone_sentence(anna).startswith("Здравствуйте, Читатель001!")
    assert boris.person == "P002"
    assert "the address does not exist" in phone_sentence(boris)
