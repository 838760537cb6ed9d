"""The table of the register's columns: every column names a field, and a record is made again from its cells."""

from dataclasses import fields
from operator import attrgetter

import pytest

from mailer.domain.membership import Membership, Payment, Period, Seat
from mailer.domain.register_columns import MEMBER_COLUMNS, PAYMENT_COLUMNS, CellType, cells_of, with_cells
from mailer.formats.register.cells import PARSERS
from tests.builders import a_membership, a_payment, a_seat

EXAMPLES = {Membership: a_membership(), Seat: a_seat(), Payment: a_payment()}
COLUMNS = (*MEMBER_COLUMNS, *PAYMENT_COLUMNS)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: f"{column.record.__name__}-{column.name}")
def test_a_column_names_a_field(column):
    attrgetter(column.field)(EXAMPLES[column.record])


@pytest.mark.parametrize("record", EXAMPLES)
def test_every_field_has_a_column(record):
    written = {column.field.partition(".")[0] for column in COLUMNS if column.record is record}
    # The seat's membership is the column of the membership beside it.
    assert {field.name for field in fields(record)} - written <= {"membership"}


@pytest.mark.parametrize("columns", [MEMBER_COLUMNS, PAYMENT_COLUMNS])
def test_a_name_stands_for_one_column(columns):
    assert len({column.name for column in columns}) == len(columns)


def test_every_type_of_cell_can_be_read():
    assert set(PARSERS) == set(CellType)


def test_a_payment_is_made_again_from_its_cells():
    payment = a_payment()
    blank = Payment(membership="", period=Period(first=DAY, last=DAY), amount=payment.amount, currency="")
    cells = {**cells_of(payment), "in_full": payment.in_full}
    assert with_cells(blank, cells) == payment


DAY = a_payment().period.first
