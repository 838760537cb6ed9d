"""The lines in which two texts differ, side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePair:
    """A line of each of two texts, with its number from 1; number 0 and no text where one has no such line."""

    left_number: int
    left: str
    right_number: int
    right: str


def differing_lines(left: Sequence[str], right: Sequence[str]) -> Iterator[LinePair]:
    """The lines that are not the same in both, in order; lines that both have are left out."""
    for tag, first, last, other_first, other_last in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        numbered = enumerate(left[first:last], first + 1)
        other_numbered = enumerate(right[other_first:other_last], other_first + 1)
        for (number, line), (other_number, other_line) in zip_longest(numbered, other_numbered, fillvalue=(0, "")):
            yield LinePair(left_number=number, left=line, right_number=other_number, right=other_line)
