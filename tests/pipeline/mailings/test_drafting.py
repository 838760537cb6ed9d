"""A plan is written in chunks: nobody sees it before it is whole, whatever happens between two of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from mailer.app.installation import App
from mailer.domain.circulation import Copy
from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.errors import Refused
from mailer.domain.hold import HoldReason
from mailer.pipeline.context import Context
from mailer.pipeline.issues.clear_plans import clear_plans
from mailer.pipeline.issues.drop import drop_issue
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.drafting import Moved
from mailer.pipeline.mailings.freeze import Draft
from mailer.pipeline.mailings.plan import compile_draft, plan_mailing, write_plan
from mailer.pipeline.mailings.report import distribution_report, progress_of_all
from mailer.pipeline.register.erase import erase
from mailer.store import Connection, Store, circulations, holds, mailings, plans
from mailer.store.copies import deliveries, readers, tallies, waiting
from mailer.store.ledger.results import begin_mailing
from mailer.store.ledger.unfinished import unfinished
from mailer.store.members import lock_register
from mailer.store.schema import deliveries as copies_table
from mailer.store.schema import editions, exclusions, recipients
from mailer.store.schema import mailings as mailings_table
from tests.club import ISSUE, Club, Member, copies, import_register, members, pay, pull_issues
from tests.doubles import FrozenClock

PEOPLE = [*members(3), Member(number=4, paid=0), Member(number=5)]
LATE = PEOPLE[3]


class Killed(BaseException):
    """The process is gone."""


class InterruptedStore(Store):
    """A database before each of whose transactions something happens."""

    def __init__(self, store: Store, before: Callable[[int], None]) -> None:
        super().__init__(store._engine)
        self.passed = 0
        self.before = before

    @contextmanager
    def transaction(self, *, waits: bool = True) -> Iterator[Connection]:
        self.passed += 1
        self.before(self.passed)
        with super().transaction(waits=waits) as connection:
            yield connection


def kill_at(which: int, passed: int) -> None:
    """From that transaction on, nothing is done any more."""
    if passed >= which:
        raise Killed


def plan_by_one(context: Context, draft: Draft | None = None) -> None:
    """Plan the issue, one person in a transaction, again as long as what it is made from moves."""
    try:
        assert write_plan(context, ISSUE, draft or compile_draft(context, ISSUE), chunk=1) is not None
    except Moved:
        plan_by_one(context)


def rows(app: App) -> dict[str, int]:
    tables = (mailings_table, copies_table, recipients, exclusions, editions)
    with app.store.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        }


def seen(app: App) -> list[object]:
    """What commands, pages, claims and reports see of the issue and its readers."""
    with app.store.reading() as connection:
        every = mailings.mailings_of(connection, ISSUE.newsletter, ISSUE.serial)
        first = every[0] if every else None
        identities = [mailing.id for mailing in every]
        wires = [member.email for member in PEOPLE]
        return [
            every,
            mailings.firsts(connection),
            mailings.not_ended(connection),
            deliveries.listing(connection, ISSUE.newsletter, ISSUE.serial),
            deliveries.next_copy_number(connection, ISSUE.newsletter, ISSUE.serial),
            deliveries.counts(connection, identities),
            [readers.of_person(connection, f"P00{number}") for number in range(1, 6)],
            readers.to_address(connection, wires),
            unfinished(connection),
            waiting.waiting(connection, first) if first else [],
            tallies.copies_up_to(connection, first.id, 9) if first else 0,
            circulations.decisions(connection, identities),
        ]


@pytest.fixture
def planned(app: App) -> App:
    """The club, its issue planned and approved; one more person has paid since."""
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    pay(app, replace(LATE, paid=50000))
    return app


def test_a_planner_killed_anywhere_leaves_nothing_to_see(planned: App, clock: FrozenClock) -> None:
    before, number, draft = seen(planned), 1 + len(PEOPLE) + 1, compile_draft(planned.context, ISSUE)
    for which in range(1, number + 1):
        store = InterruptedStore(planned.store, partial(kill_at, which))
        with pytest.raises(Killed):
            plan_by_one(replace(planned.context, store=store), draft)
        assert seen(planned) == before, which
    with planned.store.reading() as connection:
        assert plans.any_draft(connection)
    clear_plans(planned.context)
    assert rows(planned)["mailings"] > 1  # they may be alive
    clock.advance(minutes=11)
    clear_plans(planned.context)
    assert rows(planned) == {"mailings": 1, "deliveries": 4, "recipients": 4, "exclusions": 1, "editions": 1}
    assert seen(planned) == before


def test_a_planner_killed_while_it_clears_has_planned(planned: App) -> None:
    number = 1 + len(PEOPLE) + 1
    with pytest.raises(Killed):
        plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, partial(kill_at, number + 1))))
    assert set(copies(planned)) == {"P001", "P002", "P003", "P004", "P005"}
    assert rows(planned)["deliveries"] == 9
    assert distribution_report(planned.context, ISSUE).balance.balanced
    clear_plans(planned.context, chunk=2)
    assert rows(planned) == {"mailings": 1, "deliveries": 5, "recipients": 5, "exclusions": 0, "editions": 1}


def test_the_next_planner_clears_what_a_killed_one_left(planned: App) -> None:
    for which in (2, 4, 7):
        with pytest.raises(Killed):
            plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, partial(kill_at, which))))
    plan_mailing(planned.context, ISSUE)
    assert rows(planned) == {"mailings": 1, "deliveries": 5, "recipients": 5, "exclusions": 0, "editions": 1}


def hold(app: App) -> None:
    """As a bounce does it: the register's version stays."""
    with app.store.transaction() as connection:
        lock_register(connection)
        wire = PEOPLE[1].email
        now = app.context.clock.now()
        holds.set_hold(connection, wire, HoldReason.ADDRESS, [], delivery=None, by="daemon", now=now)
        waiting.withhold(connection, EntitlementReason.ADDRESS_HELD, addresses=[wire])


