"""The register as files: tables of members and payments become rows to import, and the register becomes tables again."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from mailer.domain.circulation import Register
from mailer.domain.errors import BadInput
from mailer.domain.membership import MembershipKind, Payment, Period
from mailer.domain.register_rows import (
    BadRow,
    Cell,
    Given,
    MemberRow,
    PaymentRow,
    RegisterTable,
    cell_text,
    membership_cells,
    payment_cells,
    seat_cells,
)
from mailer.formats.register import cells
from mailer.formats.register.spreadsheet import TextRow, check_columns, read_table, write_csv

_MEMBERS_BEFORE = ["membership", "kind", "organisation", "circulation", "person", "seat"]
_MEMBERS_AFTER = ["email", "languages", "free_until", "ended_on", "pause_from", "pause_until"]
_PAYMENTS = ["membership", "period_from", "period_to", "amount", "currency", "paid_on", "in_full", "reference"]
# A register without a single name still has columns to fill in.
_FIRST_LANGUAGES = ["en", "ru"]

T = TypeVar("T")


def read_members(file: str, content: bytes) -> RegisterTable[MemberRow]:
    """The rows of a members table (CSV, or the sheet `members` of an XLSX), with every fault by row and column.

    Raises BadInput for a file that cannot be read as a table, has an unknown column or lacks one that it needs.
    """
    table = read_table(file, content, "members")
    required = ["membership", "kind", "person"]
    known = [*_MEMBERS_BEFORE, *_MEMBERS_AFTER]
    check_columns(table, known=known, languages_of=["name", "salutation"], required=required)
    lines = [_Line.of(file, table.columns, row) for row in table.rows]
    rows = [(line, _member(line)) for line in lines]
    return RegisterTable(rows=tuple(row for line, row in rows if not line.bad), bad=_faults(lines))


def read_payments(file: str, content: bytes) -> RegisterTable[PaymentRow]:
    """The rows of a payments table (CSV, or the sheet `payments` of an XLSX), with every fault by row and column.

    Raises BadInput for a file that cannot be read as a table, has an unknown column or lacks one that it needs.
    """
    table = read_table(file, content, "payments")
    check_columns(table, known=_PAYMENTS, languages_of=[], required=_PAYMENTS[:5])
    lines = [_Line.of(file, table.columns, row) for row in table.rows]
    rows = [(line, _payment(line)) for line in lines]
    return RegisterTable(rows=tuple(row for line, row in rows if not line.bad), bad=_faults(lines))


def parse_payment(texts: Mapping[str, str]) -> Payment:
    """The payment typed cell by cell, the cells named as in the payments table; raises BadInput for a wrong one."""
    line = _Line("payment", 1, texts)
    row = _payment(line)
    if line.bad:
        raise BadInput(f"{line.bad[0].column}: {line.bad[0].reason}.")
    return row.payment


# --- one row ----------------------------------------------------------------------------------------------------------


class _Line:
    """A row while it is read: cells are taken out one by one, and every fault is kept."""

    def __init__(self, file: str, row: int, texts: Mapping[str, str]) -> None:
        self.file = file
        self.row = row
        self.bad: list[BadRow] = []
        self.texts: dict[str, str] = {}
        for column, text in texts.items():
            self.texts[column] = self._read(column, text, cells.parse_text, "")

    @classmethod
    def of(cls, file: str, columns: Sequence[str], row: TextRow) -> "_Line":
        """The row under its header; a row of another length, or a cell under no name, is a fault."""
        line = cls(file, row.number, {column: cell for column, cell in zip(columns, row.cells, strict=False) if column})
        if len(row.cells) < len(columns):
            line.fault(columns[len(row.cells)], "the row ends before this column; a cell or a separator is missing")
        for number, cell in enumerate(row.cells, start=1):
            if cell and (number > len(columns) or not columns[number - 1]):
                line.fault(str(number), "the cell has no column name above it; a separator too many?")
        return line

    @property
    def key(self) -> tuple[str, str] | None:
        """Whose row it is, as far as that can be read."""
        membership, person = self.texts.get("membership"), self.texts.get("person")
        return (membership, person) if membership and person else None

    def fault(self, column: str, reason: str) -> None:
        """The row is bad, for this reason too."""
        self.bad.append(BadRow(file=self.file, row=self.row, column=column, reason=reason))

    def need(self, column: str, parse: Callable[[str], T], instead: T) -> T:
        """What the cell says; `instead` keeps the reading going after a fault, which drops the row at the end."""
        return self._read(column, self.texts.get(column, ""), parse, instead)

    def given(self, column: str, parse: Callable[[str], T], instead: T) -> Given[T] | None:
        """What the cell says, None where there is no such column."""
        return Given(value=self.need(column, parse, instead)) if column in self.texts else None

    def languages_of(self, stem: str) -> dict[str, str]:
        """The texts of the columns name_en, name_ru, …, by language."""
        return {column[-2:]: text for column, text in self.texts.items() if column.startswith(f"{stem}_")}

    def _read(self, column: str, text: str, parse: Callable[[str], T], instead: T) -> T:
        try:
            return parse(text)
        except BadInput as error:
            if all(fault.column != column for fault in self.bad):
                self.fault(column, str(error).rstrip("."))
            return instead


def _member(line: _Line) -> MemberRow:
    return MemberRow(
        file=line.file,
        row=line.row,
        membership=line.need("membership", cells.parse_name, ""),
        kind=line.need("kind", cells.parse_kind, MembershipKind.INDIVIDUAL),
        person=line.need("person", cells.parse_name, ""),
        organisation=line.given("organisation", str, ""),
        circle=line.given("circulation", str, ""),
        free_until=line.given("free_until", cells.parse_date_or_none, None),
        number=line.given("seat", cells.parse_seat, None),
        names=line.languages_of("name"),
        salutations=line.languages_of("salutation"),
        address=line.given("email", cells.parse_address, None),
        languages=line.given("languages", cells.parse_languages, ()),
        ended_on=line.given("ended_on", cells.parse_date_or_none, None),
        pause_first=line.given("pause_from", cells.parse_date_or_none, None),
        pause_last=line.given("pause_until", cells.parse_date_or_none, None),
    )


def _payment(line: _Line) -> PaymentRow:
    return PaymentRow(
        file=line.file,
        row=line.row,
        membership=line.need("membership", cells.parse_name, ""),
        period=Period(
            first=line.need("period_from", cells.parse_date, date.min),
            last=line.need("period_to", cells.parse_date, date.max),
        ),
        amount=line.need("amount", cells.parse_amount, Decimal(0)),
        currency=line.need("currency", cells.parse_currency, ""),
        paid_on=line.given("paid_on", cells.parse_date_or_none, None),
        in_full=line.given("in_full", cells.parse_yes, instead=False),
        reference=line.given("reference", str, ""),
    )


def _faults(lines: Iterable[_Line]) -> tuple[BadRow, ...]:
    return tuple(replace(fault, key=line.key) for line in lines for fault in line.bad)


# --- export -----------------------------------------------------------------------------------------------------------


def write_members_csv(register: Register) -> bytes:
    """The members table as CSV in UTF-8 that `read_members` takes back unchanged, a row a person."""
    columns, rows = _members_table(register)
    return write_csv(columns, ([_guarded_text(cell) for cell in row] for row in rows))


def write_payments_csv(register: Register) -> bytes:
    """The payments table as CSV in UTF-8 that `read_payments` takes back unchanged."""
    columns, rows = _payments_table(register)
    return write_csv(columns, ([_guarded_text(cell) for cell in row] for row in rows))


def write_xlsx(register: Register) -> bytes:
    """Both tables as sheets of one workbook, dates and amounts as Excel's own, that import takes back unchanged."""
    import openpyxl  # only where a workbook is written: a process that sends has no use for it

    workbook = openpyxl.Workbook(write_only=True)
    for name, (columns, rows) in (("members", _members_table(register)), ("payments", _payments_table(register))):
        sheet = workbook.create_sheet(name)
        sheet.append(columns)
        for row in rows:
            sheet.append([cells.guarded(cell) if isinstance(cell, str) else cell for cell in row])
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


_Table = tuple[list[str], list[list[Cell]]]


def _members_table(register: Register) -> _Table:
    found = {language for seat in register.seats for language in (*seat.names, *seat.salutations)}
    languages = sorted(found) or _FIRST_LANGUAGES
    texts = [f"{stem}_{language}" for stem in ("name", "salutation") for language in languages]
    columns = [*_MEMBERS_BEFORE, *texts, *_MEMBERS_AFTER]
    rows = [membership_cells(register.memberships[seat.membership]) | seat_cells(seat) for seat in register.seats]
    return columns, [[row.get(column) for column in columns] for row in rows]


def _payments_table(register: Register) -> _Table:
    rows = [payment_cells(payment) for payment in register.payments]
    return _PAYMENTS, [[row[column] for column in _PAYMENTS] for row in rows]


def _guarded_text(cell: Cell) -> str:
    return cells.guarded(cell) if isinstance(cell, str) else cell_text(cell)
