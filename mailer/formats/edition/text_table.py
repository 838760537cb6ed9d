"""Sets a table in columns of plain text: no wider than it must be, heads over two lines first, then cells over more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isqrt

from mailer.domain.issue_tree import Align
from mailer.formats.edition.line_wrap import COLUMNS, NARROW, width, words

_GAP = 2  # columns of space between the columns of a table
_SHORT = 16  # columns; cells up to this width, such as dates and amounts, stay on one line where they can
_HANG = 2  # columns before the further lines of a cell in the first column, where a row is seen to begin
_FEW = 3  # lines more that are no loss where a table then fits a narrower window
_ROOMS = (NARROW, 60, COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainTable:
    """A table in lines of plain text; `height` counts them as they read: without the rule and a head of two lines."""

    lines: tuple[str, ...]
    height: int


def set_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], sides: Sequence[Align], *, room: int
) -> PlainTable | None:
    """The table within so many columns of the screen; None if its longest words do not stand beside each other.

    Every cell has its words, in their order. The narrowest way is taken that costs not much more lines than others.
    """
    hangs = [_HANG] + [0] * (len(head) - 1)
    columns = [
        _ColumnNeeds.of(title, cells, hang)
        for hang, (title, *cells) in zip(hangs, zip(head, *rows, strict=True), strict=True)
    ]
    widths = [_widths(columns, min(room, most)) for most in _ROOMS]
    tables = [_set(head, rows, sides, fitting) for fitting in dict.fromkeys(filter(None, widths))]
    least = min((table.height for table in tables), default=0)
    return next((table for table in tables if table.height <= least + max(_FEW, least // 3)), None)


# --- widths -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _ColumnNeeds:
    """What a column needs, in columns of the screen."""

    head: int  # its head on one line
    head_in_two: int  # its head on two lines
    cells: int  # its widest cell
    word: int  # its longest word
    text: int  # its head and all its cells one after another

    @classmethod
    def of(cls, head: str, cells: Sequence[str], hang: int) -> "_ColumnNeeds":
        widths = [width(cell) for cell in cells]
        in_head = [width(word) for word in words(head)]
        in_cells = [width(word) + (hang if place else 0) for cell in cells for place, word in enumerate(words(cell))]
        longest = max([0, *in_head, *in_cells])
        return cls(
            head=width(head),
            head_in_two=_in_two(head),
            cells=max(widths, default=0),
            word=longest,
            text=width(head) + sum(widths),
        )


def _in_two(head: str) -> int:
    """The least width in which the head takes two lines."""
    parts = [width(word) for word in words(head)]
    whole, first, least = sum(parts) + len(parts) - 1, -1, width(head)
    for part in parts[:-1]:
        first += 1 + part
        least = min(least, max(first, whole - first - 1))
    return least


def _widths(columns: Sequence[_ColumnNeeds], room: int) -> tuple[int, ...] | None:
    """The widths of the columns: with all on one line, else with heads on two, else with cells on several."""
    space = room - _GAP * (len(columns) - 1)
    whole = tuple(max(column.head, column.cells) for column in columns)
    if sum(whole) <= space:
        return whole
    heads_in_two = tuple(max(column.head_in_two, column.cells) for column in columns)
    if sum(heads_in_two) <= space:
        return heads_in_two
    words_whole = [column.word for column in columns]
    short_whole = [max(column.word, column.cells) if column.cells <= _SHORT else column.word for column in columns]
    heads_whole = [max(least, column.head_in_two) for least, column in zip(short_whole, columns, strict=True)]
    for least in (heads_whole, short_whole, words_whole):
        if sum(least) <= space:
            return _shared(columns, least, heads_in_two, space)
    return None


def _shared(columns: Sequence[_ColumnNeeds], least: Sequence[int], most: Sequence[int], space: int) -> tuple[int, ...]:
    """Widths between the least and the most, in the ratio of the square roots of the columns' texts.

    With widths in this ratio, the lines of all cells together are the fewest.
    """
    weights = [isqrt(column.text << 8) for column in columns]

    def scaled(scale: int) -> tuple[int, ...]:
        return tuple(
            min(max(low, weight * scale >> 10), max(low, high))
            for low, weight, high in zip(least, weights, most, strict=True)
        )

    return scaled(_greatest(lambda scale: sum(scaled(scale)) <= space, below=COLUMNS << 10))


def _greatest(fits: Callable[[int], bool], *, below: int) -> int:
    """The greatest number below the limit that fits; smaller numbers fit as well, and 0 always does."""
    low, high = 0, below
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


# --- lines ------------------------------------------------------------------------------------------------------------


def _set(
    head: Sequence[str], rows: Sequence[Sequence[str]], sides: Sequence[Align], widths: Sequence[int]
) -> PlainTable:
    heads = [_folded(title, room) for title, room in zip(head, widths, strict=True)]
    cells = [
        [
            _folded(cell, room, _HANG if place == 0 else 0)
            for place, (cell, room) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]
    used = [max(width(line) for cell in column for line in cell) for column in zip(heads, *cells, strict=True)]
    head_height = max(map(len, heads))
    lowered = [[""] * (head_height - len(lines)) + lines for lines in heads]  # heads stand on their rule
    rule = (" " * _GAP).join("-" * column for column in used).rstrip(" ")
    # Further lines of a first cell are seen by their hang; those of other cells need an empty line after the row.
    apart = [""] if any(len(cell) > 1 for row in cells for cell in row[1:]) else []
    body = [line for row in cells for line in (*apart, *_lines(row, used, sides))][len(apart) :]
    return PlainTable(lines=(*_lines(lowered, used, sides), rule, *body), height=len(body) + max(0, head_height - 2))


def _folded(cell: str, room: int, hang: int = 0) -> list[str]:
    """The lines of a cell, which has no word wider than the column; those after the first begin with `hang` spaces."""
    if width(cell) <= room:
        return [cell]
    lines: list[str] = []
    space = -1
    for word in words(cell):
        needed = width(word)
        if space > needed:
            lines[-1] += f" {word}"
            space -= needed + 1
        else:
            lines.append(" " * (hang if lines else 0) + word)
            space = room - width(lines[-1])
    return lines


def _lines(row: Sequence[Sequence[str]], widths: Sequence[int], sides: Sequence[Align]) -> tuple[str, ...]:
    height = max(map(len, row), default=0)
    return tuple(
        (" " * _GAP)
        .join(
            _padded(cell[line] if line < len(cell) else "", column, side)
            for cell, column, side in zip(row, widths, sides, strict=True)
        )
        .rstrip(" ")
        for line in range(height)
    )


def _padded(cell: str, column: int, side: Align) -> str:
    space = column - width(cell)
    before = {Align.LEFT: 0, Align.CENTER: space // 2, Align.RIGHT: space}[side]
    return " " * before + cell + " " * (space - before)
