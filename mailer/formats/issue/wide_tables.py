"""Names tables that are wider than a phone, however their words are broken into lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.domain import issue_tree as tree
from mailer.domain.defect import Defect
from mailer.formats.sans_serif import width_of

PHONE = 328  # pixels of the text on a phone 360 wide, between its margins
# As the shipped templates set tables: the letters of rows and of the head, and the space after each column but the last.
_ROW, _HEAD, _SPACE = 14, 12, 12
_INDENTS = {"blockquote": 21, "list_item": 24}  # of what stands within
_BOLD = 1.05
# Where a line may end: at a space, behind a dash, behind a hyphen within a word.
_BREAK = re.compile(r"[ \t\n]+|(?<=–)|(?<=[^\W_][-‐])(?=[^\W_])|(?<=—)|(?=—)")
_LONG = re.compile(r"[^\s\-–—]{20,}")  # such words are broken anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedTable:
    """A table with its line in the file, and the kinds of the blocks around it."""

    line: int
    within: tuple[str, ...] = ()
    table: tree.Table


def find_wide_tables(tables: Iterable[PlacedTable]) -> Iterator[Defect]:
    """The tables that no phone shows whole. Their words decide, since their columns are as narrow as these allow."""
    for placed in tables:
        there = PHONE - sum(_INDENTS.get(kind, 0) for kind in placed.within)
        needed = least_width(placed.table)
        if needed > there:
            what = f"the table is at least {needed:.0f} pixels wide, and a phone shows {there}"
            yield Defect(line=placed.line, what=f"{what}; leave a column out, or shorten the longest words")


def least_width(table: tree.Table) -> float:
    """The pixels that a table takes with every line ended where it may end."""
    columns = zip(table.head, *table.rows, strict=True)
    return sum(map(_column, columns)) + _SPACE * (len(table.head) - 1)


def _column(cells: tuple[tuple[tree.Inline, ...], ...]) -> float:
    head, *rows = cells
    return max(_longest(head, _HEAD), *(_longest(cell, _ROW) for cell in rows), 0)


def _longest(cell: Iterable[tree.Inline], size: int) -> float:
    """The width of the longest part of a cell that no line ends within."""
    words = _LONG.sub(" ", tree.plain(cell))
    widest = max((width_of(part, size=size) for part in _BREAK.split(words)), default=0)
    return widest * _BOLD if any(isinstance(word, tree.Strong) for word in cell) else widest
