"""Numbers the links of a text part with numbers that stand in brackets nowhere else in it."""

import re
from collections.abc import Iterable, Iterator
from itertools import count

from mailer.domain import issue_tree as tree

_IN_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_NUMBERS = re.compile(r"(?<!\d)(\d{1,9})(?:\s*[-–—−]\s*(\d{1,9}))?(?!\d)")  # a number, or a range of them
_LONGEST_RANGE = 1000  # numbers; a longer range, such as of years and amounts, stands for its two ends


class LinkNumbers:
    """A number for each address, the same whenever it comes again.

    A number that the author wrote in brackets, and that of a footnote, is never that of a link: `[2]` in the text is
    the second link or the author's own, never both.
    """

    def __init__(self, blocks: Iterable[tree.Block]) -> None:
        """`blocks` are the whole text in which the numbers will stand."""
        own = _bracketed(blocks)
        self._free = (number for number in count(1) if number not in own)
        self._numbers: dict[str, int] = {}

    def number(self, href: str) -> int:
        """The number of this address."""
        if href not in self._numbers:
            self._numbers[href] = next(self._free)
        return self._numbers[href]

    def addresses(self) -> Iterator[tuple[int, str]]:
        """The numbers and their addresses, in the order of the numbers."""
        return ((number, href) for href, number in self._numbers.items())


def _bracketed(blocks: Iterable[tree.Block]) -> frozenset[int]:
    """Every number that stands in brackets in these blocks, whatever stands beside it."""
    blocks = tuple(blocks)
    # The text part sets the description of a picture in brackets.
    pictures = [f"[{block.alt}]" for block in tree.every_block(blocks) if isinstance(block, tree.Picture)]
    text = "\n".join([tree.visible_text(blocks), *pictures])
    return frozenset(number for within in _IN_BRACKETS.findall(text) for number in _numbers_in(within))


def _numbers_in(text: str) -> Iterator[int]:
    for first, last in _NUMBERS.findall(text):
        start, end = int(first), int(last or first)
        yield from range(start, end + 1) if 0 <= end - start <= _LONGEST_RANGE else (start, end)
