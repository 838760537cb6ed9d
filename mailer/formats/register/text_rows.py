"""A row of a register file as text, before the meaning of its cells is looked at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mailer.domain.errors import BadInput

# Hundreds of times the register of any club; a larger file is something else, or an attack.
MAX_ROWS = 100_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OddCell:
    """What there is to know of a cell of a workbook besides its text.

    `fault` says why no column can take it, `not_text` why a column of text cannot; `shown` is what Excel shows, where
    a number format adds zeros or letters to a number.
    """

    fault: str = ""
    not_text: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A row: its number, the header being row 1, its cells as text without outer spaces, odd cells by index."""

    number: int
    cells: tuple[str, ...]
    odd: Mapping[int, OddCell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """The rows of a file that are not empty; `place` names the file, and the sheet of a workbook.

    Of how the file was read, `remarks` are facts, `warnings` what may be wrong.
    """

    place: str
    rows: Iterable[TextRow]
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def filled_rows(place: str, rows: Iterable[TextRow]) -> Iterator[TextRow]:
    """The rows that are not empty, counted while they are read, so that a file too large is not kept in memory."""
    count = 0
    for row in rows:
        if not any(row.cells) and not row.odd:
            continue
        count += 1
        if count > MAX_ROWS:
            raise BadInput(f"{place} has more than {MAX_ROWS} rows; that is not a register.")
        if any(row.cells[MAX_COLUMNS:]):
            raise BadInput(
                f"{place}, row {row.number}: it has more than {MAX_COLUMNS} columns; that is not a register."
            )
        yield row if len(row.cells) <= MAX_COLUMNS else replace(row, cells=row.cells[:MAX_COLUMNS])


def column_letter(index: int) -> str:
    """The letters of a column, the first of which has the index 0: A, B … Z, AA."""
    before, last = divmod(index, 26)
    return (column_letter(before - 1) if before else "") + chr(ord("A") + last)
