"""Sets the quotes of a language by their depth: «…„…“…» and “…‘…’…”, apostrophes, and what is no quote: feet and inches."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SEAM = "\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quotes:
    """The quotes of a language by depth, and for straight single quotes; an empty `single` means by depth too.

    `replaced` are typographic ones that are set by depth as well: a foreign pair, or an own one at another depth.
    """

    levels: tuple[str, str]
    replaced: frozenset[str]
    single: str = ""

    def within(self, around: Sequence[str]) -> str:
        """The quotes that differ from those right around; `around` are the opening quotes of all that are open."""
        openings = [level[0] for level in self.levels]
        if around and around[-1] in openings:
            return self.levels[1 - openings.index(around[-1])]
        return self.levels[len(around) % 2]


_QUOTES = {
    "ru": _Quotes(levels=("«»", "„“"), replaced=frozenset({"«»", "„“", "„”", "“”"})),
    # In English, “ after „ might close or open: such a pair stays.
    "en": _Quotes(levels=("“”", "‘’"), replaced=frozenset({"«»", "“”"}), single="‘’"),
}
_APOSTROPHE = "’"
_PASSES = 5  # a quote that is set shows the depth of others, in texts whose quotes do not balance
_MARKS = "\"'«»„“”‘’"
_SINGLES = "'‘’"
_STRAIGHT = frozenset({'""', "''"})
_FEET = re.compile(r"(?<!\d)'|'(?=[^\W\d])")  # every straight single quote but these
# What many programs take for an opening quote: ’90s, rock ’n’ roll.
_ELIDED = re.compile(r"['‘](?=\d0s)|(?<=\w )['‘](?=[nN]['’] \w)|(?<=\w [’'‘][nN])['’](?= \w)")
_INNER_SPACES = re.compile(r"(?<=[—–…])[ \u00a0]+(?=\0*[»”])|(?<=«)[ \u00a0]+|[ \u00a0]+(?=»)")
_BEFORE_WORDS = "([{"
_AFTER_WORDS = ".,;:!?)]}"
_DASHES = ("—", "–", "…")
_BEFORE_OR_AFTER = "…—–-/"


def set_quotes(text: str, language: str) -> str:
    """Replace pairs of quotes by the language's own quotes for their depth.

    A straight single quote without a partner is an apostrophe, except after a figure (6'2"); a double one without a
    partner stays. English single quotes stay single, whatever is around them.
    """
    quotes = _QUOTES.get(language)
    if quotes is None:
        return text
    for _ in range(_PASSES):
        earlier, text = text, _set_pairs(text, quotes)
        if text == earlier:
            break
    return text


def _set_pairs(text: str, quotes: _Quotes) -> str:
    characters = list(_FEET.sub(_APOSTROPHE, _ELIDED.sub(_APOSTROPHE, text)))
    text = _ELIDED.sub("n", text)  # as any letter, these have no partner
    partners = dict(_pairs(text))
    ends = set(partners.values())
    around: list[str] = []  # the opening quotes of those that are open, as they are set
    for place, character in enumerate(text):
        if place in partners:
            partner = partners[place]
            if character + text[partner] in _STRAIGHT | quotes.replaced:
                style = (quotes.single if character in _SINGLES else "") or quotes.within(around)
                characters[place], characters[partner] = style[0], style[1]
            around.append(characters[place])
        elif place in ends:
            around.pop()
    return _INNER_SPACES.sub("", "".join(characters))


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """The places where quotes open and close, straight or typographic; pairs never cross.

    A closing double quote pairs with the nearest open one; a single quote between them was an apostrophe. A closing
    single quote pairs only if the last open quote is single, since most single quotes are apostrophes.
    """
    opened: list[int] = []
    doubles: list[int] = []  # which of `opened` are double
    marks = list(_marks(text))
    closing = _closing_after(text, marks)
    for (place, before, after), closing_after in zip(marks, closing, strict=True):
        double = text[place] not in _SINGLES
        lower = bool(doubles) and text[opened[doubles[-1]]] == "„"
        may_open, may_close = _may_open_and_close(text[place], before, after, lower=lower)
        if text[place] == '"' and before.isdecimal() and 0 < len(doubles) <= closing_after:
            continue  # inches: enough quotes follow to close what is open
        if may_close and not double:
            if opened and text[opened[-1]] in _SINGLES:
                yield opened.pop(), place
        elif may_close and doubles:
            at = doubles.pop()
            yield opened[at], place
            del opened[at:]
        elif may_open:
            if double:
                doubles.append(len(opened))
            opened.append(place)


def _marks(text: str) -> Iterator[tuple[int, str, str]]:
    """Each quote's place, and the characters before and after it, ignoring seams and other quotes."""
    before = ""
    after: dict[int, str] = {}
    following = ""
    for place in range(len(text) - 1, -1, -1):
        if text[place] in _MARKS:
            after[place] = following
        elif text[place] != _SEAM:
            following = text[place]
    word = ""  # the last character but spaces
    for place, character in enumerate(text):
        if place in after:
            broken_off = before.isspace() and word in _DASHES and not after[place].strip()
            yield place, word if broken_off else before, after[place]
        elif character != _SEAM:
            before = character
            word = before if not before.isspace() else word


def _closing_after(text: str, marks: Sequence[tuple[int, str, str]]) -> list[int]:
    """For each mark, how many double quotes follow it that can only close, before one that may open."""
    numbers: list[int] = []
    closing = 0
    for place, before, after in reversed(marks):
        numbers.append(closing)
        if text[place] not in _SINGLES:
            may_open, may_close = _may_open_and_close(text[place], before, after, lower=False)
            closing = closing + 1 if may_close and not may_open else 0
    return numbers[::-1]


def _may_open_and_close(mark: str, before: str, after: str, *, lower: bool) -> tuple[bool, bool]:
    """Whether a quote may open, and whether it may close. `lower`: the last open quote is „, which “ closes."""
    if mark not in "\"'":
        closes = mark in "»”’" or (mark == "“" and lower)
        return not closes, closes
    free_before = not before or before.isspace() or before in _BEFORE_WORDS
    free_after = not after or after.isspace() or after in _AFTER_WORDS
    if not free_before and not free_after:
        # Beside a dash or an ellipsis the other side decides; inside a word, or between two of these, both may be.
        open_before, open_after = before in _BEFORE_OR_AFTER, after in _BEFORE_OR_AFTER
        if open_before == open_after:
            return mark == '"', mark == '"'
        return open_before, open_after
    return free_before and not free_after, free_after and not free_before
