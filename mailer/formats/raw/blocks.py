"""Cuts a text converted from print into its blocks, each with the line it began on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby


class Shape(StrEnum):
    """What a block looks like."""

    RULE = "rule"
    HEADING = "heading"
    LIST = "list"
    TABLE = "table"  # columns set with tabs or spaces
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBlock:
    """Lines that stand together; `line` is the number of the first. A heading has its level, its text no `#`."""

    shape: Shape
    line: int
    text: str
    level: int = 0

    @property
    def last_line(self) -> int:
        """The number of the last of its lines."""
        return self.line + self.text.count("\n")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Defect:
    """Something the eye of an editor is needed for: the line of the raw text, and what was seen and done."""

    line: int
    what: str


_RULE = re.compile(r" {0,3}([-*_])(?: *\1){2,} *")
_HEADING = re.compile(r" {0,3}(#{1,6}) +([^ ].*)")
_CLOSING = re.compile(r"(?<! ) +#+ *$")  # the signs that may end a heading
_UNDERLINES = re.compile(r" *-{2,}(?: +-{2,})+ *")  # of the heads of a table
_GAP = re.compile(r"(?<![.!?:; ]) {2,}(?! )")  # two spaces after a full stop are a typist's
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s")


def split(raw: str) -> tuple[RawBlock, ...]:
    """The blocks of the text in their order; every line that is not blank is in one of them."""
    lines = enumerate(raw.split("\n"), start=1)
    return tuple(
        _block(group)
        for alone, found in groupby(lines, key=_stands_alone)
        if alone != ""
        for group in _groups(alone, found)
    )


def _stands_alone(numbered: tuple[int, str]) -> str:
    line = numbered[1]
    if not line.strip():
        return ""
    alone = (_RULE.fullmatch(line) and not _UNDERLINES.fullmatch(line)) or _HEADING.fullmatch(line)
    return "alone" if alone else "together"


def _groups(alone: str, found: Iterable[tuple[int, str]]) -> list[list[tuple[int, str]]]:
    return [[line] for line in found] if alone == "alone" else [list(found)]


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
    """The lines of a table whose columns are set with tabs or spaces, cut into cells; empty when it is none."""
    lines = [line for line in text.split("\n") if not _UNDERLINES.fullmatch(line)]
    if len(lines) < 2:  # a head and a row
        return []
    if all("\t" in line.lstrip() for line in lines):
        return [line.split("\t") for line in lines]
    rows = [_GAP.split(line.strip()) for line in lines]
    columns = len(rows[-1])
    if len(rows[0]) == columns - 1 and lines[0].startswith("  "):  # the head has no corner
        rows[0].insert(0, "")
    wide = any(len(gap) > 2 for line in lines for gap in _GAP.findall(line.strip()))
    return rows if wide and columns > 1 and all(len(row) == columns for row in rows) else []


_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>")


def words_of(text: str) -> str:
    """The words of a block on one line, without marks for bold, italics, links and tags."""
    return " ".join(_LINK.sub(r"\1", TAG.sub("", text)).replace("*", "").replace("__", "").split())


def is_capitals(text: str) -> bool:
    """Whether words, at least two letters, are all in capitals."""
    letters = [character for character in words_of(text) if character.isalpha()]
    return len(letters) > 1 and all(letter.isupper() for letter in letters)


def numbered(lines: Iterable[int]) -> str:
    """The line numbers as in `line 7` or `lines 7, 9 and 12`."""
    *most, last = [str(line) for line in sorted(set(lines))]
    return f"lines {', '.join(most)} and {last}" if most else f"line {last}"
