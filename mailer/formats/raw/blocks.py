"""Splits a text converted from print into blocks, each with its first line number."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from itertools import groupby


class Shape(StrEnum):
    """The kind of a block, by its look."""

    RULE = "rule"
    HEADING = "heading"
    LIST = "list"
    TABLE = "table"  # columns set with tabs or spaces
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBlock:
    """Adjacent lines, the first of which has the number `line`. A heading has a level, and no `#` in its text."""

    shape: Shape
    line: int
    text: str
    level: int = 0

    @property
    def last_line(self) -> int:
        """The number of the last of its lines."""
        return self.line + self.text.count("\n")


_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *")
_HEADING = re.compile(r" {0,3}(#{1,6}) +([^ ].*)")
_CLOSING = re.compile(r"(?<! ) +#+ *$")  # the `#` that may end a heading
_UNDERLINES = re.compile(r" *-{2,}(?: +-{2,})+ *")  # below the headings of a table
_GAP = re.compile(r"(?<![.!?:; ]) {2,}(?! )")  # typists put two spaces after a full stop
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")


def split(raw: str) -> tuple[RawBlock, ...]:
    """The blocks of the text in order; every line that is not blank belongs to one."""
    lines = enumerate(raw.split("\n"), start=1)
    return tuple(
        _block(group)
        for place, run in groupby(lines, key=_place)
        if place is not _Place.BLANK
        for group in ([[line] for line in run] if place is _Place.ALONE else [list(run)])
    )


class _Place(Enum):
    """Whether a line separates blocks, is a block, or joins its neighbours."""

    BLANK = auto()
    ALONE = auto()
    TOGETHER = auto()


def _place(numbered_line: tuple[int, str]) -> _Place:
    line = numbered_line[1]
    if not line.strip():
        return _Place.BLANK
    is_rule = _RULE.fullmatch(line) and not _UNDERLINES.fullmatch(line)
    return _Place.ALONE if is_rule or _HEADING.fullmatch(line) else _Place.TOGETHER


def _block(lines: list[tuple[int, str]]) -> RawBlock:
    number, first = lines[0]
    text = "\n".join(line for _, line in lines)
    heading = _HEADING.fullmatch(first)
    if heading:
        return RawBlock(
            shape=Shape.HEADING, line=number, text=_CLOSING.sub("", heading[2]).rstrip(" "), level=len(heading[1])
        )
    if _RULE.fullmatch(first) and len(lines) == 1:
        shape = Shape.RULE
    elif cells(text):
        shape = Shape.TABLE
    elif _ITEM.match(first):
        shape = Shape.LIST
    else:
        shape = Shape.PARAGRAPH
    return RawBlock(shape=shape, line=number, text=text)


def cells(text: str) -> list[list[str]]:
    """The cells of a table whose columns are set with tabs or spaces; empty if the text is not such a table."""
    lines = [line for line in text.split("\n") if not _UNDERLINES.fullmatch(line)]
    if len(lines) < 2:  # headings and a row
        return []
    if all("\t" in line.lstrip() for line in lines):
        return [line.split("\t") for line in lines]
    rows = [_GAP.split(line.strip()) for line in lines]
    columns = len(rows[-1])
    if len(rows[0]) == columns - 1 and lines[0].startswith("  "):  # the first heading is missing
        rows[0].insert(0, "")
    wide = any(len(gap) > 2 for line in lines for gap in _GAP.findall(line.strip()))
    return rows if wide and columns > 1 and all(len(row) == columns for row in rows) else []


_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")


def words_of(text: str) -> str:
    """The words of a block on one line, without bold, italics, links and tags."""
    return " ".join(_LINK.sub(r"\1", TAG.sub("", text)).replace("*", "").replace("__", "").split())


def is_capitals(text: str) -> bool:
    """Whether the text has two letters or more, all capitals."""
    letters = [character for character in words_of(text) if character.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)


def numbered(lines: Iterable[int]) -> str:
    """The line numbers as in `line 7` or `lines 7, 9 and 12`."""
    *most, last = [str(line) for line in sorted(set(lines))]
    return f"lines {', '.join(most)} and {last}" if most else f"line {last}"
