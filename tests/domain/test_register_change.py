from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.circulation import Register
from mailer.domain.membership import MembershipKind, Pause, Period
from mailer.domain.register_change import Difference, FieldChange, difference
from mailer.domain.register_rows import BadRow, Given, MemberRow, PaymentRow, RegisterTable
from tests.builders import a_membership, a_payment, a_register, a_seat, registers

DAY = date(2018, 7, 12)


def a_row(
    row: int = 2,
    membership: str = "M001",
    person: str = "P001",
    kind: MembershipKind = MembershipKind.INDIVIDUAL,
    **fields,
) -> MemberRow:
    given = {name: Given(value=value) for name, value in fields.items() if name not in {"names", "salutations"}}
    texts = {name: fields.get(name, {}) for name in ("names", "salutations")}
    return MemberRow(file="members.csv", row=row, membership=membership, kind=kind, person=person, **given, **texts)


def corporate(row: int, person: str, **fields) -> MemberRow:
    return a_row(row, "M001", person, MembershipKind.CORPORATE, **fields)


def a_payment_row(row: int = 2, *, without: tuple[str, ...] = (), **fields) -> PaymentRow:
    payment = a_payment(**fields)
    given = {
        name: None if name in without else Given(value=getattr(payment, name))
        for name in ("paid_on", "in_full", "reference")
    }
    return PaymentRow(
        file="payments.csv",
        row=row,
        membership=payment.membership,
        period=payment.period,
        amount=payment.amount,
        currency=payment.currency,
        **given,
    )


def bring(register: Register, *rows: MemberRow, bad: tuple[BadRow, ...] = (), end_missing: date | None = None):
    return difference(register, RegisterTable(rows=rows, bad=bad), None, end_missing=end_missing)


def pay(register: Register, *rows: PaymentRow) -> Difference:
    return difference(register, None, RegisterTable(rows=rows))


def seats(found: Difference) -> dict[str, int | None]:
    return {change.after.person: change.after.number for change in found.seats}


def faults(found: Difference) -> list[tuple[int, str]]:
    return [(bad.row, bad.column) for bad in found.bad]


FIRM = a_register(
    a_membership(kind=MembershipKind.CORPORATE, organisation="Delta"),
    a_seat(person="P001", number=1),
    a_seat(person="P002", number=2),
)


# --- who comes and who changes ----------------------------------------------------------------------------------------


def test_a_new_person_brings_a_new_membership():
    found = bring(a_register(), a_row(names={"en": "Anna", "ru": ""}, circle="club"))
    assert found.memberships[0].after == a_membership()
    assert found.memberships[0].before is None
    assert found.seats[0].after.names == {"en": "Anna"}
    assert found.seats[0].fields == found.memberships[0].fields == ()
    assert found.counts == {
        "memberships_added": 1,
        "memberships_changed": 0,
        "people_added": 1,
        "people_changed": 0,
        "people_ended": 0,
        "payments_added": 0,
        "bad_rows": 0,
    }


def test_an_empty_cell_clears_an_absent_column_leaves():
    register = a_register(a_membership(organisation="Delta"), a_seat(names={"en": "Anna", "ru": "Анна"}))
    found = bring(register, a_row(names={"ru": ""}, languages=("ru",), address=None))
    assert found.memberships == ()
    assert found.seats[0].fields == (
        FieldChange(field="name_ru", before="Анна", after=""),
        FieldChange(field="email", before="p001@example.org", after=""),
        FieldChange(field="languages", before="en", after="ru"),
    )


def test_a_change_of_the_membership_is_told_by_column():
    register = a_register(a_membership(), a_seat())
    [change] = bring(register, a_row(kind=MembershipKind.COMPLIMENTARY, free_until=DAY, circle="centre")).memberships
    assert [(field.field, field.before, field.after) for field in change.fields] == [
        ("kind", "individual", "complimentary"),
        ("circulation", "club", "centre"),
        ("free_until", "", "2018-07-12"),
    ]


def test_who_is_absent_stays():
    assert bring(FIRM).changes_nothing


