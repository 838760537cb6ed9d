"""What an import changes: people and memberships added, changed and ended, and rows that are wrong."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.circulation import Register
from mailer.domain.membership import MembershipKind, Pause
from mailer.domain.register_change import difference
from mailer.domain.register_difference import Difference, FieldChange
from mailer.domain.register_rows import BadRow
from tests.builders import a_membership, a_register, a_seat, registers
from tests.domain.register_rows import DAY, FIRM, a_row, bring, corporate, faults, seats

# --- who comes and who changes ----------------------------------------------------------------------------------------


def test_a_new_person_brings_a_new_membership():
    outcome = bring(a_register(), a_row(name_en="Anna", name_ru="", circulation="club"))
    assert outcome.memberships[0].after == a_membership()
    assert outcome.memberships[0].before is None
    assert outcome.seats[0].after.names == {"en": "Anna"}
    assert outcome.seats[0].fields == outcome.memberships[0].fields == ()
    assert outcome.counts == {
        "memberships_added": 1,
        "memberships_changed": 0,
        "people_added": 1,
        "people_changed": 0,
        "people_ended": 0,
        "people_absent": 0,
        "payments_added": 0,
        "bad_rows": 0,
    }


def test_an_empty_cell_clears_an_absent_column_leaves():
    register = a_register(a_membership(organisation="Delta"), a_seat(names={"en": "Anna", "ru": "Анна"}))
    outcome = bring(register, a_row(name_ru="", languages=("ru",), email=None))
    assert outcome.memberships == ()
    assert outcome.seats[0].fields == (
        FieldChange(field="name_ru", before="Анна", after=""),
        FieldChange(field="email", before="p001@example.org", after=""),
        FieldChange(field="languages", before="en", after="ru"),
    )


def test_a_change_of_the_membership_is_told_by_column():
    register = a_register(a_membership(), a_seat())
    [change] = bring(
        register, a_row(kind=MembershipKind.COMPLIMENTARY, free_until=DAY, circulation="centre")
    ).memberships
    assert [(field.field, field.before, field.after) for field in change.fields] == [
        ("kind", "individual", "complimentary"),
        ("circulation", "club", "centre"),
        ("free_until", "", "2018-07-12"),
    ]


def test_who_is_absent_stays():
    assert bring(FIRM).changes_nothing


@pytest.mark.parametrize(
    ("column", "cell", "other"),
    [("organisation", "Delta", "Deltta"), ("circulation", "club", ""), ("free_until", DAY, None)],
)
def test_rows_of_a_membership_must_agree(column, cell, other):
    outcome = bring(a_register(), corporate(2, "P1", **{column: cell}), corporate(3, "P2", **{column: other}))
    assert faults(outcome) == [(2, column), (3, column)]
    assert "in row 2" in outcome.bad[0].reason
    assert outcome.changes_nothing


def test_rows_must_agree_on_the_kind():
    assert faults(bring(a_register(), a_row(2, person="P1"), corporate(3, "P2"))) == [(2, "kind"), (3, "kind")]


def test_a_row_must_agree_with_who_stays_in_the_register():
    outcome = bring(FIRM, corporate(2, "P001", organisation="Gamma"))
    assert faults(outcome) == [(2, "organisation")]
    assert "Gamma in row 2 and Delta in the register for P002" in outcome.bad[0].reason


def test_who_has_left_has_no_say_in_it():
    assert bring(FIRM, corporate(2, "P001", organisation="Gamma"), end_missing=DAY).bad == ()
    left = replace(FIRM, seats=(FIRM.seats[0], replace(FIRM.seats[1], ended_on=DAY)))
    assert bring(left, corporate(2, "P001", organisation="Gamma")).bad == ()


def test_the_same_person_twice_is_two_bad_rows():
    outcome = bring(a_register(), corporate(2, "P1"), corporate(5, "P1"), corporate(6, "P2"))
    assert [str(fault) for fault in outcome.bad] == [
        "members.csv, row 2, column person: P1 is on M001 in row 5 too; keep one of the two",
        "members.csv, row 5, column person: P1 is on M001 in row 2 too; keep one of the two",
    ]
    assert seats(outcome) == {"P2": 1}


def test_a_pause_that_ends_before_it_begins_is_a_bad_row():
    late, early = DAY, DAY - timedelta(days=1)
    outcome = bring(a_register(), corporate(2, "P1", pause_from=late, pause_until=early))
    assert faults(outcome) == [(2, "pause_until")]
    assert bring(a_register(), corporate(2, "P1", pause_from=early, pause_until=early)).bad == ()
    paused = replace(FIRM, seats=(replace(FIRM.seats[0], pause=Pause(first=DAY)),))
    assert faults(bring(paused, corporate(2, "P001", pause_until=early))) == [(2, "pause_until")]


# --- who is missing ---------------------------------------------------------------------------------------------------


def test_end_missing_ends_who_is_not_named():
    register = a_register(
        a_membership(), a_seat(), a_membership("M002"), a_seat("M002", "P002", ended_on=date(2017, 1, 1))
    )
    [change] = bring(register, end_missing=DAY).seats
    assert change.fields == (FieldChange(field="ended_on", before="", after="2018-07-12"),)
    assert change.ends
    assert bring(register, a_row(), end_missing=DAY).changes_nothing
    assert difference(register, None, None, end_missing=DAY).changes_nothing


def test_a_bad_row_still_names_its_person():
    register = a_register(a_membership(), a_seat(), a_membership("M002"), a_seat("M002", "P002"))
    named = BadRow(file="members.csv", row=2, column="email", reason="wrong", key=("M001", "P001"))
    assert [change.after.person for change in bring(register, bad=(named,), end_missing=DAY).seats] == ["P002"]
    outcome = bring(register, bad=(replace(named, key=None),), end_missing=DAY)
    assert outcome.changes_nothing
    assert "No person was ended" in outcome.warnings[0]
    refused_by_rule = bring(register, a_row(2, seat=1), end_missing=DAY)
    assert [change.after.person for change in refused_by_rule.seats] == ["P002"]


# --- any register, any rows -------------------------------------------------------------------------------------------

_rows = st.lists(
    st.builds(
        lambda membership, person, kind, number, ended_on: (membership, person, kind, number, ended_on),
        st.sampled_from(["M001", "M002", "M003"]),
        st.sampled_from(["P001", "P002", "P003", "P004"]),
        st.sampled_from(
            [MembershipKind.CORPORATE, MembershipKind.CORPORATE, MembershipKind.INDIVIDUAL, MembershipKind.HONORARY]
        ),
        st.sampled_from([None, None, 1, 2]),
        st.sampled_from([None, None, DAY]),
    ),
    max_size=8,
).map(
    lambda rows: [
        a_row(number, membership, person, kind, seat=seat, ended_on=ended_on)
        for number, (membership, person, kind, seat, ended_on) in enumerate(rows, start=2)
    ]
)


def applied(register: Register, outcome: Difference) -> Register:
    after = {(change.after.membership, change.after.person): change.after for change in outcome.seats}
    kept = [seat for seat in register.seats if (seat.membership, seat.person) not in after]
    return Register(
        memberships={**register.memberships, **{change.after.id: change.after for change in outcome.memberships}},
        seats=tuple(sorted([*kept, *after.values()], key=lambda seat: (seat.membership, seat.person))),
        payments=(*register.payments, *outcome.payments),
    )


@given(registers(), _rows, st.sampled_from([None, DAY]))
def test_whatever_is_imported_the_seats_hold_and_twice_changes_nothing(register, rows, end_missing):
    outcome = bring(register, *rows, end_missing=end_missing)
    after = applied(register, outcome)
    for membership in after.memberships.values():
        living = [seat for seat in after.seats if seat.membership == membership.id and seat.ended_on is None]
        sitting = [seat.number for seat in after.seats if seat.membership == membership.id]
        if membership.kind is MembershipKind.CORPORATE:
            assert set(sitting) <= {1, 2}
            assert len({seat.number for seat in living}) == len(living)
        else:
            assert set(sitting) <= {None}
            assert membership.kind.seats is None or len(living) <= membership.kind.seats
    good = [row for row in rows if row.row not in {bad.row for bad in outcome.bad}]
    assert bring(after, *good).bad == ()
    assert bring(after, *good).changes_nothing


def test_a_bad_row_says_where_it_is():
    assert (
        str(BadRow(file="members.csv", row=2, column="email", reason="wrong"))
        == "members.csv, row 2, column email: wrong"
    )
