"""Reads a table from CSV or XLSX as a header and rows of plain text, and writes CSV."""

import csv
import io
import lzma
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from itertools import chain, islice
from xml.etree.ElementTree import ParseError

from mailer.domain.errors import BadInput
from mailer.domain.register_columns import Column

# Hundreds of times the register of any club; a larger file is something else, or an attack.
MAX_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_LINE = 200_000  # characters of a line of CSV
MAX_NAMED_COLUMNS = 5  # in a message; with more wrong columns, it is another file

_SPACES = " \u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A row: its number, the header being row 1, and its cells as text without outer spaces."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table: the names of its columns in lower case, and its rows that are not empty."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[TextRow, ...]


def read_table(file: str, content: bytes, sheet: str) -> TextTable:
    """The table in the bytes, CSV or XLSX by their content; `sheet` is its name in a workbook.

    Raises BadInput, naming the file, for a file that is not a table, is empty or too large, or has a column twice.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(f"{file} is larger than {MAX_BYTES // 1_000_000} MB; that is not a register.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the signature of the compound files of Excel before 2007
        # … and of a workbook that is locked with a password (ECMA-376 encryption, MS-OFFCRYPTO).
        raise BadInput(f"{file} has a password or is in the old Excel format; save it without a password as .xlsx.")
    rows = _from_xlsx(file, content, sheet) if content.startswith(b"PK\x03\x04") else _from_csv(file, content)
    filled = list(_not_empty_rows(file, rows))
    if not filled or filled[0].number != 1:
        raise BadInput(f"{file} has an empty first row; write the names of the columns there.")
    return TextTable(file=file, columns=_header(file, filled[0].cells), rows=tuple(filled[1:]))


def _not_empty_rows(file: str, rows: Iterable[tuple[str, ...]]) -> Iterator[TextRow]:
    """The rows that are not empty, counted while they are read, so that a file too large is not kept in memory."""
    for number, cells in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise BadInput(f"{file} has more than {MAX_ROWS} rows; that is not a register.")
        if len(cells) > MAX_COLUMNS:
            raise BadInput(f"{file}, row {number}: it has more than {MAX_COLUMNS} columns; that is not a register.")
        if any(cells):
            yield TextRow(number=number, cells=cells)


def check_columns(table: TextTable, columns: Iterable[Column]) -> None:
    """Raise BadInput that names the columns of the table that are unknown, with a suggestion, or missing."""
    columns = list(columns)
    names = [f"{column.name}_en" if column.per_language else column.name for column in columns]
    wrong = []
    for name in filter(None, table.columns):
        if any(column.language(name) if column.per_language else name == column.name for column in columns):
            continue
        near = get_close_matches(name, names, n=1)
        wrong.append(f"column {name} is unknown" + (f" (did you mean {near[0]}?)" if near else ""))
    wrong.extend(
        f"column {column.name} is missing" for column in columns if column.required and column.name not in table.columns
    )
    if len(wrong) > MAX_NAMED_COLUMNS:
        wrong[MAX_NAMED_COLUMNS:] = [f"and {len(wrong) - MAX_NAMED_COLUMNS} more"]
    if wrong:
        raise BadInput(f"{table.file}, row 1: {'; '.join(wrong)}. Correct the names of the columns.")


def _header(file: str, cells: tuple[str, ...]) -> tuple[str, ...]:
    columns = [cell.lower() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    duplicates = [column for column, times in Counter(filter(None, columns)).items() if times > 1]
    if duplicates:
        raise BadInput(f"{file}, row 1: column {duplicates[0]} appears twice; remove one of the two.")
    return tuple(columns)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _from_csv(file: str, content: bytes) -> Iterator[tuple[str, ...]]:
    text = _decoded(file, content)
    lines = io.StringIO(text, newline="")
    separator = max(",;\t", key=lines.readline().count)
    lines.seek(0)
    reader = csv.reader(_check_line_length(file, lines), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield tuple(cell.strip(_SPACES) for cell in cells)
    except csv.Error as error:
        raise BadInput(f"{file}, line {reader.line_num}: {error}; check the quotation marks.") from error


def _check_line_length(file: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise BadInput(f"{file}, line {number}: it has more than {MAX_LINE} characters; that is not a register.")
        yield line


def _decoded(file: str, content: bytes) -> str:
    if b"\0" not in content:
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            _refuse_broken_utf8(file, content, error.start)
        with suppress(UnicodeDecodeError):
            return content.decode("cp1251")
    raise BadInput(f"{file} is neither CSV in UTF-8 or CP1251 nor XLSX; save it as one of these.")


def _refuse_broken_utf8(file: str, content: bytes, at: int) -> None:
    """Raise BadInput if the file is UTF-8 with a broken byte at this place, since CP1251 rarely looks like UTF-8.

    Read as CP1251 because of one byte, the file would change the names of all people.
    """
    text = content.decode(errors="surrogateescape")
    flaws = sum("\udc80" <= character <= "\udcff" for character in text)
    if len(content) - sum(octet < 0x80 for octet in content) > 2 * flaws:
        line = content.count(b"\n", 0, at) + 1
        raise BadInput(
            f"{file}, line {line}: the byte {content[at]:02X} is not UTF-8, though most of the file is; "
            "is the file complete? Save it as UTF-8 again."
        )


# --- XLSX -------------------------------------------------------------------------------------------------------------


# What zipfile, its decompressors and openpyxl raise for a damaged file; for a password, zipfile raises RuntimeError.
_WORKBOOK_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError),
    *(LookupError, ValueError, TypeError, AttributeError, OSError, ParseError, SyntaxError),
)


def _from_xlsx(file: str, content: bytes, sheet: str) -> Iterator[tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise BadInput(f"{file} unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; that is not a register.")
        with warnings.catch_warnings():
            # openpyxl warns of other parts of a workbook (drop-down lists, print areas); only the cells are read.
            warnings.simplefilter("ignore", UserWarning)
            rows = _cells(file, content, sheet)
    except _WORKBOOK_ERRORS as error:
        if "password" in str(error):
            raise BadInput(f"{file} has a password; save it without a password.") from error
        raise BadInput(f"{file} cannot be read as a workbook ({error}); save it as .xlsx again.") from error
    return iter(rows)


def _cells(file: str, content: bytes, sheet: str) -> list[tuple[str, ...]]:
    import openpyxl  # loaded only to read a workbook

    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheets = {name.strip().lower(): name for name in workbook.sheetnames}
        if sheet not in sheets:
            raise BadInput(
                f"{file} has no sheet named {sheet}, only {', '.join(workbook.sheetnames)}; rename the right one."
            )
        worksheet = workbook[sheets[sheet]]
        worksheet.reset_dimensions()  # some programs write too small a size
        rows = worksheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
        return _padded_to_header([_texts(row) for row in islice(rows, MAX_ROWS + 1)])
    finally:
        workbook.close()


def _padded_to_header(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Pad the rows, since a workbook does not store the empty cells at the end of a row."""
    width = len(rows[0]) if rows else 0
    return [row + ("",) * (width - len(row)) for row in rows]


def _texts(row: tuple[object, ...]) -> tuple[str, ...]:
    last = max((number for number, cell in enumerate(row, start=1) if cell is not None), default=0)
    return tuple(_text(cell) for cell in row[:last])


def _text(cell: object) -> str:
    """The cell as CSV would have it. A number has the 15 digits that Excel itself stores."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int() | float():
            return f"{Decimal(f'{cell:.15g}').normalize():f}"
        case datetime():
            return str(cell.date())
        case _:
            return str(cell).strip(_SPACES)


# --- writing ----------------------------------------------------------------------------------------------------------


def write_csv(columns: list[str], rows: Iterable[Iterable[str]]) -> bytes:
    """CSV in UTF-8 without BOM, separated by commas, with a line feed after each row."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(chain([columns], rows))
    return text.getvalue().encode()
