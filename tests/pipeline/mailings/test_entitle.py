"""Entitlement is checked again before a copy leaves: a lost one holds the copy with its reason; no change costs nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import delete, event, update

from mailer.app.installation import App
from mailer.domain.delivery import State
from mailer.domain.membership import FeeSchedule
from mailer.pipeline.mailings.entitle import recheck_all, recheck_entitlement, rules_of
from mailer.pipeline.mailings.steps import first_mailing
from mailer.store.copies.waiting import all_judged
from mailer.store.schema import register_state, seats
from tests.club import ISSUE, LETTER, Member, begin, copies, import_register, members, reverse, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import LATER, answer, claim, deliver, the_mailings

PEOPLE = members(3)
ANNA = PEOPLE[0]


def ask(app: App) -> None:
    with app.store.transaction() as connection:
        recheck_all(connection, app.context, first_mailing(connection, ISSUE))


@contextmanager
def statements(app: App) -> Iterator[list[str]]:
    """The statements that the database gets meanwhile."""
    said: list[str] = []

    def listen(_connection, _cursor, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(app.store._engine, "before_cursor_execute", listen)
    yield said
    event.remove(app.store._engine, "before_cursor_execute", listen)


def test_an_unchanged_register_touches_nothing(app: App) -> None:
    begin(app, PEOPLE)
    before = copies(app)
    with statements(app) as said:
        ask(app)
    assert not [one for one in said if "UPDATE" in one or "seats" in one or "payments" in one]
    assert copies(app) == before
    import_register(app, members(1, first=9))
    with statements(app) as said:
        ask(app)
    assert [one for one in said if "FROM seats" in one]
    with statements(app) as said:
        ask(app)
    assert not [one for one in said if "FROM seats" in one]
    assert copies(app) == before


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_however_many_are_asked_at_a_time_all_are(app: App, chunk: int) -> None:
    readers = [*members(5, languages="en"), Member(number=6, kind="honorary", paid=0)]
    begin(app, readers)
    for one in readers[:4:3]:
        reverse(app, one)
    with app.store.transaction() as connection:
        mailing = first_mailing(connection, ISSUE)
        rules = rules_of(connection, app.context, mailing)
        judged = [recheck_entitlement(connection, app.context, mailing, rules, most=chunk) for _ in range(7)]
        assert (max(judged), sum(judged), judged[-1]) == (min(chunk, 6), 6, 0)
        assert all_judged(connection, mailing.id, rules)
    assert {one.person: one.held_reason for one in copies(app).values()} == {
        "P001": "unpaid",
        "P002": None,
        "P003": None,
        "P004": "unpaid",
        "P005": None,
        "P006": None,
    }


def test_a_reader_who_is_in_the_register_no_more_is_held(app: App) -> None:
    begin(app, PEOPLE)
    with app.store.transaction() as connection:
        connection.execute(delete(seats).where(seats.c.person == ANNA.person))
        connection.execute(update(register_state).values(version=register_state.c.version + 1))
    ask(app)
    assert copies(app)[ANNA.person].held_reason == "unpaid"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"more": {"ended_on": "2018-07-12"}}, "ended"),
        ({"more": {"pause_from": "2018-07-01"}}, "paused"),
        ({"more": {"circulation": "archive"}}, "not_in_circulation"),
        ({"more": {"email": ""}}, "no_address"),
        ({"address": "desk999@members.example"}, "address_changed"),
        ({"languages": "ru"}, "no_edition"),
    ],
)
def test_who_lost_it_is_held_with_the_rules_reason(app: App, change: dict[str, object], reason: str) -> None:
    begin(app, PEOPLE)
    frozen = copies(app)[ANNA.person]
    import_register(app, [replace(ANNA, **change)])
    assert deliver(app) == [one.email for one in PEOPLE[1:]]
    held = copies(app)[ANNA.person]
    assert (held.state, held.held_reason) == (State.HELD, reason)
    # Address, name and number stay as they were frozen.
    assert held.copy == frozen.copy


def test_a_payment_taken_back_holds_the_copy(app: App) -> None:
    begin(app, PEOPLE)
    reverse(app, ANNA)
    deliver(app)
    assert copies(app)[ANNA.person].held_reason == "unpaid"
    assert states(app) == {"accepted": 2, "held": 1}


def test_another_name_or_salutation_changes_no_frozen_copy(app: App) -> None:
    begin(app, PEOPLE)
    frozen = copies(app)[ANNA.person].copy
    import_register(app, [replace(ANNA, more={"name_en": "Another", "salutation_en": "Dear Other"})])
    deliver(app)
    assert states(app) == {"accepted": 3}
    assert copies(app)[ANNA.person].copy == frozen


def test_an_address_written_otherwise_is_another_address(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [replace(ANNA, address=ANNA.email.replace("desk", "Desk"))])
    deliver(app)
    assert copies(app)[ANNA.person].held_reason == "address_changed"


def test_a_copy_deferred_while_the_register_changed_is_judged_before_it_leaves_again(
    app: App, clock: FrozenClock
) -> None:
    begin(app, PEOPLE)
    works = {work.envelope.recipient: work for work in claim(app)}
    reverse(app, ANNA)
    ask(app)  # another sender checks meanwhile: claimed copies are left alone
    for work in works.values():
        answer(app, work, LATER)
    assert states(app) == {"pending": 3}
    clock.advance(hours=1)
    assert deliver(app) == [one.email for one in PEOPLE[1:]]
    assert copies(app)[ANNA.person].held_reason == "unpaid"


@pytest.mark.parametrize(
    "rules",
    [
        lambda app: replace(app.context, fees=FeeSchedule(seasons=())),
        lambda app: replace(
            app.context, newsletters={LETTER: replace(app.context.newsletter(LETTER), circulations=("archive",))}
        ),
    ],
    ids=["fees", "circulations"],
)
def test_other_rules_are_a_reason_to_ask_again(app: App, rules) -> None:
    begin(app, PEOPLE)
    changed = replace(app, context=rules(app))
    assert deliver(changed) == []
    assert states(app) == {"held": 3}


def test_a_late_payer_elsewhere_holds_nobody(app: App) -> None:
    begin(app, PEOPLE)
    import_register(app, [Member(number=9, paid=0), *members(2, first=10)])
    assert deliver(app) == [one.email for one in PEOPLE]
    assert the_mailings(app)[0].state == "closed"
