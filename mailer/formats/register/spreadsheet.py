"""A table as a spreadsheet program saves it, CSV or XLSX, becomes a header and rows of plain text."""

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

# Hundreds of times the register of any club; what is larger is something else, or meant to do harm.
MAX_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_LINE = 200_000  # characters of a line of CSV
MOST_NAMED = 5  # columns; when more are wrong, it is another file

_SPACES = " \u00a0"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A row by its number as a spreadsheet counts (the header is row 1) and its cells as text, without outer spaces."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """A table with the names of its columns in small letters, and its rows that are not empty."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[TextRow, ...]


def read_table(file: str, content: bytes, sheet: str) -> TextTable:
    """The table in the bytes; `sheet` is its name in a workbook. Whether it is CSV or XLSX is seen from the content.

    Raises BadInput, naming the file, for what is no table, is empty or too large, or names a column twice.
    """
    if len(content) > MAX_BYTES:
        raise BadInput(f"{file} is larger than {MAX_BYTES // 1_000_000} MB; that is no register.")
    if content.startswith(b"\xd0\xcf\x11\xe0"):  # the signature of the compound files of Excel before 2007
        # … and of a workbook that is locked with a password (ECMA-376 encryption, MS-OFFCRYPTO).
        raise BadInput(f"{file} has a password or is in the old Excel format; save it without a password as .xlsx.")
    rows = _from_xlsx(file, content, sheet) if content.startswith(b"PK\x03\x04") else _from_csv(file, content)
    filled = list(_filled(file, rows))
    if not filled or filled[0].number != 1:
        raise BadInput(f"{file} has nothing in its first row; the names of the columns must stand there.")
    return TextTable(file=file, columns=_header(file, filled[0].cells), rows=tuple(filled[1:]))


def _filled(file: str, rows: Iterable[tuple[str, ...]]) -> Iterator[TextRow]:
    """The rows that are not empty, counted while they are read, so that no file is kept that is too large."""
    for number, cells in enumerate(rows, start=1):
        if number > MAX_ROWS:
            raise BadInput(f"{file} has more than {MAX_ROWS} rows; that is no register.")
        if len(cells) > MAX_COLUMNS:
            raise BadInput(f"{file}, row {number}: it has more than {MAX_COLUMNS} columns; that is no register.")
        if any(cells):
            yield TextRow(number=number, cells=cells)


def check_columns(
    table: TextTable, *, known: Iterable[str], languages_of: Iterable[str], required: Iterable[str]
) -> None:
    """Every column is one of `known`, or one of `languages_of` with a language (name_en), and `required` are all there.

    Raises BadInput naming the columns that are unknown, with the one that was probably meant, or missing.
    """
    known, stems, required = list(known), tuple(languages_of), list(required)
    wrong = []
    for column in filter(None, table.columns):
        stem, _, language = column.rpartition("_")
        if column in known or (stem in stems and len(language) == 2 and language.isascii() and language.isalpha()):
            continue
        near = get_close_matches(column, [*known, *(f"{stem}_en" for stem in stems)], n=1)
        wrong.append(f"column {column} is unknown" + (f" (did you mean {near[0]}?)" if near else ""))
    wrong.extend(f"column {column} is missing" for column in required if column not in table.columns)
    if len(wrong) > MOST_NAMED:
        wrong[MOST_NAMED:] = [f"and {len(wrong) - MOST_NAMED} more"]
    if wrong:
        raise BadInput(f"{table.file}, row 1: {'; '.join(wrong)}. Mend the names of the columns.")


def _header(file: str, cells: tuple[str, ...]) -> tuple[str, ...]:
    columns = [cell.lower() for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    twice = [column for column, times in Counter(filter(None, columns)).items() if times > 1]
    if twice:
        raise BadInput(f"{file}, row 1: column {twice[0]} stands there twice; remove one of the two.")
    return tuple(columns)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _from_csv(file: str, content: bytes) -> Iterator[tuple[str, ...]]:
    text = _decoded(file, content)
    lines = io.StringIO(text, newline="")
    separator = max(",;\t", key=lines.readline().count)
    lines.seek(0)
    reader = csv.reader(_short(file, lines), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield tuple(cell.strip(_SPACES) for cell in cells)
    except csv.Error as error:
        raise BadInput(f"{file}, line {reader.line_num}: {error}; look at its quotation marks.") from error


def _short(file: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise BadInput(f"{file}, line {number}: it has more than {MAX_LINE} characters; that is no register.")
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
    """Raise BadInput when the octet there is a flaw in UTF-8; in CP1251 hardly any letters look like UTF-8.

    Taken for CP1251 for the sake of one octet, the file would give everybody another name.
    """
    read = content.decode(errors="surrogateescape")
    flaws = sum("\udc80" <= character <= "\udcff" for character in read)
    if len(content) - sum(octet < 0x80 for octet in content) > 2 * flaws:
        line = content.count(b"\n", 0, at) + 1
        raise BadInput(
            f"{file}, line {line}: the octet {content[at]:02X} is no UTF-8, though most of the file is; "
            "is the file whole? Save it as UTF-8 anew."
        )


# --- XLSX -------------------------------------------------------------------------------------------------------------


# What zipfile, its decompressors and openpyxl raise for a file that is damaged; RuntimeError is zipfile's for a password.
_NO_WORKBOOK = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError),
    *(LookupError, ValueError, TypeError, AttributeError, OSError, ParseError, SyntaxError),
)


def _from_xlsx(file: str, content: bytes, sheet: str) -> Iterator[tuple[str, ...]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise BadInput(f"{file} unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB; that is no register.")
        with warnings.catch_warnings():
            # openpyxl warns of whatever else is in a workbook (drop-down lists, print areas); we read the cells alone.
            warnings.simplefilter("ignore", UserWarning)
            rows = _cells(file, content, sheet)
    except _NO_WORKBOOK as error:
        if "password" in str(error):
            raise BadInput(f"{file} has a password; save it without a password.") from error
        raise BadInput(f"{file} cannot be read as a workbook ({error}); save it as .xlsx anew.") from error
    return iter(rows)


def _cells(file: str, content: bytes, sheet: str) -> list[tuple[str, ...]]:
    import openpyxl  # only where a workbook is read: a process that sends has no use for it

    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        named = {name.strip().lower(): name for name in workbook.sheetnames}
        if sheet not in named:
            raise BadInput(f"{file} has no sheet named {sheet}, only {', '.join(workbook.sheetnames)}; name it so.")
        worksheet = workbook[named[sheet]]
        worksheet.reset_dimensions()  # some programs write a size that is too small
        rows = worksheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
        return _as_wide_as_the_first([_row(row) for row in islice(rows, MAX_ROWS + 1)])
    finally:
        workbook.close()


def _as_wide_as_the_first(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A workbook keeps no empty cells at the end of a row; what is missing there is empty."""
    width = len(rows[0]) if rows else 0
    return [row + ("",) * (width - len(row)) for row in rows]


def _row(row: tuple[object, ...]) -> tuple[str, ...]:
    last = max((number for number, cell in enumerate(row, start=1) if cell is not None), default=0)
    return tuple(_text(cell) for cell in row[:last])


def _text(cell: object) -> str:
    """The cell as it would stand in CSV. A number has the 15 digits that Excel itself keeps and shows."""
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
