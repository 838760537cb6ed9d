"""Reads the lines of a letter as the blocks of its HTML: headings, paragraphs, lists, tables, commands and buttons."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby, pairwise
from urllib.parse import quote

from mailer.domain import issue_tree as tree
from mailer.domain.edition import SLOT_LINK
from mailer.formats.letter.lines import BUTTON, PAGE, LetterLine, LineForm, unmarked

_COLON = ": "  # between the label of a row and its value
_MAILBOX = re.compile(r"[^\s<>@,;:\"()]+@[^\s<>@,;:\"()]+\.[^\s<>@,;:\"()]+")
_BEFORE_NUMBER = re.compile(r"(?<=№) (?=\d|$)|(?<=\bNo\.) (?=\d|$)")  # the number may be the next piece
_FIGURES = re.compile(r"[\d\s.,%+-]+")

_Words = tuple[tree.Inline, ...]


class _Indented(StrEnum):
    """What an indented line is."""

    ROW = "row"
    BUTTON = "button"
    ADDRESS = "address"
    COMMAND = "command"


def read_blocks(lines: Sequence[LetterLine]) -> tuple[tree.Block, ...]:
    """The blocks of a letter.

    Lines together are one paragraph, items one list, rows of `label: value` one table, with the line right above them as
    its caption. Any other indented line is a command, an address or a button.
    """
    return tuple(_blocks(lines))


def _blocks(lines: Sequence[LetterLine]) -> Iterator[tree.Block]:
    runs = [list(run) for _form, run in groupby(_whole_lists(lines), key=lambda line: line.form)]
    caption = ""
    for run, following in pairwise([*runs, []]):
        form = run[0].form
        if form is LineForm.INDENTED:
            yield from _indented(run, caption)
        caption = ""
        if form is LineForm.HEADING:
            yield from (tree.Heading(2, _words(line.pieces)) for line in run)
        elif form is LineForm.ITEM:
            yield tree.ListBlock(tuple((tree.Paragraph(_words(line.pieces)),) for line in run))
        elif form is LineForm.WORDS:
            if following and _is_row(following[0]):
                caption = run.pop().text
            if run:
                yield _paragraph(run)


def _whole_lists(lines: Sequence[LetterLine]) -> Iterator[LetterLine]:
    """The lines without those that are empty between two items."""
    for place, line in enumerate(lines):
        around = lines[place - 1 : place + 2 : 2] if place else []
        if line.form is not LineForm.EMPTY or {neighbour.form for neighbour in around} != {LineForm.ITEM}:
            yield line


def _paragraph(lines: Sequence[LetterLine]) -> tree.Paragraph:
    words: list[tree.Inline] = []
    for line in lines:
        words += ([tree.LineBreak()] if words else []) + [*_words(line.pieces)]
    return tree.Paragraph(tuple(words))


# --- indented lines ---------------------------------------------------------------------------------------------------


def _indented(lines: Sequence[LetterLine], caption: str) -> Iterator[tree.Block]:
    for sort, run in groupby(lines, key=_sort):
        match sort:
            case _Indented.ROW:
                yield _table([_cells(line) for line in run], caption)
            case _Indented.BUTTON:
                yield tree.Section("button", tuple(tree.Paragraph((_button(line),)) for line in run))
            case _Indented.ADDRESS:
                yield from (tree.Paragraph(_words(line.pieces)) for line in run)
            case _Indented.COMMAND:
                yield tree.Commands(tuple(unmarked("".join(line.pieces)) for line in run))


def _is_row(line: LetterLine) -> bool:
    return line.form is LineForm.INDENTED and _sort(line) is _Indented.ROW


def _sort(line: LetterLine) -> _Indented:
    if any(piece.startswith(BUTTON) for piece in line.pieces):
        return _Indented.BUTTON
    if _colon(line) is not None:
        return _Indented.ROW
    if len(line.pieces) > 1 and PAGE.fullmatch(unmarked("".join(line.pieces))):
        return _Indented.ADDRESS
    return _Indented.COMMAND


def _colon(line: LetterLine) -> int | None:
    """The place of the template's piece that ends in a colon before a value."""
    ends = (place for place in range(0, len(line.pieces) - 1, 2) if line.pieces[place].endswith(_COLON))
    return next(ends, None)


def _cells(line: LetterLine) -> tuple[_Words, _Words]:
    """Label and value of a row."""
    place = _colon(line)
    assert place is not None, "it is a row"
    label = (*line.pieces[:place], line.pieces[place].removesuffix(_COLON))
    return _words(label), _words(("", *line.pieces[place + 1 :]))


def _table(rows: Sequence[tuple[_Words, _Words]], caption: str) -> tree.Table:
    are_figures = all(_FIGURES.fullmatch(tree.plain(value)) for _label, value in rows)
    return tree.Table(
        caption=caption,
        head=(),
        rows=tuple(rows),
        align=(tree.Align.LEFT, tree.Align.RIGHT if are_figures else tree.Align.LEFT),
    )


def _button(line: LetterLine) -> tree.Link:
    """The words before the address, as a link to it."""
    words = unmarked("".join(piece for piece in line.pieces if not piece.startswith(BUTTON))).strip().rstrip(":")
    address = unmarked(next(piece for piece in line.pieces if piece.startswith(BUTTON)))
    return tree.Link(address, (tree.Text(words or address),))


# --- words ------------------------------------------------------------------------------------------------------------


def _words(pieces: Sequence[str]) -> _Words:
    """The pieces, the template's and those it was given in turn; what it was given is linked if it is an address."""
    texts = [(unmarked(piece), place % 2 == 1) for place, piece in enumerate(pieces)]
    return tuple(_word(text, is_value=is_value) for text, is_value in texts if text)


def _word(text: str, *, is_value: bool) -> tree.Inline:
    if is_value and _MAILBOX.fullmatch(text):
        return tree.Link(f"mailto:{quote(text, safe='@')}", (tree.Text(text),))
    if is_value and PAGE.fullmatch(text) and not text.startswith(SLOT_LINK):
        return tree.Link(text, (tree.Text(text),))
    return tree.Text(_BEFORE_NUMBER.sub("\u00a0", text))
