"""The circulation is the same, down to its hash, however many people are judged and written at a time."""

from dataclasses import replace
from datetime import date
from itertools import chain, permutations

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, select

from mailer.app.installation import App
from mailer.domain.circulation import Register, candidates, judge
from mailer.domain.membership import MembershipKind
from mailer.domain.register_difference import Difference, MembershipChange, SeatChange
from mailer.pipeline.issues.shelf import find_revision
from mailer.pipeline.mailings.entitle import audience_of, judge_everybody, judge_people
from mailer.pipeline.mailings.freeze import Draft
from mailer.pipeline.mailings.plan import compile_draft, write_plan
from mailer.store import circulations, mailings, members, people_in_order
from mailer.store.copies import deliveries
from mailer.store.schema import recipients
from tests.builders import a_membership, a_payment, a_register, a_seat, registers
from tests.club import ISSUE, LETTER, pull_issues

CHUNKS = (1, 2, 3, 1000)
FIRM = {"kind": MembershipKind.CORPORATE}
PAID = {"amount": 80000}


def put(connection: Connection, register: Register) -> None:
    """Fill the register with this one."""
    members.lock_register(connection)
    new = Difference(
        memberships=tuple(MembershipChange(before=None, after=one) for one in register.memberships.values()),
        seats=tuple(SeatChange(before=None, after=seat) for seat in register.seats),
        payments=register.payments,
    )
    members.apply(connection, new)


@pytest.fixture
def draft(app: App) -> Draft:
    """The club's issue, pulled and compiled."""
    pull_issues(app)
    return compile_draft(app.context, ISSUE)


def frozen(app: App, draft: Draft, register: Register, chunk: int) -> tuple[object, ...]:
    """All that a plan writes of people, so many at a time; it is rolled back."""
    with app.store.rehearsal() as connection:
        put(connection, register)
        rehearsed = app.context.within(connection)
        plan = write_plan(rehearsed, ISSUE, draft, chunk=chunk)
        assert plan is not None
        mailing = mailings.mailing(connection, plan.mailing)
        copies = deliveries.of_mailing(connection, plan.mailing)
        assert [copy.copy_number for copy in copies] == [*range(1, plan.copies + 1)]
        assert len({copy.message_id for copy in copies}) == plan.copies
        return (
            replace(plan, mailing=0),
            mailing.circulation_hash,
            mailing.seal,
            [*circulations.decided(connection, plan.mailing)],
            [copy.copy for copy in copies],
            sorted(connection.execute(select(recipients.c.person, recipients.c.membership))),
        )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(register=registers())
def test_the_size_of_a_chunk_changes_nothing(app: App, draft: Draft, register: Register) -> None:
    first, *others = (frozen(app, draft, register, chunk) for chunk in CHUNKS)
    assert others == [first] * len(others)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(register=registers())
def test_some_people_are_judged_as_they_are_among_all(app: App, draft: Draft, register: Register) -> None:
    with app.store.rehearsal() as connection:
        put(connection, register)
        revision = draft.revision
        audience = audience_of(app.context.newsletter(LETTER), revision)
        whole = judge(candidates(members.load_register(connection), audience.date), audience, app.context.fees)
        assert [*people_in_order.people(connection)] == [*whole]
        for chunk in CHUNKS:
            chunks = [*judge_everybody(connection, app.context, revision, chunk=chunk)]
            assert all(len(people) <= chunk for people in chunks)
            assert [*chain.from_iterable(chunks)] == [*whole.values()]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_who_sits_where_is_seen_from_outside_of_the_chunk(app: App, draft: Draft, chunk: int) -> None:
    register = a_register(
        a_membership(**FIRM),
        a_seat(person="P001", number=1, ended_on=date(2018, 12, 31)),
        a_seat(person="P002", number=2),
        a_seat(person="P003", number=1),  # once P001 has left
        a_payment(**PAID),
    )
    [_, _, _, decided, copies, _] = frozen(app, draft, register, chunk)
    assert [(one.person, one.reason) for one in decided] == [("P001", "paid"), ("P002", "paid"), ("P003", "no_seat")]
    assert [(one.person, one.copy_number) for one in copies] == [("P001", 1), ("P002", 2)]


@pytest.mark.parametrize("chunk", CHUNKS)
def test_who_is_on_several_memberships_is_judged_once_by_the_best(app: App, draft: Draft, chunk: int) -> None:
    register = a_register(
        a_membership("M001", circle="archive"),
        a_membership("M002"),
        a_membership("M003", kind=MembershipKind.HONORARY),
        a_seat("M001", "P002"),
        a_seat("M002", "P002"),
        a_seat("M003", "P001"),
        a_seat("M003", "P002"),
        a_seat("M003", "P003"),
        a_payment("M002"),
    )
    [plan, _, _, decided, _, sat] = frozen(app, draft, register, chunk)
    assert (plan.considered, plan.recipients, plan.copies) == (3, 3, 3)
    assert [(one.person, one.reason) for one in decided] == [(f"P00{number}", "honorary") for number in (1, 2, 3)]
    assert {row.membership for row in sat} == {"M003"}


def test_who_is_not_in_the_register_has_no_answer(app: App) -> None:
    pull_issues(app)
    with app.store.rehearsal() as connection:
        put(connection, a_register(a_membership(), a_seat()))
        revision = find_revision(connection, ISSUE)
        assert [*judge_people(connection, app.context, revision, {"P001", "P999"})] == ["P001"]
        assert judge_people(connection, app.context, revision, set()) == {}


@pytest.mark.parametrize("order", list(permutations(("M001", "M002", "M003"))))
def test_who_has_another_name_on_each_membership_is_called_by_the_first(
    app: App, draft: Draft, order: tuple[str, ...]
) -> None:
    parts = [(a_membership(name), a_seat(name, names={"en": f"As {name}"})) for name in order]
    with app.store.rehearsal() as connection:
        put(connection, a_register(*chain.from_iterable(parts)))
        plan = write_plan(app.context.within(connection), ISSUE, draft)
        assert plan is not None
        assert [decision.name for decision in circulations.decided(connection, plan.mailing)] == ["As M001"]
        assert members.names_of(connection, ["P001"]) == {"P001": {"en": "As M001"}}
