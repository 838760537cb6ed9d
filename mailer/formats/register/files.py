"""Reads the members and payments tables from files, and writes the register to files."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache, partial
from typing import TypeVar

from mailer.domain.errors import BadInput
from mailer.domain.membership import Payment, Period
from mailer.domain.register_columns import (
    MEMBER_COLUMNS,
    PAYMENT_COLUMNS,
    CellType,
    CellValue,
    Column,
    with_cells,
)
from mailer.domain.register_entry import RowsRefused
from mailer.domain.register_rows import BadRow, MemberRow, PaymentRow, R, RegisterTable
from mailer.domain.similar import nearest
from mailer.formats.register import cells
from mailer.formats.register.spreadsheet import TextTable, check_columns, read_table
from mailer.formats.register.text_rows import OddCell, TextRow, column_letter

# The column in which rejected rows say what is wrong; who mends the row leaves it there.
REASON = "reason"

_TEXT_TYPES = frozenset({CellType.ID, CellType.TEXT})

T = TypeVar("T")


def read_members(
    file: str, content: bytes, *, encoding: str | None = None, ignored: Collection[str] = ()
) -> RegisterTable[MemberRow]:
    """The rows of a members table (CSV, or the sheet `members` of an XLSX), and every fault by row and column.

    `encoding` is that of CSV; None finds it. `ignored` columns count as absent. Raises BadInput for a file that is not a
    table, has an unknown column or lacks a required one.
    """
    return members_in(read_table(file, content, "members", encoding), ignored)


def members_in(table: TextTable, ignored: Collection[str] = ()) -> RegisterTable[MemberRow]:
    """The rows of a members table, and every fault by row and column; raises as `read_members`."""

    def member(row: int, cells: Mapping[str, CellValue], letters: Mapping[str, str]) -> MemberRow:
        return MemberRow(file=table.place, row=row, cells=cells, letters=letters)

    return _register_table(table, MEMBER_COLUMNS, ignored, member)


def read_payments(
    file: str, content: bytes, *, encoding: str | None = None, ignored: Collection[str] = ()
) -> RegisterTable[PaymentRow]:
    """The rows of a payments table (CSV, or the sheet `payments` of an XLSX), and every fault by row and column.

    `encoding` is that of CSV; None finds it. `ignored` columns count as absent. Raises BadInput for a file that is not a
    table, has an unknown column or lacks a required one.
    """
    return payments_in(read_table(file, content, "payments", encoding), ignored)


def payments_in(table: TextTable, ignored: Collection[str] = ()) -> RegisterTable[PaymentRow]:
    """The rows of a payments table, and every fault by row and column; raises as `read_payments`."""
    columns = frozenset(name for name in table.columns if name and name not in _left_out(ignored))

    def payment(row: int, cells: Mapping[str, CellValue], letters: Mapping[str, str]) -> PaymentRow:
        return PaymentRow(file=table.place, row=row, payment=_payment(cells), columns=columns, letters=letters)

    return _register_table(table, PAYMENT_COLUMNS, ignored, payment)


def check_ignored(ignored: Iterable[str], headers: Iterable[tuple[str, ...]]) -> None:
    """Raise BadInput for a column to ignore that none of the files has."""
    columns = {name for header in headers for name in header if name}
    for name in ignored:
        if name not in columns:
            near = nearest(name, columns)
            hint = f"did you mean {near}?" if near else f"the columns are {', '.join(sorted(columns))}"
            raise BadInput(f"no file has a column {name} to ignore; {hint}")


def parse_payment(texts: Mapping[str, str]) -> Payment:
    """The payment from typed cells, named as the columns of the payments table; raises RowsRefused for wrong ones."""
    line = _Line("payment", 1, texts)
    values = line.values(PAYMENT_COLUMNS)
    if line.bad:
        raise RowsRefused(line.bad)
    return _payment(values)


def parse_members(rows: Iterable[Mapping[str, str]]) -> RegisterTable[MemberRow]:
    """A members table from typed cells, named as its columns; every fault by row and column."""
    lines = [_Line("form", number, texts) for number, texts in enumerate(rows, start=1)]
    read = [(line, line.values(MEMBER_COLUMNS)) for line in lines]
    good = tuple(MemberRow(file=line.file, row=line.row, cells=values) for line, values in read if not line.bad)
    return RegisterTable(rows=good, bad=_faults(lines))


def _payment(values: Mapping[str, CellValue]) -> Payment:
    blank = Payment(membership="", period=Period(first=date.min, last=date.max), amount=Decimal(0), currency="")
    return with_cells(blank, values)


# --- one row ----------------------------------------------------------------------------------------------------------


class _Line:
    """A row while it is read; every fault is collected. `letters` are the columns of a workbook by their names."""

    def __init__(self, file: str, row: int, texts: Mapping[str, str], letters: Mapping[str, str] | None = None) -> None:
        self.file = file
        self.row = row
        self.letters = letters or {}
        self.bad: list[BadRow] = []
        self.texts = {name: self._parse(name, text, cells.parse_text) or "" for name, text in texts.items()}

    @classmethod
    def of(cls, table: TextTable, row: TextRow, text_columns: frozenset[str], ignored: Collection[str]) -> "_Line":
        """The row under its header; a row of another length, or a cell without a column name, is a fault."""
        header, letters = table.columns, letters_of(table, len(row.cells))
        texts = _texts(header, row, text_columns)
        line = cls(table.place, row.number, {name: texts[name] for name in texts if name not in ignored}, letters)
        if len(row.cells) < len(header):
            line.fault(header[len(row.cells)], "the row ends before this column; a cell or a separator is missing")
        for index, odd in row.odd.items():
            name = header[index] if index < len(header) else ""
            if name and name not in ignored and (reason := odd.fault or (odd.not_text if name in text_columns else "")):
                line.fault(name, reason)
                line.texts[name] = ""
        for number, cell in enumerate(row.cells, start=1):
            if cell and (number > len(header) or not header[number - 1]):
                remedy = (
                    "write one in row 1, or clear the cell" if table.is_workbook else "is there a separator too many?"
                )
                line.fault(str(number), f"the cell has no column name above it; {remedy}")
        return line

    @property
    def key(self) -> tuple[str, str] | None:
        """The membership and the person of the row, if both are readable."""
        membership, person = self.texts.get("membership"), self.texts.get("person")
        return (membership, person) if membership and person else None

    def fault(self, name: str, reason: str) -> None:
        """Add a reason why the row is bad."""
        cell = f"{self.letters[name]}{self.row}" if name in self.letters else ""
        self.bad.append(BadRow(file=self.file, row=self.row, column=name, reason=reason, cell=cell))

    def values(self, columns: Iterable[Column]) -> dict[str, CellValue]:
        """The values of the cells by column, without those that are faults; columns not in the file are left out."""
        return {
            name: self._parse(name, self.texts.get(name, ""), cells.PARSERS[column.type])
            for column in columns
            for name in self._names(column)
        }

    def _names(self, column: Column) -> list[str]:
        """The names under which the column stands in the file; a required one that is missing reads as empty."""
        if column.per_language:
            return [name for name in self.texts if column.language(name)]
        return [column.name] if column.required or column.name in self.texts else []

    def _parse(self, name: str, text: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(text)
        except BadInput as error:
            if all(fault.column != name for fault in self.bad):
                self.fault(name, str(error).rstrip("."))
            return None


_NO_ODDITY = OddCell()


def _texts(header: Sequence[str], row: TextRow, text_columns: frozenset[str]) -> dict[str, str]:
    """The cells by column: a column of text has what Excel shows, the others what it stores."""
    return {
        name: (row.odd.get(index, _NO_ODDITY).shown if name in text_columns else "") or cell
        for index, (name, cell) in enumerate(zip(header, row.cells, strict=False))
        if name
    }


def letters_of(table: TextTable, width: int) -> dict[str, str]:
    """The letters of a workbook's columns by their names, by their numbers where a row is wider than the header."""
    names = (*table.columns, *[""] * (width - len(table.columns))) if table.is_workbook else ()
    return {name or str(number): column_letter(number - 1) for number, name in enumerate(names, start=1)}


