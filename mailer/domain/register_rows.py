"""The rows of a register file: the cells that it has, and the faults in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mailer.domain.membership import MembershipKind, Payment
from mailer.domain.register_columns import CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A row of the members table: a person on a membership.

    `row` counts as a spreadsheet does: the header is row 1. `cells` has the columns of the file, the required ones at
    least; the others keep what the register has. `letters` are the columns of a workbook by their names.
    """

    file: str
    row: int
    cells: Mapping[str, CellValue]
    letters: Mapping[str, str] = field(default_factory=dict)

    @property
    def membership(self) -> str:
        """The id of the membership."""
        return str(self.cells["membership"])

    @property
    def person(self) -> str:
        """The id of the person."""
        return str(self.cells["person"])

    @property
    def kind(self) -> MembershipKind:
        """The kind of the membership."""
        return MembershipKind(str(self.cells["kind"]))

    @property
    def seat_number(self) -> int | None:
        """The seat that the row asks for; None asks for the next free one."""
        number = self.cells.get("seat")
        return number if isinstance(number, int) else None

    def bad(self, column: str, reason: str) -> "BadRow":
        """This row as a bad one."""
        return BadRow.at(self, column, reason, key=(self.membership, self.person))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A row of the payments table; `columns` are those of the file, the rest of the payment has its defaults."""

    file: str
    row: int
    payment: Payment
    columns: frozenset[str]
    letters: Mapping[str, str] = field(default_factory=dict)

    def bad(self, column: str, reason: str) -> "BadRow":
        """This row as a bad one."""
        return BadRow.at(self, column, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that is not imported, and why.

    `key` is its (membership, person), if both are readable; `cell` names the cell of a workbook, as in H7.
    """

    file: str
    row: int
    column: str
    reason: str
    key: tuple[str, str] | None = None
    cell: str = ""

    @classmethod
    def at(cls, row: MemberRow | PaymentRow, column: str, reason: str, key: tuple[str, str] | None = None) -> "BadRow":
        """This row as a bad one, with the cell of a workbook."""
        cell = f"{row.letters[column]}{row.row}" if column in row.letters else ""
        return cls(file=row.file, row=row.row, column=column, reason=reason, key=key, cell=cell)

    def __str__(self) -> str:
        cell = f" (cell {self.cell})" if self.cell else ""
        return f"{self.file}, row {self.row}, column {self.column}{cell}: {self.reason}"


R = TypeVar("R", MemberRow, PaymentRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterTable(Generic[R]):
    """The readable rows of a file in their order, a BadRow for each fault in the others, and the file's columns.

    Of how the file was read, `remarks` are facts, `warnings` what may be wrong.
    """

    rows: tuple[R, ...]
    bad: tuple[BadRow, ...] = ()
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