def pause(app: App) -> None:
    with app.store.transaction() as connection:
        lock_register(connection)
        now = app.context.clock.now()
        (copy,) = connection.execute(select(func.min(copies_table.c.id))).scalars()
        holds.set_pause(connection, "P002", ISSUE.newsletter, now.date() - timedelta(days=9999), delivery=copy, now=now)
        waiting.withhold(connection, EntitlementReason.PAUSED, person="P002", newsletter=ISSUE.newsletter)


@pytest.mark.parametrize("event", [hold, pause])
def test_an_address_held_or_paused_between_two_chunks_gets_no_copy(planned: App, event: Callable[[App], None]) -> None:
    draft = compile_draft(planned.context, ISSUE)
    for which in range(1, 1 + len(PEOPLE) + 1):
        with planned.store.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM holds")
            connection.exec_driver_sql("DELETE FROM own_pauses")

        def happens(passed: int, which: int = which) -> None:
            if passed == which:
                event(planned)

        plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)), draft)
        left = copies(planned)
        assert "P002" not in left or left["P002"].state is State.HELD, which
        assert {copy.state for person, copy in left.items() if person != "P002"} == {State.PENDING}
        assert distribution_report(planned.context, ISSUE).balance.balanced


def plain(app: App) -> list[Copy]:
    return [copy.copy for copy in copies(app).values()]


def test_a_change_between_two_chunks_starts_the_plan_again(planned: App) -> None:
    new = Member(number=6)
    for which in (1, 4, 7):

        def happens(passed: int, which: int = which) -> None:
            if passed == which:
                import_register(planned, [*PEOPLE, replace(new, number=6 + which)])
            if passed == which + 3:
                erase(planned.context, f"P{6 + which:03}")

        plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)))
        chunked = plain(planned)
        plan_mailing(planned.context, ISSUE)
        assert chunked == plain(planned), which
        assert rows(planned)["mailings"] == 1
        assert len({copy.person for copy in chunked}) == len(chunked)


def test_an_issue_edited_between_two_chunks_is_planned_as_it_is(planned: App, club: Club) -> None:
    def happens(passed: int) -> None:
        if passed == 4:
            club.write_issue(more="Edited.")
            pull_issues(planned)

    plan_mailing(planned.context, ISSUE)  # the approval is void, so that it may be edited
    before = mailings_now(planned)[0].content_hash
    plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)))
    assert mailings_now(planned)[0].content_hash != before
    assert rows(planned)["mailings"] == 1


def mailings_now(app: App) -> list[mailings.Mailing]:
    with app.store.reading() as connection:
        return mailings.mailings_of(connection, ISSUE.newsletter, ISSUE.serial)


def test_of_two_planners_the_first_one_wins_and_the_other_starts_again(planned: App) -> None:
    for which in (1, 4, 7):

        def happens(passed: int, which: int = which) -> None:
            if passed == which:
                plan_mailing(planned.context, ISSUE)

        plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)))
        assert rows(planned) == {"mailings": 1, "deliveries": 5, "recipients": 5, "exclusions": 0, "editions": 1}


def test_an_approval_given_while_the_plan_is_written_again_is_void(planned: App) -> None:
    plan_mailing(planned.context, ISSUE)

    def happens(passed: int) -> None:
        if passed == 5:
            approve_mailing(planned.context, ISSUE)

    plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)))
    (mailing,) = mailings_now(planned)
    assert not mailing.is_approved
    assert [progress.copies for progress in progress_of_all(planned.context)] == [5]


def test_a_mailing_that_begins_between_two_chunks_keeps_its_plan(planned: App) -> None:
    """Its state stays what it was when its first copy leaves; nobody may get another copy by another plan."""
    (mailing,), number = mailings_now(planned), 1 + len(PEOPLE) + 1
    for which in range(2, number + 1):

        def happens(passed: int, which: int = which) -> None:
            if passed == which:
                with planned.store.transaction() as connection:
                    begin_mailing(connection, mailing.id, planned.context.clock.now())

        with pytest.raises(Refused, match="is already"):
            plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)))
        assert [each.id for each in mailings_now(planned) if each.has_begun] == [mailing.id]
        with planned.store.transaction() as connection:
            mailings.change(connection, mailing.id, first_handover_at=None)


def test_an_issue_dropped_meanwhile_is_not_planned(planned: App) -> None:
    plan_mailing(planned.context, ISSUE)

    def happens(passed: int) -> None:
        if passed == 3:
            drop_issue(planned.context, ISSUE)

    with pytest.raises(Exception, match="has not been pulled"):
        plan_by_one(replace(planned.context, store=InterruptedStore(planned.store, happens)))
    clear_plans(planned.context)
    assert set(rows(planned).values()) == {0}
