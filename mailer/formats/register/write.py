"""Writes the register to files, as an import reads them back."""

import io
from collections.abc import Iterable, Mapping, Sequence

from mailer.domain.circulation import Register
from mailer.domain.register_columns import MEMBER_COLUMNS, PAYMENT_COLUMNS, Cell, Column, cell_text, cells_of
from mailer.formats.register import cells
from mailer.formats.register.csv_file import write_csv

# A register without a single name still needs columns to fill in.
_DEFAULT_LANGUAGES = ["en", "ru"]


def write_members_csv(register: Register) -> bytes:
    """The members table as CSV in UTF-8, a row for each seat; `read_members` reads it back unchanged."""
    header, rows = _members_table(register)
    return write_csv(header, ([_guarded_text(cell) for cell in row] for row in rows))


def write_payments_csv(register: Register) -> bytes:
    """The payments table as CSV in UTF-8; `read_payments` reads it back unchanged."""
    header, rows = _payments_table(register)
    return write_csv(header, ([_guarded_text(cell) for cell in row] for row in rows))


def write_xlsx(register: Register) -> bytes:
    """Both tables as sheets of one workbook, with Excel's own dates and amounts; an import reads it back unchanged."""
    tables = {"members": _members_table(register), "payments": _payments_table(register)}
    return write_workbook(
        {
            name: (header, [[cells.guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
            for name, (header, rows) in tables.items()
        }
    )


def write_workbook(sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[Cell]]]]) -> bytes:
    """A workbook with these sheets, each with its header and its rows."""
    import openpyxl  # loaded only to write a workbook

    workbook = openpyxl.Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = workbook.create_sheet(name)
        sheet.append(list(header))
        for row in rows:
            sheet.append(list(row))
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def languages_of(register: Register) -> list[str]:
    """The languages in which the register has names and salutations."""
    languages = {language for seat in register.seats for language in (*seat.names, *seat.salutations)}
    return sorted(languages) or _DEFAULT_LANGUAGES


def header_of(columns: Iterable[Column], languages: Sequence[str]) -> list[str]:
    """The names of the columns in a file, with those that stand once for each language."""
    header: list[str] = []
    for column in columns:
        header += [f"{column.name}_{language}" for language in languages] if column.per_language else [column.name]
    return header


_Table = tuple[list[str], list[list[Cell]]]


def _members_table(register: Register) -> _Table:
    rows = [cells_of(register.memberships[seat.membership]) | cells_of(seat) for seat in register.seats]
    # A club that keeps no telephone numbers gets its own table back.
    columns = [column for column in MEMBER_COLUMNS if column.name != "phone" or any(row["phone"] for row in rows)]
    return _table(columns, rows, languages_of(register))


def _payments_table(register: Register) -> _Table:
    return _table(PAYMENT_COLUMNS, [cells_of(payment) for payment in register.payments], [])


def _table(columns: Iterable[Column], rows: Iterable[Mapping[str, Cell]], languages: Sequence[str]) -> _Table:
    header = header_of(columns, languages)
    return header, [[row.get(name) for name in header] for row in rows]


def _guarded_text(cell: Cell) -> str:
    return cells.guarded(cell) if isinstance(cell, str) else cell_text(cell)
