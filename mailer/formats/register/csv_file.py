"""Reads a CSV file as rows of text, and writes CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Literal

from mailer.domain.errors import BadInput
from mailer.formats.register.decoding import decode
from mailer.formats.register.text_rows import TextFile, TextRow, filled_rows

MAX_LINE = 200_000  # characters of a line of CSV

_SEPARATORS = ",;\t"
# Excel's own first line, which it does not show: the separator of the file.
_SEPARATOR_LINE = re.compile(r"\"?sep=(?P<separator>[^\"\r\n])\"?[,;\t]*\r?\n?", re.IGNORECASE)


def read_csv(file: str, content: bytes, encoding: str | None) -> TextFile:
    """The rows of the file; raises BadInput, naming file and line, for one that cannot be read."""
    decoded = decode(file, content, encoding)
    rows = filled_rows(file, _rows(file, decoded.text))
    return TextFile(place=file, rows=rows, warnings=decoded.warnings, remarks=decoded.remarks)


def read_pasted(file: str, text: str) -> TextFile:
    """The rows of a table pasted from a spreadsheet program, which leaves quotation marks as they are."""
    text = text.strip("\r\n")
    try:
        rows = list(_rows(file, text))
    except BadInput:
        rows = list(_rows(file, text, csv.QUOTE_NONE))
    return TextFile(place=file, rows=filled_rows(file, rows))


def separator_of(line: str) -> str:
    """What separates the cells of a table with this first line."""
    match = _SEPARATOR_LINE.fullmatch(line)
    return match["separator"] if match else max(_SEPARATORS, key=line.count)


def _rows(file: str, text: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL) -> Iterator[TextRow]:
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    separator = separator_of(first)
    if not _SEPARATOR_LINE.fullmatch(first):
        lines.seek(0)
    reader = csv.reader(_check_line_length(file, lines), delimiter=separator, strict=True, quoting=quoting)
    try:
        for number, cells in enumerate(reader, start=1):
            yield TextRow(number=number, cells=tuple(map(str.strip, cells)))
    except csv.Error as error:
        raise BadInput(
            f"{file}, line {reader.line_num}: a quotation has no end, or text behind it; check the quotation marks."
        ) from error


def _check_line_length(file: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise BadInput(f"{file}, line {number}: it has more than {MAX_LINE} characters; that is not a register.")
        yield line


def write_csv(columns: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    """CSV in UTF-8 without BOM, separated by commas, with a line feed after each row."""
    return csv_text(columns, rows, ",").encode()


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[str]], separator: str) -> str:
    """A table as lines of cells, with a line feed after each row."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", delimiter=separator).writerows(chain([columns], rows))
    return text.getvalue()
