"""Reads the words of an article straight from its Markdown, without the parser, to see whether the parser lost some."""

import html
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import NamedTuple

from mailer.domain.defect import Defect
from mailer.formats.words import words_of

_CODE = re.compile(r"(?<![`\\])(`+)(?!`)((?:(?!\n[ >\t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_IN_CODE = re.compile(r"[\[\]\\&*]")
_SECTION = re.compile(r"^[ \t>]*:::+[ \t]*[a-z\d_-]*[ \t]*$", re.MULTILINE)
_DEFINITION = re.compile(
    r"^([ >]*)\[([^\]\n^][^\]\n]*)\]:[ \t]*<?(?:https?|mailto):[^\s>]*>?", re.MULTILINE | re.IGNORECASE
)
_TITLE = r"(?:\"[^\"]*\"|'[^']*'|\([^()]*\))"
_DESTINATION = re.compile(
    rf"(?<!\\)\]\(\s*(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)(?<!\s)(\s+{_TITLE})?\s*\)"
)  # words](address "title")
_NOTE = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\](:?)")
_ENTITY = re.compile(r"(?<!\\)&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]*);")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class SourceWord(NamedTuple):
    """A word as typed, and its line."""

    word: str
    line: int


def source_words(text: str, *, first_line: int = 1) -> list[SourceWord]:
    """The words that a reader must meet, in order.

    All letters and figures, except what Markdown keeps from view: addresses of links, names of pictures, definitions
    of links in use, names of sections. A footnote's label counts as its number.
    """
    text = _CODE.sub(lambda match: f"`{_IN_CODE.sub(' ', match[2])}`", text)
    text = _SECTION.sub("", text)
    text = _without_definitions(text)
    text = _DESTINATION.sub(
        lambda match: f"]({match[1] or ''})" + "\n" * (match[0].count("\n") - (match[1] or "").count("\n")), text
    )
    text = _with_numbered_notes(text)
    text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = _ESCAPE.sub(r"\1", text)
    return [
        SourceWord(word, number)
        for number, line in enumerate(text.split("\n"), start=first_line)
        for word in words_of(line)
    ]


def _without_definitions(text: str) -> str:
    """The text without the definitions of links that are used, and without the labels that name them."""
    labels: set[str] = set()

    def defined(match: re.Match[str]) -> str:
        label = _label(match[2])
        spaced = r"\s+".join(map(re.escape, match[2].split()))
        uses = re.search(rf"\[\s*{spaced}\s*\](?!:)", text, re.IGNORECASE)
        if not uses or label in labels:
            return match[0]
        labels.add(label)
        return match[1]

    text = _DEFINITION.sub(defined, text)
    if not labels:
        return text
    return re.sub(
        r"\]\[([^\[\]]+)\]",
        lambda match: "]" + "\n" * match[0].count("\n") if _label(match[1]) in labels else match[0],
        text,
    )


def _label(words: str) -> str:
    return " ".join(words.split()).casefold()


def _with_numbered_notes(text: str) -> str:
    """The text with the number of each footnote in place of its label: by the first mark, as readers count."""
    matches = list(_NOTE.finditer(text))
    labels = {match[1] for match in matches if match[2]}
    marks = dict.fromkeys(match[1] for match in matches if match[1] in labels and not match[2])
    numbers = {label: number for number, label in enumerate(marks, start=1)}
    return _NOTE.sub(lambda match: f" {numbers[match[1]]} " if match[1] in numbers else match[0], text)


# --- compared -----------------------------------------------------------------------------------------------------------


def changed_words(typed: Sequence[SourceWord], shown: Sequence[str]) -> list[Defect]:
    """The words that readers would not meet as they are typed, by line; empty if they meet them all, and no others.

    Of very many differences only the first are named.
    """
    defects: list[Defect] = []
    place = other = 0  # how far the typed and the shown words are compared
    for _ in range(_STRETCHES):
        same = _common(typed[place:], shown[other:])
        place, other = place + same, other + same
        if place == len(typed) and other == len(shown):
            break
        stretch, read = typed[place : place + _COMPARED], shown[other : other + _COMPARED]
        ends = place + len(stretch) == len(typed) and other + len(read) == len(shown)
        last = typed[min(place, len(typed) - 1)].line if typed else 1
        # Words that stand there very often are no anchors, or the time would grow with the cube of their number.
        changes = SequenceMatcher(None, [word for word, _ in stretch], read, autojunk=True).get_opcodes()
        if not ends and changes[-1][0] != "equal" and len(changes) > 1:
            changes.pop()  # the words go on, so what differs here may be equal
        for tag, begin, stop, first, after in changes:
            if tag != "equal":
                defects += _changed(stretch, begin, stop, " ".join(read[first:after]), last)
        place, other = place + changes[-1][2], other + changes[-1][4]
        if len(defects) >= _MOST:
            break
    return defects


def _changed(typed: Sequence[SourceWord], begin: int, stop: int, read: str, last: int) -> Iterator[Defect]:
    """The typed words from `begin` to `stop`, in place of which readers would meet those of `read`."""
    if begin == stop:
        line = typed[begin].line if begin < len(typed) else last
        yield Defect(line=line, what=f"readers would find '{read}' here, which is not in the text; {_REMEDY}")
    for line, group in groupby(typed[begin:stop], key=lambda word: word.line):
        lost = " ".join(word for word, _ in group)
        instead = f" but '{read}'" if read else ""
        yield Defect(line=line, what=f"readers would not find '{lost}'{instead}; {_REMEDY}")
        read = ""


def _common(typed: Sequence[SourceWord], shown: Sequence[str]) -> int:
    """How many words at the beginning are the same in both."""
    pairs = enumerate(zip(typed, shown, strict=False))
    return next((place for place, (word, other) in pairs if word.word != other), min(len(typed), len(shown)))


_COMPARED, _STRETCHES = 1000, 40  # words at a time, and how often: more than the largest text has
_MOST = 200  # defects, after which no more words are compared
_REMEDY = "a mark hides, joins or changes words: write a backslash before it, or put a space beside it"