@pytest.mark.parametrize(
    ("column", "field", "one", "two"),
    [
        ("organisation", "organisation", "Delta", "Deltta"),
        ("circulation", "circle", "club", ""),
        ("free_until", "free_until", DAY, None),
    ],
)
def test_rows_of_a_membership_must_agree(column, field, one, two):
    found = bring(a_register(), corporate(2, "P1", **{field: one}), corporate(3, "P2", **{field: two}))
    assert faults(found) == [(2, column), (3, column)]
    assert "in row 2" in found.bad[0].reason
    assert found.changes_nothing


def test_rows_must_agree_on_the_kind():
    assert faults(bring(a_register(), a_row(2, person="P1"), corporate(3, "P2"))) == [(2, "kind"), (3, "kind")]


def test_a_row_must_agree_with_who_stays_in_the_register():
    found = bring(FIRM, corporate(2, "P001", organisation="Gamma"))
    assert faults(found) == [(2, "organisation")]
    assert "Gamma in row 2 and Delta in the register for P002" in found.bad[0].reason


def test_who_has_left_has_no_say_in_it():
    assert bring(FIRM, corporate(2, "P001", organisation="Gamma"), end_missing=DAY).bad == ()
    left = replace(FIRM, seats=(FIRM.seats[0], replace(FIRM.seats[1], ended_on=DAY)))
    assert bring(left, corporate(2, "P001", organisation="Gamma")).bad == ()


def test_the_same_person_twice_is_two_bad_rows():
    found = bring(a_register(), corporate(2, "P1"), corporate(5, "P1"), corporate(6, "P2"))
    assert [str(fault) for fault in found.bad] == [
        "members.csv, row 2, column person: P1 is on M001 in row 5 too; keep one of the two",
        "members.csv, row 5, column person: P1 is on M001 in row 2 too; keep one of the two",
    ]
    assert seats(found) == {"P2": 1}


def test_a_pause_that_ends_before_it_begins_is_a_bad_row():
    late, early = DAY, DAY - timedelta(days=1)
    found = bring(a_register(), corporate(2, "P1", pause_first=late, pause_last=early))
    assert faults(found) == [(2, "pause_until")]
    assert bring(a_register(), corporate(2, "P1", pause_first=early, pause_last=early)).bad == ()
    paused = replace(FIRM, seats=(replace(FIRM.seats[0], pause=Pause(first=DAY)),))
    assert faults(bring(paused, corporate(2, "P001", pause_last=early))) == [(2, "pause_until")]


# --- seats ------------------------------------------------------------------------------------------------------------


def test_an_empty_seat_takes_the_next_free_one():
    assert seats(bring(a_register(), corporate(2, "P1"), corporate(3, "P2"))) == {"P1": 1, "P2": 2}
    assert seats(bring(a_register(), corporate(2, "P1", number=None), corporate(3, "P2", number=1))) == {
        "P2": 1,
        "P1": 2,
    }


def test_a_third_person_on_a_corporate_membership_is_refused():
    found = bring(FIRM, corporate(2, "P003", number=None))
    assert faults(found) == [(2, "person")]
    assert "two seats, taken by P001 and P002" in found.bad[0].reason
    third_first = [corporate(2, "P003"), corporate(3, "P001"), corporate(4, "P002")]
    assert faults(bring(FIRM, *third_first)) == [(2, "person")]
    assert faults(bring(a_register(), *third_first)) == [(4, "person")]


def test_a_taken_seat_is_refused():
    one = replace(FIRM, seats=FIRM.seats[:1])
    found = bring(one, corporate(2, "P003", number=1))
    assert faults(found) == [(2, "seat")]
    assert "seat 1 is taken by P001" in found.bad[0].reason
    assert faults(bring(a_register(), corporate(2, "P1", number=2), corporate(3, "P2", number=2))) == [(3, "seat")]


def test_who_is_refused_a_new_seat_keeps_the_old_one():
    found = bring(FIRM, corporate(2, "P001", number=2, names={"en": "New"}))
    assert faults(found) == [(2, "seat")]
    assert found.changes_nothing


def test_a_seat_that_ends_is_free_for_a_successor_in_the_same_import():
    found = bring(FIRM, corporate(2, "P003", number=2), corporate(3, "P002", ended_on=DAY))
    assert found.bad == ()
    assert seats(found) == {"P003": 2, "P002": 2}
    assert [change.after.person for change in found.seats if change.ends] == ["P002"]
    assert seats(bring(FIRM, corporate(2, "P003"), end_missing=DAY)) == {"P001": 1, "P002": 2, "P003": 1}


