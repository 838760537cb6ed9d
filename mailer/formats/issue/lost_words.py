"""Names words that the parser takes from view: cells beyond the head, titles of links, notes without a mark."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from mailer.domain.defect import Defect
from mailer.formats.issue.dialect import TYPED

_BAR = re.compile(r"(?<!\\)\|")


def find_lost_words(tokens: Sequence[Token], lines: Sequence[str], *, first_line: int) -> Iterator[Defect]:
    """What readers would not see as it is meant, with its line; `lines` are those of the text."""
    yield from _rows(tokens, lines, first_line)
    yield from _titles(tokens, first_line)
    yield from _pictures(tokens, first_line)
    yield from _notes(tokens, first_line)


def _rows(tokens: Sequence[Token], lines: Sequence[str], first_line: int) -> Iterator[Defect]:
    columns = 0
    for place, token in enumerate(tokens):
        if token.type == "thead_close":
            columns = _columns(tokens, place)
        if token.type != "tr_open" or not token.map or tokens[place + 1].type != "td_open":
            continue
        row = lines[token.map[0]].strip(" \t>")
        line = first_line + token.map[0]
        cells = [cell.strip() for cell in _BAR.split(row)]
        cells = cells[1 if cells[0] == "" else 0 : -1 if cells[-1] == "" else None]
        if not _BAR.search(row) and columns > 1:
            what = "this line would become a row of the table above it; put an empty line before it"
            yield Defect(line=line, what=what)
        elif len(cells) > columns:
            lost = " | ".join(cells[columns:])
            what = f"the row has {len(cells)} cells and the head of the table {columns}, so '{lost}' would be lost"
            yield Defect(line=line, what=f"{what}; give the head more cells, or write a bar within a cell as \\|")


def _columns(tokens: Sequence[Token], end: int) -> int:
    """How many cells the head has that ends there."""
    columns = 0
    while tokens[end].type != "thead_open":
        columns += tokens[end].type == "th_open"
        end -= 1
    return columns


def _titles(tokens: Sequence[Token], first_line: int) -> Iterator[Defect]:
    for line, child in _inlines(tokens, first_line):
        if title := child.attrs.get("title"):
            what = f"no reader sees the title '{title}' of a link or picture; write it as text, or leave it out"
            yield Defect(line=line, what=what)


def _pictures(tokens: Sequence[Token], first_line: int) -> Iterator[Defect]:
    for token in tokens:
        if token.type == "inline" and token.map:
            for place, text in enumerate(str(token.meta.get(TYPED, "")).split("\n")):
                if "![" in text:
                    what = "the picture would not be shown; write ![what it shows](its-name.png) without spaces in the name"
                    yield Defect(line=first_line + token.map[0] + place, what=what)


def _notes(tokens: Sequence[Token], first_line: int) -> Iterator[Defect]:
    marked = {child.meta["label"] for _, child in _inlines(tokens, first_line) if child.type == "footnote_ref"}
    notes: Counter[str] = Counter()
    for token in tokens:
        if token.type == "footnote_reference_open" and token.map:
            label = token.meta["label"]
            notes[label] += 1
            line = first_line + token.map[0]
            if label not in marked:
                yield Defect(
                    line=line, what=f"the text has no mark [^{label}] for this note; set it, or remove the note"
                )
            if notes[label] > 1:
                yield Defect(line=line, what=f"there is a second note [^{label}]; give it another label")


def _inlines(tokens: Sequence[Token], first_line: int) -> Iterator[tuple[int, Token]]:
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            yield line, child
            line += child.type in {"softbreak", "hardbreak"}
