"""Reads a written template as lines, and keeps apart in each what the template says and what it was given.

Only the template's own words give a line its form: a name, an address or a server's words are never a heading, an item
or a link of their own, whatever they look like.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailer.views.remedies import in_form

# Values stand between these controls while a template is written; no value has controls of its own.
_FIRST, _LAST, BUTTON = "\x02", "\x03", "\x04"
_MARKS = re.compile(rf"[{_FIRST}{_LAST}{BUTTON}]")
_PAIRED = re.compile(rf"[^{_FIRST}{_LAST}]*(?:{_FIRST}[^{_FIRST}{_LAST}]*{_LAST}[^{_FIRST}{_LAST}]*)*")
_INDENT, _ITEM, _HEADING = "  ", "- ", "# "
PAGE = re.compile(r"https?://[^\s<>\"]+")  # the address of a page
_NOT_IN_PARENTHESES = re.compile(r"[^()]+(?![^()]*\))")


class LineForm(StrEnum):
    """What a line of a letter is."""

    EMPTY = "empty"
    HEADING = "heading"
    ITEM = "item"
    INDENTED = "indented"  # a command, a row, an address or a button
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """A line: its form, and its pieces without the mark of the form: the template's words and values in turn."""

    form: LineForm
    pieces: tuple[str, ...]  # the first is the template's

    @property
    def text(self) -> str:
        """The line as it is read in plain text; the address of a button has a line of its own."""
        words = unmarked("".join(self.pieces).replace(f" {BUTTON}", f"\n{_INDENT}"))
        match self.form:
            case LineForm.HEADING:
                return _NOT_IN_PARENTHESES.sub(lambda part: part[0].upper(), words)
            case LineForm.ITEM:
                return f"{_ITEM}{words}"
            case LineForm.INDENTED:
                return f"{_INDENT}{words}"
            case _:
                return words


def marked(value: object) -> str:
    """What a template was given, between marks; the words of a macro, which have marks in them, as they are."""
    text = str(value)
    return text if not text or "\n" in text or _FIRST in text else f"{_FIRST}{text}{_LAST}"


def as_button(address: str) -> str:
    """The address of a page, for which the words before it are a button. ValueError for any other text."""
    if not PAGE.fullmatch(address):
        raise ValueError(f"'{address}' is no address of a page, so it cannot be a button")
    return f"{_FIRST}{BUTTON}{address}{_LAST}"


def unmarked(text: str) -> str:
    """The text without marks."""
    return _MARKS.sub("", text)


def read_lines(text: str, *, command: str = "mailer") -> list[LetterLine]:
    """The lines of a written template, with commands as people type them here; never two empty lines together."""
    lines = [_line(line, command) for line in text.split("\n")]
    spaced = [line for place, line in enumerate(lines) if line.form is not LineForm.EMPTY or _is_gap(lines, place)]
    return list(_with_capitals(spaced))


def _line(line: str, command: str) -> LetterLine:
    # Marks that a filter has torn apart say nothing: then the whole line counts as given.
    pieces = re.split(f"[{_FIRST}{_LAST}]", line) if _PAIRED.fullmatch(line) else ["", unmarked(line), ""]
    first = pieces[0]
    if not "".join(pieces).strip():
        return LetterLine(form=LineForm.EMPTY, pieces=())
    if first.startswith(_INDENT):
        typed = in_form(unmarked(line), command)
        if typed != unmarked(line):
            pieces = [typed]
        return LetterLine(form=LineForm.INDENTED, pieces=(pieces[0].removeprefix(_INDENT), *pieces[1:]))
    pieces = [in_form(piece, command) for piece in pieces]
    for mark, form in ((_ITEM, LineForm.ITEM), (_HEADING, LineForm.HEADING)):
        if first.startswith(mark):
            return LetterLine(form=form, pieces=(pieces[0].removeprefix(mark), *pieces[1:]))
    return LetterLine(form=LineForm.WORDS, pieces=tuple(pieces))


def _is_gap(lines: Sequence[LetterLine], place: int) -> bool:
    """Whether an empty line stands between two others, as the first of its run."""
    return (
        place > 0
        and lines[place - 1].form is not LineForm.EMPTY
        and any(line.form is not LineForm.EMPTY for line in lines[place:])
    )


def _with_capitals(lines: Sequence[LetterLine]) -> Iterator[LetterLine]:
    """The lines; one that stands alone and is in capitals is a heading, as earlier versions wrote them."""
    forms = [LineForm.EMPTY, *(line.form for line in lines), LineForm.EMPTY]
    for place, line in enumerate(lines):
        is_alone = forms[place] == forms[place + 2] == LineForm.EMPTY
        if is_alone and line.form is LineForm.WORDS and len(line.pieces) == 1 and _is_capitals(line.pieces[0]):
            yield LetterLine(form=LineForm.HEADING, pieces=line.pieces)
        else:
            yield line


def _is_capitals(words: str) -> bool:
    """Whether the words are in capitals, apart from what stands in parentheses."""
    return "".join(_NOT_IN_PARENTHESES.findall(words)).isupper()
