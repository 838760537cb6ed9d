"""Sets a text in the typography of its language: quotes, dashes and no-break spaces.

In every language an em dash has a no-break space before it and a space after it, and figures have an en dash without
spaces between them. Correct typography stays, so setting a text twice changes nothing. Quotes are set in Russian and
English only.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

NBSP = "\u00a0"

# Two characters that no text contains (CommonMark 2.3 replaces the first, the second is a control) serve as marks:
_SEAM = "\0"  # between two pieces of a paragraph, for example where bold begins; rules ignore it
_PLACEHOLDER = "\1"  # replaces an address while the text around it is set

_NOT_PROSE = re.compile(
    r"(?:https?://|mailto:|www\.)[^\s\0<>\"'«»“”„‘’]+"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|@@SLOT:\w+@@"
)

Replacement = str | Callable[[re.Match[str]], str]


def _with_no_break_spaces(match: re.Match[str]) -> str:
    return match[0].replace(" ", NBSP)


def _range(match: re.Match[str]) -> str:
    return f"{match[1]}–" if match[2] == "--" or len(match[1]) == len(match[3]) else match[0]


_EVERYWHERE: tuple[tuple[str, Replacement], ...] = (
    (r"(?<!\.)\.{3}(?!\.)", "…"),
    (r"(?<=[^\W\d_])(\0*)--(\0*)(?=[^\W\d_])", rf"\1{NBSP}— \2"),  # word--word
    (r"(?m)(?:^|(?<=[\"'«„“‘(]))(\0*)-{2,3}(?=\0* )", r"\1—"),  # a reply in a dialogue
    (r"(?<=\S)[ \u00a0]+(\0*)-{2,3}(?=\0*[\"'»“”’])", rf"{NBSP}\1—"),  # a speech that is broken off
    # A single hyphen before a figure is a minus, or begins a list.
    (r"(?<=\S)[ \u00a0]+(\0*)(?:-{2,3}|—|-(?!\0* \0*\d))(?=\0* )", rf"{NBSP}\1—"),
    (r"(?<=\S) +(\0*–\0* )", rf"{NBSP}\1"),
    (r"№ ?(?=\0*\d)", f"№{NBSP}"),
    (r"(?<![\d.,])\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)", _with_no_break_spaces),  # 50 000
    (r"(?<!\w)([A-ZА-ЯЁ]\.) (?=[A-ZА-ЯЁ](?:\.|[a-zа-яё]))", rf"\1{NBSP}"),  # initials, and the name after them
    (r"(?<=\d) (?=%)", NBSP),
)

# In the case used in dates: 5 марта 2031 г.
RUSSIAN_MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
_OF_LANGUAGE: dict[str, tuple[tuple[str, Replacement], ...]] = {
    "en": ((r"(?<=\w )'([nN])'(?= \w)", r"’\1’"),),  # rock 'n' roll
    "ru": (
        (r"(?<![\w-])([авикосуяАВИКОСУЯ]\0*) (?=\S)", rf"\1{NBSP}"),  # a one-letter word stays with the next
        (rf"(?<=\d) (?=(?:гг?|вв?|тыс|руб|коп)\.|(?:млн|млрд|{'|'.join(RUSSIAN_MONTHS.split())})\b)", NBSP),
        (r"(?<!\w)(т\.) (?=[декп]\.)", rf"\1{NBSP}"),  # и т. д.
    ),
}

# At the start of a line before a capital letter or a figure, and anywhere before a year; not 5(c) or part (c).
_COPYRIGHT = re.compile(
    r"^([\0 ]*)\([cCсС]\)(?=\s*\0*[\dA-ZА-ЯЁ])|(?<![^\W_])()\([cCсС]\)(?=\s*\0*(?:19|20)\d\d\b)", re.MULTILINE
)
# Years, pages, days: figures of the same length, or with a double hyphen directly between them.
_RANGE = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)*)( --? |--)(?=(\d+(?:\.\d+)*)(?!\w))")
_LETTERED = re.compile(r"\([bBбБ]\)")  # after a (b), a (c) is the third item of a list


def typeset(text: str, language: str) -> str:
    """The text in the typography of the language; addresses in it do not change.

    Setting a text twice changes nothing more. The control characters U+0000 and U+0001 are dropped.
    """
    return typeset_pieces((text,), language)[0]


def typeset_pieces(pieces: Sequence[str], language: str) -> tuple[str, ...]:
    """The same for a paragraph in pieces, divided by bold words or links; quotes pair across pieces."""
    if not pieces:
        return ()
    whole = _SEAM.join(piece.replace(_SEAM, "").replace(_PLACEHOLDER, "") for piece in pieces)
    addresses = iter(_NOT_PROSE.findall(whole))
    whole = _NOT_PROSE.sub(_PLACEHOLDER, whole)
    if not _LETTERED.search(whole):
        whole = _COPYRIGHT.sub(lambda match: f"{match[1] or ''}©", whole)
    if "=" not in whole:  # 5 - 3 = 2 is a sum
        whole = _RANGE.sub(_range, whole)
    for pattern, replacement in (*_EVERYWHERE, *_OF_LANGUAGE.get(language, ())):
        whole = re.sub(pattern, replacement, whole)
    if language in _QUOTES:
        whole = _set_quotes(whole, _QUOTES[language])
    return tuple(re.sub(_PLACEHOLDER, lambda _: next(addresses), whole).split(_SEAM))


# --- quotes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quotes:
    """The quotes of a language by depth, and for straight single quotes; an empty `single` means by depth too."""

    levels: tuple[str, str]
    single: str = ""

    def within(self, around: Sequence[str]) -> str:
        """The quotes that differ from those right around; `around` are the opening quotes of all that are open."""
        openings = [level[0] for level in self.levels]
        if around and around[-1] in openings:
            return self.levels[1 - openings.index(around[-1])]
        return self.levels[len(around) % 2]


_QUOTES = {"ru": _Quotes(levels=("«»", "„“")), "en": _Quotes(levels=("“”", "‘’"), single="‘’")}
_APOSTROPHE = "’"
_MARKS = "\"'«»„“”‘’"
_SINGLES = "'‘’"
_FEET = re.compile(r"(?<!\d)'|'(?=[^\W\d])")  # every straight single quote but these
_BEFORE_WORDS = "([{"
_AFTER_WORDS = ".,;:!?)]}"
_DASHES = ("—", "–", "…")
_BEFORE_OR_AFTER = "…—–-/"


def _set_quotes(text: str, quotes: _Quotes) -> str:
    """Replace pairs of straight quotes by the language's own quotes for their depth.

    A single quote without a partner is an apostrophe, except after a figure (6'2"); a double one without a partner
    stays.
    """
    partners = dict(_pairs(text))
    ends = set(partners.values())
    characters = list(_FEET.sub(_APOSTROPHE, text))
    around: list[str] = []  # the opening quotes of those that are open, as they are set
    for place, character in enumerate(text):
        if place in partners:
            partner = partners[place]
            if character == text[partner] and character in "\"'":
                style = (quotes.single if character == "'" else "") or quotes.within(around)
                characters[place], characters[partner] = style[0], style[1]
            around.append(characters[place])
        elif place in ends:
            around.pop()
    return "".join(characters)


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
