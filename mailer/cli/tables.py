"""Lays rows out as a table; where the terminal is too narrow for it, as a paragraph for each row. No cell is cut."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

# Columns of a table that is printed to a file or another program, wide enough that no cell is ever wrapped.
UNLIMITED_WIDTH = 10_000
BETWEEN = 2
# The last column wraps at its words when at least so much is left for it.
NARROWEST = 24
# A command in backquotes is one word, so that it can be copied.
_WORD = re.compile(r"[^\s`]*(?:`[^`]*`[^\s`]*)+|\S+")


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """The rows in at most this width, where no single word needs more."""
    if width < UNLIMITED_WIDTH:
        columns, rows = _without_empty(columns, rows)
    table = rows if width == UNLIMITED_WIDTH or _needed([columns, *rows]) <= width else _wrapped(columns, rows, width)
    if table is None:
        return (line for row in rows for line in _paragraph(columns, row, width))
    return _drawn(columns, table)


def _without_empty(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    filled = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    return [columns[index] for index in filled], [[row[index] for index in filled] for row in rows]


def _needed(rows: Sequence[Sequence[str]]) -> int:
    """The width of a table of these rows."""
    from rich.cells import cell_len

    return sum(max(map(cell_len, cells)) for cells in zip(*rows, strict=True)) + BETWEEN * (len(rows[0]) - 1)


def _wrapped(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[list[str]] | None:
    """The rows with the last cell wrapped at its words; None when there is too little room for them."""
    from rich.cells import cell_len

    room = width - _needed([[*row[:-1], ""] for row in (columns, *rows)])
    words = [word for row in (columns, *rows) for word in _WORD.findall(row[-1])]
    if room < NARROWEST or max(map(cell_len, words), default=0) > room:
        return None
    return [[*row[:-1], "\n".join(_lines(_WORD.findall(row[-1]), room, " "))] for row in rows]


def _paragraph(columns: Sequence[str], row: Sequence[str], width: int) -> Iterator[str]:
    """Each cell behind its column's name, as many on a line as there is room for."""
    cells = [f"{column} {cell}".lstrip() for column, cell in zip(columns, row, strict=True) if cell]
    for number, line in enumerate(_lines(cells, width - BETWEEN, " " * BETWEEN)):
        yield line if number == 0 else " " * BETWEEN + line


def _lines(words: Sequence[str], width: int, between: str) -> Iterator[str]:
    from rich.cells import cell_len

    line = ""
    for word in words:
        if line and cell_len(line + between + word) > width:
            yield line
            line = ""
        line += (between if line else "") + word
    yield line


def _drawn(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The table, its head in bold on a terminal; rich would take half a millisecond to lay out each row."""
    from rich.cells import cell_len

    widths = [
        max(cell_len(line) for cell in cells for line in _cell_lines(cell))
        for cells in zip(columns, *rows, strict=True)
    ]
    for row in chain([columns], rows):
        for parts in zip_longest(*map(_cell_lines, row), fillvalue=""):
            padded = (part + " " * (width - cell_len(part)) for part, width in zip(parts, widths, strict=True))
            line = (" " * BETWEEN).join(padded).rstrip()
            yield _in_bold(line) if row is columns else line


def _cell_lines(cell: str) -> list[str]:
    return cell.expandtabs().split("\n")


def _in_bold(line: str) -> str:
    from rich.console import Console
    from rich.text import Text

    printer = Console(width=UNLIMITED_WIDTH, highlight=False)
    with printer.capture() as capture:
        printer.print(Text(line, style="bold"), soft_wrap=True)
    return capture.get().removesuffix("\n")
