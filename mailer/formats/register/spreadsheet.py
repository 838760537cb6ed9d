"""Reads a table from CSV or XLSX as a header and rows of plain text."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from mailer.domain.errors import BadInput
from mailer.domain.register_columns import Column
from mailer.domain.remedy import Action
from mailer.domain.similar import nearest
from mailer.formats.register.csv_file import read_csv, read_pasted
from mailer.formats.register.text_rows import TextRow
from mailer.formats.register.xlsx_file import read_xlsx

MAX_BYTES = 20_000_000  # hundreds of times the register of any club
HEADER_LOOKED_FOR = 20  # rows: a title, notes and empty lines may stand above it
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
    ignored = (f"{file} is a workbook, for which --encoding does not count",) if is_workbook and encoding else ()
    rows = list(text.rows)
    if not rows:
        raise BadInput(f"{text.place} is empty; write the names of the columns into row 1.")
    if rows[0].number != 1:
        raise BadInput(f"{text.place} has an empty first row; delete it, or write the names of the columns there.")
    return TextTable(
        place=text.place,
        columns=_header(text.place, rows[0]),
        rows=tuple(rows[1:]),
        warnings=text.warnings,
        remarks=(*text.remarks, *ignored),
        is_workbook=is_workbook,
    )


def pasted_table(file: str, text: str, columns: Sequence[str]) -> TextTable:
    """The table in pasted rows; without names of columns in the first row, these are taken, as many as it has cells.

    Raises BadInput as `read_table` does.
    """
    if len(text) > MAX_BYTES:
        raise BadInput(f"{file} are more than {MAX_BYTES // 1_000_000} MB; that is not a register.")
    rows = list(read_pasted(file, text).rows)
    if not rows:
        raise BadInput(f"{file} are empty; paste at least one row.")
    named = not {cell.lower() for cell in rows[0].cells}.isdisjoint(columns)
    taken = tuple(columns[: len(rows[0].cells)])
    note = f"the {file} have no names of columns, and are read as {', '.join(taken)}"
    return TextTable(
        place=file,
        columns=_header(file, rows[0]) if named else taken,
        rows=tuple(rows[1:] if named else rows),
        warnings=(),
        remarks=() if named else (note,),
        is_workbook=False,
    )


def check_columns(table: TextTable, columns: Iterable[Column], ignored: Collection[str] = ()) -> None:
    """Raise BadInput that names the columns of the table that are unknown and not ignored, with a suggestion, or missing."""
    columns = list(columns)
    wrong, unknown = list[str](), list[str]()
    for name in filter(None, table.columns):
        if name not in ignored and not any(_is_name_of(column, name) for column in columns):
            wrong.append(f"column {name} is unknown{_suggestion(name, columns)}")
            unknown.append(name)
    missing = [
        column.name
        for column in columns
        if column.required and (column.name not in table.columns or column.name in ignored)
    ]
    if below := _header_below(table, columns) if missing else None:
        raise BadInput(f"{table.place}: the names of the columns are in row {below}; delete the rows above it.")
    if missing and len(table.columns) == 1 and not table.is_workbook:
        raise BadInput(f"{table.place}, row 1 is a single cell; separate the cells by a comma, a semicolon or a tab.")
    wrong.extend(f"column {name} is missing" for name in missing)
    if len(wrong) > MAX_NAMED_COLUMNS:
        wrong[MAX_NAMED_COLUMNS:] = [f"and {len(wrong) - MAX_NAMED_COLUMNS} more"]
    if wrong:
        place = f"{table.place}, row 1"
        if missing or not unknown:
            names = ", ".join(map(_typical_name, columns))
            raise BadInput(f"{place}: {'; '.join(wrong)}. Correct the names of the columns: {names}.")
        own = [Action.LEAVE_OUT_COLUMNS.of(",".join(unknown))] if len(unknown) <= MAX_NAMED_COLUMNS else []
        raise BadInput(f"{place}: {'; '.join(wrong)}; correct the names of the columns", *own)


def _is_name_of(column: Column, name: str) -> bool:
    return bool(column.language(name)) if column.per_language else name == column.name


def _typical_name(column: Column) -> str:
    return f"{column.name}_en" if column.per_language else column.name


def _suggestion(name: str, columns: Iterable[Column]) -> str:
    """The nearest name of a column; of one that stands once for each language, in the language of the unknown name."""
    language = name[-2:] if name[-2:].isalpha() and name[-3:-2] in {"_", " ", "-"} else "en"
    names = [f"{column.name}_{language}" if column.per_language else column.name for column in columns]
    near = nearest(name, names)
    return f" (did you mean {near}?)" if near else ""


def _header_below(table: TextTable, columns: Sequence[Column]) -> int | None:
    """The row among the first ones that has the names of all required columns."""
    required = {column.name for column in columns if column.required}
    rows = (row for row in table.rows[:HEADER_LOOKED_FOR] if required <= {cell.lower() for cell in row.cells})
    return next((row.number for row in rows), None)


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
