"""Takes apart what a check of an issue says: the file, the line, what is wrong, and what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PLACE = re.compile(
    r"(?:(?P<file>[^\s:][^:\n]*\.[A-Za-z]{2,5}): )?(?:(?:line|строка) (?P<line>\d+): )?(?P<text>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """One thing that a check found. `file` and `remedy` may be empty; `line` is 0 where it is about no line."""

    file: str
    line: int
    what: str
    remedy: str


def review_lines(sentences: Iterable[str]) -> list[ReviewLine]:
    """The sentences of a check, such as `en.md: line 12: the link has no address; write one`, in their order."""
    return [_review_line(sentence) for sentence in sentences]


def _review_line(sentence: str) -> ReviewLine:
    place = _PLACE.fullmatch(sentence)
    assert place is not None, "every text fits the last group"
    what, _, remedy = place["text"].partition("; ")
    return ReviewLine(file=place["file"] or "", line=int(place["line"] or 0), what=what, remedy=remedy)
