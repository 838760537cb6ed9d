"""Rows of register files, and what the tests ask of a difference."""

from dataclasses import replace
from datetime import date

from mailer.domain.circulation import Register
from mailer.domain.membership import MembershipKind
from mailer.domain.register_change import difference
from mailer.domain.register_columns import PAYMENT_COLUMNS
from mailer.domain.register_difference import Difference
from mailer.domain.register_rows import BadRow, MemberRow, PaymentRow, RegisterTable
from tests.builders import a_membership, a_payment, a_register, a_seat

DAY = date(2018, 7, 12)
FIRM = a_register(
    a_membership(kind=MembershipKind.CORPORATE, organisation="Delta"),
    a_seat(person="P001", number=1),
    a_seat(person="P002", number=2),
)
_ABSENT = {"paid_on": None, "in_full": False, "reference": ""}


def a_row(
    row: int = 2,
    membership: str = "M001",
    person: str = "P001",
    kind: MembershipKind = MembershipKind.INDIVIDUAL,
    **cells,
) -> MemberRow:
    return MemberRow(
        file="members.csv", row=row, cells={"membership": membership, "kind": kind, "person": person, **cells}
    )


def corporate(row: int, person: str, **cells) -> MemberRow:
    return a_row(row, "M001", person, MembershipKind.CORPORATE, **cells)


def a_payment_row(row: int = 2, *, without: tuple[str, ...] = (), **fields) -> PaymentRow:
    payment = replace(a_payment(**fields), **{column: _ABSENT[column] for column in without})
    columns = frozenset(column.name for column in PAYMENT_COLUMNS) - frozenset(without)
    return PaymentRow(file="payments.csv", row=row, payment=payment, columns=columns)


def bring(register: Register, *rows: MemberRow, bad: tuple[BadRow, ...] = (), end_missing: date | None = None):
    return difference(register, RegisterTable(rows=rows, bad=bad), None, end_missing=end_missing)


def pay(register: Register, *rows: PaymentRow) -> Difference:
    return difference(register, None, RegisterTable(rows=rows))


def seats(change: Difference) -> dict[str, int | None]:
    return {seat.after.person: seat.after.number for seat in change.seats}


def faults(change: Difference) -> list[tuple[int, str]]:
    return [(bad.row, bad.column) for bad in change.bad]