def test_two_people_can_swap_their_seats():
    assert seats(bring(FIRM, corporate(2, "P001", number=2), corporate(3, "P002", number=1))) == {"P001": 2, "P002": 1}


def test_somebody_new_may_name_a_seat_and_the_other_moves():
    one = replace(FIRM, seats=FIRM.seats[:1])
    assert seats(bring(one, corporate(2, "P003", number=1), corporate(3, "P001", number=None))) == {
        "P003": 1,
        "P001": 2,
    }


def test_clearing_the_end_takes_the_seat_again_if_it_is_free():
    left = replace(FIRM, seats=(FIRM.seats[0], replace(FIRM.seats[1], ended_on=DAY)))
    assert bring(left, corporate(2, "P002", ended_on=None)).seats[0].after == FIRM.seats[1]
    both = bring(left, corporate(2, "P002", ended_on=None), corporate(3, "P003", number=2))
    assert faults(both) == [(3, "person")]


def test_people_who_left_before_they_came_need_no_free_seat():
    rows = [corporate(row, f"P{row}", ended_on=DAY) for row in (2, 3, 4)]
    found = bring(a_register(), *rows, corporate(5, "P5"))
    assert found.bad == ()
    assert seats(found) == {"P5": 1, "P2": 2, "P3": 1, "P4": 1}


def test_an_individual_membership_has_one_living_seat():
    register = a_register(a_membership(), a_seat())
    found = bring(register, a_row(2, person="P002"))
    assert faults(found) == [(2, "person")]
    assert "one seat, taken by P001" in found.bad[0].reason
    assert bring(register, a_row(2, person="P002"), a_row(3, ended_on=DAY)).bad == ()


def test_an_honorary_membership_has_room_for_all():
    rows = [a_row(row, person=f"P{row}", kind=MembershipKind.HONORARY) for row in range(2, 9)]
    assert set(seats(bring(a_register(), *rows)).values()) == {None}


def test_only_a_corporate_membership_has_numbered_seats():
    assert faults(bring(a_register(), a_row(2, number=1))) == [(2, "seat")]
    assert bring(a_register(), a_row(2, number=None)).bad == ()


def test_a_change_of_kind_numbers_everybody_anew():
    register = a_register(a_membership(), a_seat(), a_seat(person="P000", ended_on=DAY))
    assert seats(bring(register, corporate(2, "P001"), corporate(3, "P002"))) == {"P000": 1, "P001": 1, "P002": 2}
    found = bring(FIRM, a_row(2, person="P001"), a_row(3, person="P002", ended_on=DAY))
    assert seats(found) == {"P001": None, "P002": None}


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
    found = bring(register, bad=(replace(named, key=None),), end_missing=DAY)
    assert found.changes_nothing
    assert "Nobody was ended" in found.warnings[0]
    refused_by_rule = bring(register, a_row(2, number=1), end_missing=DAY)
    assert [change.after.person for change in refused_by_rule.seats] == ["P002"]


# --- payments ---------------------------------------------------------------------------------------------------------

MEMBER = a_register(a_membership(), a_seat(), a_payment(reference="INV-1"))


def test_a_payment_is_added_once():
    row = a_payment_row(reference="INV-2", amount=Decimal(-50000))
    found = pay(MEMBER, row)
    assert found.payments == (a_payment(reference="INV-2", amount=Decimal(-50000)),)
    again = replace(MEMBER, payments=(*MEMBER.payments, *found.payments))
    assert pay(again, row).changes_nothing


def test_members_of_the_same_import_can_pay():
    rows = RegisterTable(rows=(a_row(),))
    assert difference(a_register(), rows, RegisterTable(rows=(a_payment_row(),))).payments == (a_payment(),)


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        ("amount", {"amount": Decimal(40000)}),
        ("currency", {"currency": "EUR"}),
        ("period_to", {"period": Period(first=date(2018, 1, 1), last=date(2019, 12, 31))}),
        ("paid_on", {"paid_on": None}),
        ("in_full", {"in_full": True}),
    ],
)
def test_a_known_reference_with_other_figures_asks_for_a_reversal(column, fields):
    found = pay(MEMBER, a_payment_row(reference="INV-1", **fields))
    assert faults(found) == [(2, column)]
    assert "enter a reversal" in found.bad[0].reason
    assert found.payments == ()


