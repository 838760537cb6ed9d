"""Reads a table from CSV or XLSX as a header and rows of plain text."""

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mailer.domain.errors import BadInput
from mailer.domain.register_columns import Column
from mailer.domain.similar import nearest
from mailer.formats.register.csv_file import read_csv
from mailer.formats.register.text_rows import TextRow
from mailer.formats.register.xlsx_file import read_xlsx

MAX_BYTES = 20_000_000  # hundreds of times the register of any club
MAX_NAMED_COLUMNS = 5  # in a message; with more wrong columns, it is another file


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table: the names of its columns in lower case, and its rows that are not empty.

    `place` names the file, and the sheet of a workbook. Of how it was read, `remarks` are facts, `warnings` what may be
    wrong.
    """

    place: str
    columns: tuple[str, ...]
    rows: tuple[TextRow, ...]
    warnings: tuple[str, ...]
    remarks: tuple[str, ...]
    is_workbook: bool


def read_table(file: str, content: bytes, sheet: str, encoding: str | None) -> TextTable:
    """The table in the bytes, CSV or XLSX by their content; `sheet` is its name in a workbook.

    `encoding` is that of CSV; None finds it. Raises BadInput, naming the file, for a file that is not a table, is empty
    or too large, or has a column twice.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(f"{file} is larger than {MAX_BYTES // 1_000_000} MB; that is not a register.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the signature of the compound files of Excel before 2007
        # … and of a workbook that is locked with a password (ECMA-376 encryption, MS-OFFCRYPTO).
        raise BadInput(f"{file} has a password or is in the old Excel format; save it without a password as .xlsx.")
    is_workbook = content.startswith(b"PK\x03\x04")
    text = read_xlsx(file, content, sheet) if is_workbook else read_csv(file, content, encoding)
    rows = list(text.rows)
    if not rows or rows[0].number != 1:
        raise BadInput(f"{text.place} has an empty first row; write the names of the columns there.")
    return TextTable(
        place=text.place,
        columns=_header(text.place, rows[0]),
        rows=tuple(rows[1:]),
        warnings=text.warnings,
        remarks=text.remarks,
        is_workbook=is_workbook,
    )


def check_columns(table: TextTable, columns: Iterable[Column], ignored: Collection[str] = ()) -> None:
    """Raise BadInput that names the columns of the table that are unknown and not ignored, with a suggestion, or missing."""
    columns = list(columns)
    names = [f"{column.name}_en" if column.per_language else column.name for column in columns]
    wrong, unknown = list[str](), list[str]()
    for name in filter(None, table.columns):
        if name in ignored or any(
            column.language(name) if column.per_language else name == column.name for column in columns
        ):
            continue
        near = nearest(name, names)
        wrong.append(f"column {name} is unknown" + (f" (did you mean {near}?)" if near else ""))
        unknown.append(name)
    wrong.extend(
        f"column {column.name} is missing"
        for column in columns
        if column.required and (column.name not in table.columns or column.name in ignored)
    )
    if len(wrong) > MAX_NAMED_COLUMNS:
        wrong[MAX_NAMED_COLUMNS:] = [f"and {len(wrong) - MAX_NAMED_COLUMNS} more"]
    if wrong:
        place = f"{table.place}, row 1"
        raise BadInput(f"{place}: {'; '.join(wrong)}. Correct the names of the columns{_way_out(unknown)}.")


def _way_out(unknown: Sequence[str]) -> str:
    """How columns that the register does not have stay in the file."""
    if not 0 < len(unknown) <= MAX_NAMED_COLUMNS:
        return ""
    return f", or keep columns of your own out with --ignore-columns {shlex.quote(','.join(unknown))}"


def _header(place: str, row: TextRow) -> tuple[str, ...]:
    if faults := [f"column {index + 1}: {odd.fault}" for index, odd in row.odd.items() if odd.fault]:
        raise BadInput(f"{place}, row 1, {faults[0]}.")
    columns = [cell.lower() for cell in row.cells]
    while columns and not columns[-1]:
        columns.pop()
    duplicates = [column for column, times in Counter(filter(None, columns)).items() if times > 1]
    if duplicates:
        raise BadInput(f"{place}, row 1: column {duplicates[0]} appears twice; remove one of the two.")
    return tuple(columns)
