"""Fills the slots of one copy: writes each value once in each spelling, and tells ordinary values from all others."""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from operator import gt, itemgetter
from typing import Any, NamedTuple

from mailer.domain.edition import Slot
from mailer.domain.errors import CannotRender
from mailer.formats.characters import find_invisible
from mailer.formats.edition.line_wrap import NARROW_LETTERS
from mailer.formats.message.slotted_text import Filling, SlottedText, Spelling, Values

# What ordinary values are made of, one to a line: words, a space between two. No character is invisible or wider than a
# column, and none is escaped in HTML. No word begins as only the start of a line may not, in format=flowed (RFC 3676
# §4.3, §4.4), in quoted-printable, in SMTP; so a value may stand at the start of a line.
_LETTERS = rf"[!#-%(-;=?-~{NARROW_LETTERS}]+"
_FIRST_WORD = rf"(?![.\u00a0-]|From){_LETTERS}"
_ORDINARY = re.compile(rf"{_FIRST_WORD}(?: (?!-){_LETTERS}|\n{_FIRST_WORD})*")


class Filled(NamedTuple):
    """The values of one copy, and if all of them are ordinary the words that fill the places, also as lines of one text."""

    values: Values
    words: Sequence[str] = ()
    lines: str = ""


NOTHING = Filled({})


class Filler:
    """Fills the slots of these parts. `order` is that of the words."""

    def __init__(self, *parts: SlottedText) -> None:
        fillings = {filling for part in parts for place in part.places for filling in place.fillings}
        self._slots = sorted({filling.slot for filling in fillings})
        self._respelled = sorted(filling for filling in fillings if filling.spelling is not Spelling.AS_IS)
        self.order = (*(Filling(slot, Spelling.AS_IS) for slot in self._slots), *self._respelled)
        self._as_they_are = picker(self._slots)
        self._breaks = len(self.order) - 1

    def fill(self, values: Values) -> Filled:
        """The copy's values, filled in. Raises CannotRender naming the slot whose value is missing or unfit."""
        try:
            words = (*self._as_they_are(values), *[filling.of(values) for filling in self._respelled])
        except KeyError:
            words = ()
        lines = "\n".join(words)
        if _ORDINARY.fullmatch(lines) and lines.count("\n") == self._breaks:
            return Filled(values, words, lines)
        _check(self._slots, values)
        return Filled(values)


class Room:
    """How long the words of a copy may be, by what the places that they fill hold: counted in letters or octets."""

    def __init__(self, places: Iterable[tuple[Sequence[int], int]], words: int) -> None:
        self._alone = [sys.maxsize] * words
        shared = list[tuple[Sequence[int], int]]()
        for numbers, room in places:
            for number in numbers:
                self._alone[number] = min(self._alone[number], room)
            if len(numbers) > 1:
                shared.append((numbers, room))
        self._shared = [picker(numbers) for numbers, _ in shared]
        self._together = [room for _, room in shared]

    def suffices(self, words: Sequence[str] | Sequence[bytes]) -> bool:
        """Whether all places hold these words."""
        lengths = tuple(map(len, words))
        if any(map(gt, lengths, self._alone)):
            return False
        return not any(map(gt, [sum(pick(lengths)) for pick in self._shared], self._together))


def picker(items: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Takes these items out of a sequence or a mapping, as a tuple however few they are."""
    if len(items) > 1:
        return itemgetter(*items)
    return lambda container: tuple([container[item] for item in items])


def _check(slots: Iterable[Slot], values: Values) -> None:
    """Raise CannotRender, naming the slot, for a value that is missing, blank, or contains an invisible character."""
    for slot in slots:
        value = values.get(slot, "")
        if not value.strip():
            raise CannotRender(f"there is no value for '{slot}'")
        character = find_invisible(value)
        if character:
            raise CannotRender(f"the value for '{slot}' contains an invisible character, {character}")
