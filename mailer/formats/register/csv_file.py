"""Reads a CSV file as rows of text, and writes CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain

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


def _rows(file: str, text: str) -> Iterator[TextRow]:
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    if match := _SEPARATOR_LINE.fullmatch(first):
        separator = match["separator"]
    else:
        separator = max(_SEPARATORS, key=first.count)
        lines.seek(0)
    reader = csv.reader(_check_line_length(file, lines), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield TextRow(number=number, cells=tuple(cell.strip() for cell in cells))
    except csv.Error as error:
        raise BadInput(f"{file}, line {reader.line_num}: {error}; check the quotation marks.") from error


def _check_line_length(file: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise BadInput(f"{file}, line {number}: it has more than {MAX_LINE} characters; that is not a register.")
        yield line


def write_csv(columns: list[str], rows: Iterable[Iterable[str]]) -> bytes:
    """CSV in UTF-8 without BOM, separated by commas, with a line feed after each row."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(chain([columns], rows))
    return text.getvalue().encode()