def _left_out(ignored: Collection[str]) -> frozenset[str]:
    return frozenset({*ignored, REASON})


def _register_table(
    table: TextTable,
    columns: Sequence[Column],
    ignored: Collection[str],
    make: Callable[[int, Mapping[str, CellValue], Mapping[str, str]], R],
) -> RegisterTable[R]:
    """Every row that is right, made of its number, its cells and the letters of the columns; every fault in the others."""
    ignored = _left_out(ignored)
    check_columns(table, columns, ignored)
    text_columns = frozenset(
        name
        for name in table.columns
        for column in columns
        if column.type in _TEXT_TYPES and (column.language(name) if column.per_language else name == column.name)
    )
    plain_rows, letters = _PlainRows(table, columns, text_columns, ignored), letters_of(table, 0)
    rows, bad = list[R](), list[BadRow]()
    for row in table.rows:
        values = plain_rows.values(row)
        if values is None:
            line = _Line.of(table, row, text_columns, ignored)
            values = line.values(columns)
            bad.extend(_faults([line]))
            if line.bad:
                continue
        rows.append(make(row.number, values, letters))
    return RegisterTable(
        rows=tuple(rows), bad=tuple(bad), warnings=table.warnings, remarks=table.remarks, columns=table.columns
    )


class _PlainRows:
    """Reads the rows of a table in which nothing is wrong; equal cells are parsed once."""

    def __init__(
        self, table: TextTable, columns: Iterable[Column], text_columns: frozenset[str], ignored: Collection[str]
    ) -> None:
        place = {name: index for index, name in enumerate(table.columns) if name and name not in ignored}
        parse = {column.type: cache(partial(_parse_cell, cells.PARSERS[column.type])) for column in columns}
        self._width = len(table.columns)
        self._unnamed = [index for index, name in enumerate(table.columns) if not name]
        self._named = frozenset(place.values())
        self._of_text = frozenset(place[name] for name in text_columns if name in place)
        self._cells = [
            (name, place[name], parse[column.type])
            for column in columns
            for name in (filter(column.language, place) if column.per_language else [column.name])
            if name in place
        ]

    def values(self, row: TextRow) -> dict[str, CellValue] | None:
        """The values of the cells by column; None for a row in which something is wrong."""
        texts: Sequence[str] = row.cells
        if len(texts) < self._width or any(texts[self._width :]) or any(texts[index] for index in self._unnamed):
            return None
        if row.odd:
            if any(self._is_wrong(index, odd) for index, odd in row.odd.items()):
                return None
            texts = [
                (row.odd.get(index, _NO_ODDITY).shown if index in self._of_text else "") or text
                for index, text in enumerate(texts)
            ]
        try:
            return {name: parse(texts[index]) for name, index, parse in self._cells}
        except BadInput:
            return None

    def _is_wrong(self, index: int, odd: OddCell) -> bool:
        return index in self._named and bool(odd.fault or (odd.not_text and index in self._of_text))


def _parse_cell(parse: Callable[[str], CellValue], text: str) -> CellValue:
    return parse(cells.parse_text(text))


def _faults(lines: Iterable[_Line]) -> tuple[BadRow, ...]:
    return tuple(replace(fault, key=line.key) for line in lines for fault in line.bad)
