"""Sets a text in the typography of its language: quotes, dashes, and spaces at which no line may break.

One rule for dashes in every language: an em dash has a no-break space before it and a space after it; between
figures stands an en dash without spaces. What an editor has set already stays, so setting twice changes nothing.
Quotes are known for Russian and English; a text in another language keeps its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

NBSP = "\u00a0"

# Two characters that no text holds (CommonMark 2.3 replaces the first, the second is a control) serve as signs:
_SEAM = "\0"  # between two pieces of a paragraph, where bold begins, say; rules look through it
_KEPT = "\1"  # stands for an address while the text around it is set

_NOT_PROSE = re.compile(
    r"(?:https?://|mailto:|www\.)[^\s\0<>\"'«»“”„‘’]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|@@SLOT:\w+@@"
)

Replacement = str | Callable[[re.Match[str]], str]


def _unbroken(match: re.Match[str]) -> str:
    return match[0].replace(" ", NBSP)


_EVERYWHERE: tuple[tuple[str, Replacement], ...] = (
    (r"(?<!\.)\.{3}(?!\.)", "…"),
    (r"(?<=\d)(?: --? |--)(?=\d)", "–"),  # 2018 - 2019
    (r"(?<=[^\W\d_])(\0*)--(\0*)(?=[^\W\d_])", rf"\1{NBSP}— \2"),  # word--word
    (r"(?<=\S)[ \u00a0]+(\0*)(?:-{1,3}|—)(?=\0* )", rf"{NBSP}\1—"),
    (r"(?<=\S) +(\0*–\0* )", rf"{NBSP}\1"),
    (r"№ ?(?=\0*\d)", f"№{NBSP}"),
    (r"(?<![\d.,])\d{1,3}(?:[ \u00a0]\d{3})+(?!\d)", _unbroken),  # 50 000
    (r"(?<!\w)([A-ZА-ЯЁ]\.) (?=[A-ZА-ЯЁ](?:\.|[a-zа-яё]))", rf"\1{NBSP}"),  # initials, and the name after them
    (r"(?<=\d) (?=%)", NBSP),
)

_MONTHS = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
_OF_LANGUAGE: dict[str, tuple[tuple[str, Replacement], ...]] = {
    "ru": (
        (r"(?<![\w-])([авикосуяАВИКОСУЯ]\0*) (?=\S)", rf"\1{NBSP}"),  # a one-letter word belongs to the next
        (rf"(?<=\d) (?=(?:гг?|вв?|тыс|руб|коп)\.|(?:млн|млрд|{_MONTHS})\b)", NBSP),
        (r"(?<!\w)(т\.) (?=[декп]\.)", rf"\1{NBSP}"),  # и т. д.
    ),
}

_COPYRIGHT = re.compile(r"\([cCсС]\)(?=\s*\0*[\dA-ZА-ЯЁ])")
_LETTERED = re.compile(r"\([bBбБ]\)")  # where there is a (b), (c) is the third of a list


def typeset(text: str, language: str) -> str:
    """The text as it should be printed in the language; addresses in it stay as they are.

    Setting what is set already changes nothing. The control characters U+0000 and U+0001 are dropped.
    """
    return typeset_pieces((text,), language)[0]


def typeset_pieces(pieces: Sequence[str], language: str) -> tuple[str, ...]:
    """The same for a paragraph cut into pieces by bold words or links: as many pieces, quotes balanced over all."""
    if not pieces:
        return ()
    whole = _SEAM.join(piece.replace(_SEAM, "").replace(_KEPT, "") for piece in pieces)
    kept = iter(_NOT_PROSE.findall(whole))
    whole = _NOT_PROSE.sub(_KEPT, whole)
    if not _LETTERED.search(whole):
        whole = _COPYRIGHT.sub("©", whole)
    for pattern, replacement in (*_EVERYWHERE, *_OF_LANGUAGE.get(language, ())):
        whole = re.sub(pattern, replacement, whole)
    if language in _QUOTES:
        whole = _set_quotes(whole, _QUOTES[language])
    return tuple(re.sub(_KEPT, lambda _: next(kept), whole).split(_SEAM))


# --- quotes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quotes:
    """The quotes of a language by depth, and those for words in straight single quotes (empty: by depth as well)."""

    levels: tuple[str, str]
    single: str = ""


_QUOTES = {"ru": _Quotes(levels=("«»", "„“")), "en": _Quotes(levels=("“”", "‘’"), single="‘’")}
_APOSTROPHE = "’"
_SINGLES = "'‘’"
_MARKS = re.compile("[\"'«»„“”‘’]")
_BEFORE_WORDS = frozenset("([{—–-/…" + _KEPT[1:])
_AFTER_WORDS = frozenset(".,;:!?…)]}—–-/")


def _set_quotes(text: str, quotes: _Quotes) -> str:
    """Straight quotes that pair become the language's own by depth.

    A single one without a partner is an apostrophe; a double one without a partner stays.
    """
    pairs = _pairs(text)
    characters = list(text)
    for mark in _MARKS.finditer(text):
        if mark[0] == "'":
            characters[mark.start()] = _APOSTROPHE
    for opens, closes in pairs:
        if text[opens] == text[closes] and text[opens] in "\"'":
            depth = sum(outer < opens and closes < end for outer, end in pairs)
            style = (quotes.single if text[opens] == "'" else "") or quotes.levels[depth % 2]
            characters[opens], characters[closes] = style[0], style[1]
    return "".join(characters)


def _pairs(text: str) -> list[tuple[int, int]]:
    """Where quotes open and close, straight and set ones alike.

    A closing double quote takes the nearest open one; a single quote in between was an apostrophe. A closing single
    quote pairs only with an open single one just before it, since most of them are apostrophes.
    """
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for mark in _MARKS.finditer(text):
        here = mark.start()
        doubles = [at for at in opened if text[at] not in _SINGLES]
        may_open, may_close = _ways(text, here, lower=bool(doubles) and text[doubles[-1]] == "„")
        if may_close and mark[0] in _SINGLES:
            if opened and text[opened[-1]] in _SINGLES:
                pairs.append((opened.pop(), here))
        elif may_close and doubles:
            del opened[opened.index(doubles[-1]) :]
            pairs.append((doubles[-1], here))
        elif may_open:
            opened.append(here)
    return pairs


def _ways(text: str, here: int, *, lower: bool) -> tuple[bool, bool]:
    """Whether the quote at `here` may open, and may close. `lower`: the last one opened is „, which “ closes."""
    mark = text[here]
    if mark not in "\"'":
        closes = mark in "»”’" or (mark == "“" and lower)
        return not closes, closes
    before = text[:here].rstrip(_LOOK_THROUGH)[-1:]
    after = text[here + 1 :].lstrip(_LOOK_THROUGH)[:1]
    free_before = not before or before.isspace() or before in _BEFORE_WORDS
    free_after = not after or after.isspace() or after in _AFTER_WORDS
    if free_before == free_after:  # inside a word, or alone between spaces
        inside = not free_before and mark == '"'
        return inside, inside
    return free_before, free_after


_LOOK_THROUGH = _SEAM + "\"'«»„“”‘’"
