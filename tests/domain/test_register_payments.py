"""Payments of an import: added once, identified by their reference, never altered."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from time import process_time

import pytest

from mailer.domain.membership import Period
from mailer.domain.register_change import difference
from mailer.domain.register_rows import BadRow, RegisterTable
from tests.builders import a_membership, a_payment, a_register, a_seat
from tests.domain.register_rows import DAY, a_payment_row, a_row, faults, pay

# --- payments ---------------------------------------------------------------------------------------------------------

MEMBER = a_register(a_membership(), a_seat(), a_payment(reference="INV-1"))


def test_a_payment_is_added_once():
    row = a_payment_row(reference="INV-2", amount=Decimal(-50000))
    outcome = pay(MEMBER, row)
    assert outcome.payments == (a_payment(reference="INV-2", amount=Decimal(-50000)),)
    again = replace(MEMBER, payments=(*MEMBER.payments, *outcome.payments))
    assert pay(again, row).changes_nothing


def test_members_of_the_same_import_can_pay():
    rows = RegisterTable(rows=(a_row(),))
    assert difference(a_register(), rows, RegisterTable(rows=(a_payment_row(),))).payments == (a_payment(),)


def test_a_payment_of_a_bad_row_names_that_row():
    wrong = BadRow(file="members.csv", row=7, column="email", reason="no address", key=("M001", "P001"))
    outcome = difference(a_register(), RegisterTable(rows=(), bad=(wrong,)), RegisterTable(rows=(a_payment_row(),)))
    assert outcome.bad[1].reason == "M001 is not in the register, because members.csv, row 7 is bad; correct that"


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
    outcome = pay(MEMBER, a_payment_row(reference="INV-1", **fields))
    assert faults(outcome) == [(2, column)]
    assert "enter a reversal" in outcome.bad[0].reason
    assert outcome.payments == ()


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
    outcome = pay(a_register(a_membership()), a_payment_row(2, reference=""), a_payment_row(7, reference=""))
    assert len(outcome.payments) == 1
    assert "row 7 is the same as row 2" in outcome.warnings[0]


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
    outcome = difference(
        a_register(),
        RegisterTable(rows=(a_row(seat=1),)),
        RegisterTable(rows=(a_payment_row(3),), bad=bad),
    )
    assert [(row.file, row.row) for row in outcome.bad] == [
        ("members.csv", 2),
        ("payments.csv", 3),
        ("payments.csv", 9),
    ]
