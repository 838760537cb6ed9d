"""Notes about the payments that an import brings, beside the fees, the calendar and what was paid before."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from mailer.domain.member_doubts import Usage
from mailer.domain.membership import FeeSchedule, MembershipKind, Period
from mailer.domain.payment_doubts import payment_doubts
from tests.builders import a_membership, a_payment, a_register, a_season, a_seat, a_year, registers
from tests.counted import calls_of
from tests.domain.register_rows import a_payment_row, pay

USAGE = Usage(
    circles=("club",),
    fees=FeeSchedule(seasons=(a_season(2017), a_season(2018))),
    day=date(2018, 7, 12),
    signs={},
)
SEAT = a_seat(names={"en": "Anna Berg"})
PLACE = "M001 Anna Berg, 2018-01-01 to 2018-12-31: "


def notes(*payments, before=(), kind=MembershipKind.INDIVIDUAL):
    register = a_register(a_membership(kind=kind), SEAT, *before)
    rows = [a_payment_row(row, **payment) for row, payment in enumerate(payments, start=2)]
    change = pay(register, *rows)
    assert not change.bad
    return list(payment_doubts(register, change, USAGE))


def amount(text, **fields):
    return {"amount": Decimal(text), **fields}


PAID = a_payment(reference="INV-1")
INSTALMENTS = (amount("25000", reference="A", paid_on=date(2018, 2, 1)), amount("25000", reference="B"))


# --- what is normal ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payments",
    [
        [amount("50000")],
        [amount("30000")],
        INSTALMENTS,
        [amount("90000", period=a_year(2018, years=2))],
        [amount("700", currency="EUR", in_full=True)],
        [amount("50000", period=a_year(2010), paid_on=date(2010, 1, 20))],
        [amount("50000", reference="A"), amount("-50000", reference="A-R"), amount("50000", reference="B")],
    ],
)
def test_a_normal_payment_makes_no_note(payments):
    assert notes(*payments) == []


def test_a_reversal_of_what_was_paid_makes_no_note():
    assert notes(amount("-50000", reference="INV-1-R"), before=[PAID]) == []
    assert notes(*INSTALMENTS, amount("-50000", reference="R")) == []


def test_members_who_need_not_pay_may_pay_what_they_like():
    assert notes(amount("123456", period=a_year(2031)), kind=MembershipKind.HONORARY) == [
        "M001 Anna Berg, 2031-01-01 to 2031-12-31: 123456 RUB (INV-M001) is dated 2018-01-22, years away from the period",
        "M001 Anna Berg, 2031-01-01 to 2031-12-31: 123456 RUB (INV-M001) is for a time that is far away; is the year right?",
    ]
    assert notes(amount("123"), kind=MembershipKind.COMPLIMENTARY) == []


# --- reversals --------------------------------------------------------------------------------------------------------


def test_a_reversal_for_another_period_is_named_with_the_payment_that_it_means():
    (note,) = notes(amount("-50000", period=a_year(2017), reference="R", paid_on=None), before=[PAID])
    assert note == (
        "M001 Anna Berg, 2017-01-01 to 2017-12-31: -50000 RUB (R) leaves -50000 RUB for this period; "
        "the nearest payment is 50000 RUB (INV-1) for 2018-01-01 to 2018-12-31"
    )


def test_a_reversal_in_another_currency_is_named():
    (note,) = notes(amount("-50000", currency="EUR", reference="R"), before=[PAID])
    assert note.startswith(f"{PLACE}-50000 EUR (R) leaves -50000 EUR for this period; the nearest payment is 50000 RUB")


def test_a_reversal_of_another_amount_is_named():
    (note,) = notes(amount("-5000", reference="R"), before=[PAID])
    assert note == (
        f"{PLACE}-5000 RUB (R) is the reversal of no payment for this period, which keeps 45000 RUB; "
        "the nearest payment is 50000 RUB (INV-1) for 2018-01-01 to 2018-12-31"
    )


def test_a_second_reversal_is_named():
    before = [PAID, a_payment(amount=Decimal(-50000), reference="R1")]
    (note,) = notes(amount("-50000", reference="R2"), before=before)
    assert "leaves -50000 RUB" in note


def test_the_reference_says_which_payment_a_reversal_means_even_on_another_membership():
    elsewhere = a_payment("M002", reference="INV-2018-002")
    register = a_register(a_membership(), a_membership("M002"), SEAT, elsewhere)
    change = pay(register, a_payment_row(amount=Decimal(-50000), reference="INV-2018-002-R"))
    (note,) = payment_doubts(register, change, USAGE)
    assert note.endswith("the nearest payment is 50000 RUB (INV-2018-002) for 2018-01-01 to 2018-12-31 on M002")


def test_a_reversal_where_nothing_was_paid_says_so():
    (note,) = notes(amount("-50000"))
    assert note.endswith("leaves -50000 RUB for this period; M001 has paid nothing")


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("500000", "500000 RUB (INV-M001) is 10 times the fee of 50000 RUB"),
        ("5000000", "5000000 RUB (INV-M001) is 100 times the fee of 50000 RUB"),
        ("5000", "5000 RUB (INV-M001) is a small part of the fee, 50000 RUB; is a digit missing?"),
        ("80000", "more is paid than the fee, 80000 of 50000 RUB"),
        ("0", "0 RUB (INV-M001) pays nothing"),
    ],
)
def test_an_amount_is_compared_with_the_fee(typed, words):
    assert notes(amount(typed)) == [PLACE + words]


def test_another_currency_than_the_fee_counts_only_in_full():
    assert notes(amount("700", currency="EUR")) == [
        f"{PLACE}700 EUR (INV-M001) counts only when it is marked in_full, since the fee is 50000 RUB"
    ]


def test_the_same_payment_under_another_reference_is_named_once():
    assert notes(amount("50000", reference="inv 1"), before=[PAID]) == [
        f"{PLACE}50000 RUB (inv 1) looks like 50000 RUB (INV-1), paid on 2018-01-22; is it the same payment?"
    ]
    assert len(notes(amount("50000", reference="A"), amount("50000", reference="B"))) == 1


def test_an_instalment_twice_on_one_day_is_named():
    assert notes(amount("25000", reference="A"), amount("25000", reference="B")) == [
        f"{PLACE}25000 RUB (B) looks like 25000 RUB (A), paid on 2018-01-22; is it the same payment?"
    ]


def test_a_third_instalment_is_more_than_the_fee():
    (note,) = notes(*INSTALMENTS, amount("20000", reference="C"))
    assert note == f"{PLACE}more is paid than the fee, 70000 of 50000 RUB"


def test_time_that_is_paid_twice_is_named():
    assert notes(amount("90000", reference="INV-2", period=a_year(2018, years=2)), before=[PAID]) == [
        "M001 Anna Berg, 2018-01-01 to 2019-12-31: the time from 2018-01-01 is paid twice, also by 2018-01-01 to 2018-12-31"
    ]


# --- periods and dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "near"),
    [
        (date(2018, 1, 1), date(2018, 12, 30), "2018-01-01 to 2018-12-31"),
        (date(2018, 1, 2), date(2018, 12, 31), "2018-01-01 to 2018-12-31"),
        (date(2018, 1, 1), date(2019, 12, 1), "2018-01-01 to 2019-12-31"),
    ],
)
def test_a_period_that_is_not_in_the_fee_schedule_is_named_with_the_near_one(first, last, near):
    (note,) = notes(amount("50000", period=Period(first=first, last=last)))
    assert note.startswith(f"{first} to {last} is not in the fee schedule")
    assert note.endswith(f": M001 Anna Berg; the nearest period there is {near}")


def test_many_payments_for_one_such_period_make_one_note():
    register = a_register(*(a_membership(f"M{number:03}") for number in range(1, 41)))
    rows = [
        a_payment_row(number, membership=f"M{number:03}", period=a_year(2019), amount=Decimal(50000))
        for number in range(1, 41)
    ]
    assert len(list(payment_doubts(register, pay(register, *rows), USAGE))) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"paid_on": date(2018, 7, 13)}, "is dated 2018-07-13, in the future"),
        ({"paid_on": date(2108, 1, 22)}, "is dated 2108-01-22, in the future"),
        ({"paid_on": date(2008, 1, 22)}, "is dated 2008-01-22, years away from the period"),
    ],
)
def test_a_date_of_payment_is_compared_with_today_and_the_period(fields, words):
    assert notes(amount("50000", **fields)) == [f"{PLACE}50000 RUB (INV-M001) {words}"]


def test_a_period_far_away_is_named():
    lines = notes(amount("50000", period=a_year(2081), in_full=True))
    assert any("is for a time that is far away" in line for line in lines)


@given(registers())
def test_any_register_as_an_import_of_its_own_is_looked_through(register):
    memberships = [replace(membership, organisation="") for membership in register.memberships.values()]
    # Hypothesis finds somebody whose name is None.
    seats = [
        replace(seat, names={language: name and "Somebody" for language, name in seat.names.items()})
        for seat in register.seats
    ]
    empty = a_register(*memberships, *seats)
    rows = [
        a_payment_row(number, **{name: getattr(payment, name) for name in payment.__slots__})
        for number, payment in enumerate(register.payments, start=2)
    ]
    for note in payment_doubts(empty, pay(empty, *rows), USAGE):
        assert "None" not in note


# --- many payments ----------------------------------------------------------------------------------------------------


def test_the_work_grows_with_the_payments_of_one_membership_and_no_faster():
    def calls(count: int) -> int:
        days = (date(2018, 1, 1) + timedelta(days=number % 300) for number in range(count))
        payments = [amount("20", reference=f"R{number}", paid_on=day) for number, day in enumerate(days)]
        rows = [a_payment_row(row, **payment) for row, payment in enumerate(payments, start=2)]
        register = a_register(a_membership(), SEAT)
        change = pay(register, *rows)
        return calls_of(lambda: list(payment_doubts(register, change, USAGE)))

    assert calls(2000) <= 4.6 * calls(500)
