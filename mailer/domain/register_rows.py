"""What a register file says, row by row: a cell that is there, a column that is not, a row that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from mailer.domain.address import Address
from mailer.domain.membership import Membership, MembershipKind, Payment, Period, Seat

T = TypeVar("T")

# What stands in one cell of the register when it is written out; None is an empty cell.
Cell = str | int | date | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Generic[T]):
    """What a cell says. Where the file has no such column there is None instead, and what was known stays."""

    value: T


def told(given: Given[T] | None, known: T) -> T:
    """What the cell says, or what was known when the file has no such column."""
    return known if given is None else given.value


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A row of the members table: a person on a membership.

    `row` is counted as a spreadsheet counts, the header being row 1. `names` and `salutations` hold the languages that
    have a column, with an empty text where the cell is empty. An empty `number` asks for the next free seat.
    """

    file: str
    row: int
    membership: str
    kind: MembershipKind
    person: str
    organisation: Given[str] | None = None
    circle: Given[str] | None = None
    free_until: Given[date | None] | None = None
    number: Given[int | None] | None = None
    names: Mapping[str, str]
    salutations: Mapping[str, str]
    address: Given[Address | None] | None = None
    languages: Given[tuple[str, ...]] | None = None
    ended_on: Given[date | None] | None = None
    pause_first: Given[date | None] | None = None
    pause_last: Given[date | None] | None = None

    def bad(self, column: str, reason: str) -> "BadRow":
        """This row as a bad one."""
        key = (self.membership, self.person)
        return BadRow(file=self.file, row=self.row, column=column, reason=reason, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A row of the payments table."""

    file: str
    row: int
    membership: str
    period: Period
    amount: Decimal
    currency: str
    paid_on: Given[date | None] | None = None
    in_full: Given[bool] | None = None
    reference: Given[str] | None = None

    @property
    def payment(self) -> Payment:
        """The payment that a row nobody has seen before speaks of."""
        return Payment(
            membership=self.membership,
            period=self.period,
            amount=self.amount,
            currency=self.currency,
            paid_on=told(self.paid_on, None),
            in_full=told(self.in_full, known=False),
            reference=told(self.reference, ""),
        )

    def bad(self, column: str, reason: str) -> "BadRow":
        """This row as a bad one."""
        return BadRow(file=self.file, row=self.row, column=column, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that cannot be taken, and why. `key` is its (membership, person), where those could be read."""

    file: str
    row: int
    column: str
    reason: str
    key: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: {self.reason}"


R = TypeVar("R", MemberRow, PaymentRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTable(Generic[R]):
    """A file's rows in their order: those that could be read, and a BadRow for each fault of the others."""

    rows: tuple[R, ...]
    bad: tuple[BadRow, ...] = ()


# --- the same in the other direction ----------------------------------------------------------------------------------


def membership_cells(membership: Membership) -> dict[str, Cell]:
    """The membership by the names of its columns."""
    return {
        "membership": membership.id,
        "kind": membership.kind.value,
        "organisation": membership.organisation,
        "circulation": membership.circle,
        "free_until": membership.free_until,
    }


def seat_cells(seat: Seat) -> dict[str, Cell]:
    """The person on the membership by the names of their columns; a language without a text has no cell."""
    return {
        "membership": seat.membership,
        "person": seat.person,
        "seat": seat.number,
        **{f"name_{language}": text for language, text in sorted(seat.names.items())},
        **{f"salutation_{language}": text for language, text in sorted(seat.salutations.items())},
        "email": seat.address.wire if seat.address else None,
        "languages": "+".join(seat.languages),
        "ended_on": seat.ended_on,
        "pause_from": seat.pause.first,
        "pause_until": seat.pause.last,
    }


def payment_cells(payment: Payment) -> dict[str, Cell]:
    """The payment by the names of its columns."""
    return {
        "membership": payment.membership,
        "period_from": payment.period.first,
        "period_to": payment.period.last,
        "amount": payment.amount,
        "currency": payment.currency,
        "paid_on": payment.paid_on,
        "in_full": "yes" if payment.in_full else None,
        "reference": payment.reference,
    }


def cell_text(cell: Cell) -> str:
    """The cell as a file and a person read it: dates as 2018-12-31, amounts as 50000 or 50000.50."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".removesuffix(".00")
    return str(cell)