def test_a_reference_belongs_to_its_membership():
    register = a_register(a_membership(), a_membership("M002"), a_payment(reference="INV-1"))
    assert len(pay(register, a_payment_row(membership="M002", reference="INV-1", amount=Decimal(1))).payments) == 1


def test_without_a_reference_all_columns_tell():
    register = a_register(a_membership(), a_payment(reference=""))
    assert pay(register, a_payment_row(reference="")).changes_nothing
    assert len(pay(register, a_payment_row(reference="", paid_on=DAY)).payments) == 1


def test_columns_that_are_absent_are_not_compared():
    assert pay(MEMBER, a_payment_row(without=("paid_on", "in_full", "reference"))).changes_nothing
    assert pay(MEMBER, a_payment_row(reference="INV-1", without=("paid_on",))).changes_nothing
    assert len(pay(MEMBER, a_payment_row(amount=Decimal(1), without=("reference",))).payments) == 1


@pytest.mark.parametrize("reference", ["", "INV-{}"])
def test_thousands_of_payments_on_one_membership_take_no_time(reference):
    rows = [a_payment_row(row, reference=reference.format(row), amount=Decimal(row)) for row in range(2, 4002)]
    began = process_time()
    assert len(pay(a_register(a_membership()), *rows).payments) == 4000
    assert process_time() - began < 5  # one comparison of all with all takes thirty seconds


def test_the_same_row_twice_is_taken_once_with_a_warning():
    found = pay(a_register(a_membership()), a_payment_row(2, reference=""), a_payment_row(7, reference=""))
    assert len(found.payments) == 1
    assert "row 7 says the same as row 2" in found.warnings[0]


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        ("membership", {"membership": "M099"}),
        ("period_to", {"period": Period(first=date(2018, 12, 31), last=date(2018, 1, 1))}),
        ("amount", {"amount": Decimal("0.005")}),
        ("amount", {"amount": Decimal(10) ** 40}),
    ],
)
def test_payments_that_cannot_be(column, fields):
    assert faults(pay(MEMBER, a_payment_row(reference="INV-2", **fields))) == [(2, column)]


def test_bad_rows_of_both_files_come_in_their_order():
    bad = (BadRow(file="payments.csv", row=9, column="amount", reason="wrong"),)
    found = difference(
        a_register(),
        RegisterTable(rows=(a_row(number=1),)),
        RegisterTable(rows=(a_payment_row(3),), bad=bad),
    )
    assert [(one.file, one.row) for one in found.bad] == [("members.csv", 2), ("payments.csv", 3), ("payments.csv", 9)]


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
        a_row(number, membership, person, kind, number=seat, ended_on=ended_on)
        for number, (membership, person, kind, seat, ended_on) in enumerate(rows, start=2)
    ]
)


def applied(register: Register, found: Difference) -> Register:
    after = {(change.after.membership, change.after.person): change.after for change in found.seats}
    kept = [seat for seat in register.seats if (seat.membership, seat.person) not in after]
    return Register(
        memberships={**register.memberships, **{change.after.id: change.after for change in found.memberships}},
        seats=tuple(sorted([*kept, *after.values()], key=lambda seat: (seat.membership, seat.person))),
        payments=(*register.payments, *found.payments),
    )


@given(registers(), _rows, st.sampled_from([None, DAY]))
def test_whatever_is_imported_the_seats_hold_and_twice_changes_nothing(register, rows, end_missing):
    found = bring(register, *rows, end_missing=end_missing)
    after = applied(register, found)
    for membership in after.memberships.values():
        living = [seat for seat in after.seats if seat.membership == membership.id and seat.ended_on is None]
        sitting = [seat.number for seat in after.seats if seat.membership == membership.id]
        if membership.kind is MembershipKind.CORPORATE:
            assert set(sitting) <= {1, 2}
            assert len({seat.number for seat in living}) == len(living)
        else:
            assert set(sitting) <= {None}
            assert membership.kind.seats is None or len(living) <= membership.kind.seats
    good = [row for row in rows if row.row not in {bad.row for bad in found.bad}]
    assert bring(after, *good).bad == ()
    assert bring(after, *good).changes_nothing


def test_a_bad_row_says_where_it_is():
    assert (
        str(BadRow(file="members.csv", row=2, column="email", reason="wrong"))
        == "members.csv, row 2, column email: wrong"
    )
