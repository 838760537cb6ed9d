"""Gives rejected rows back as a file in the format in which they came, with a column that says what is wrong."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from mailer.domain.register_rows import BadRow
from mailer.formats.register.cells import guarded
from mailer.formats.register.csv_file import csv_text, separator_of
from mailer.formats.register.decoding import decode
from mailer.formats.register.files import REASON
from mailer.formats.register.spreadsheet import TextTable
from mailer.formats.register.write import write_workbook

_NUMBER = re.compile(r"[-+−]?[\d\s.,]+")
Sheet = tuple[Sequence[str], Sequence[Sequence[str]]]


def rejected_rows(
    table: TextTable, bad: Iterable[BadRow], *, say: Callable[[str], str] = str, with_good: bool = False
) -> Sheet:
    """The header and the bad rows of this table, with their reasons; an old column of reasons is replaced.

    `say` puts a reason into the reader's language; `with_good` puts the good rows behind the others.
    """
    reasons: dict[int, list[str]] = defaultdict(list)
    for fault in bad:
        if fault.file == table.place:
            reasons[fault.row].append(f"{fault.column}: {say(fault.reason)}")
    rows = [row for row in table.rows if row.number in reasons]
    if with_good:
        rows += [row for row in table.rows if row.number not in reasons]
    width = max([len(table.columns), *(len(row.cells) for row in rows)])
    names = [*table.columns, *[""] * (width - len(table.columns))]
    indices = [index for index, name in enumerate(names) if name != REASON]
    listed = [[*(_cell(row.cells, index) for index in indices), "; ".join(reasons.get(row.number, ()))] for row in rows]
    return [*(names[index] for index in indices), REASON], listed


def _cell(cells: Sequence[str], index: int) -> str:
    text = cells[index] if index < len(cells) else ""
    return text if _NUMBER.fullmatch(text) else guarded(text)


def rejected_text(sheet: Sheet, separator: str = "\t") -> str:
    """The rows as a spreadsheet program copies them, or as CSV with this separator."""
    header, rows = sheet
    return csv_text(header, rows, separator)


def rejected_csv(sheet: Sheet, content: bytes) -> bytes:
    """The rows with the separator and in the encoding of the CSV that they came in."""
    decoded = decode("", content, None)
    text = rejected_text(sheet, separator_of(decoded.text.partition("\n")[0]))
    marked = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else decoded.encoding
    try:
        return text.encode(marked)
    except UnicodeEncodeError:
        return text.encode("utf-8-sig")


def rejected_workbook(sheets: Mapping[str, Sheet]) -> bytes:
    """The rows as a workbook, each table a sheet."""
    return write_workbook(sheets)
