"""Sets a text in the typography of its language: quotes, dashes, ranges and no-break spaces.

In every language an em dash has a no-break space before it and a space after it, and figures have an en dash without
spaces between them. Correct typography stays, so setting a text twice changes nothing. Quotes are set in Russian and
English only.
"""

import re
from collections.abc import Sequence

from mailer.formats.typography.quotes import set_quotes
from mailer.formats.typography.ranges import set_ranges
from mailer.formats.typography.spaces import EVERYWHERE, NBSP, OF_LANGUAGE, RUSSIAN_MONTHS, Replacement

__all__ = ["NBSP", "RUSSIAN_MONTHS", "typeset", "typeset_pieces"]

# Two characters that no text contains (CommonMark 2.3 replaces the first, the second is a control) serve as marks:
_SEAM = "\0"  # between two pieces of a paragraph, for example where bold begins; rules ignore it
_PLACEHOLDER = "\1"  # replaces an address while the text around it is set

_NOT_PROSE = re.compile(
    r"(?:https?://|mailto:|www\.)[^\s\0<>\"'«»“”„‘’]+"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|@@SLOT:\w+@@"
)

# A minus stands after these words, or in a sum, or before degrees.
_MINUS_AFTER = r"(?:and|or|to|from|of|at|by|than|minus|plus|и|или|до|от|на|минус|плюс)"
_MINUS_BEFORE = r"\d[\d \u00a0.,]*(?:=|°|degree|градус)"

_DASHES: tuple[tuple[str, Replacement], ...] = (
    (r"(?<!\.)\.{3}(?!\.)", "…"),
    (r"(?<=[^\W\d_])(\0*)--(\0*)(?=[^\W\d_])", rf"\1{NBSP}— \2"),  # word--word
    (r"(?<=[^\W\d_][\"»”])(\0*)--(\0*)(?=[^\W\d_])", rf"\1{NBSP}— \2"),
    (r"(?m)(?:^|(?<=[\"'«„“‘(]))(\0*)-{2,3}(?=\0* )", r"\1—"),  # a reply in a dialogue
    # The same within quotes, where a hyphen begins no list.
    (r"(?m)((?:^|[\s(])\0*[\"«„“]\0*)-(?=\0* \0*[^\W\d_])", r"\1—"),
    # A space is forgotten at times: -"Why?"   "Why?"- he asked
    (r"(?<=[^\W\d_:,]) (\0*)-(?=\0*[\"«“]\0*[^\W\d_])", rf"{NBSP}\1— "),
    (r"(?<=[\"»”?!…])(\0*)-(\0*)(?= )", rf"\1{NBSP}—\2"),
    (r"(?<=[,?!…][\"»”])(\0*)-(\0*)(?=[^\W\d_])", rf"\1{NBSP}— \2"),
    # A speech that is broken off.
    (r"(?<=\S)[ \u00a0]+(\0*)-{2,3}(?=\0*[\"'»“”’])", rf"{NBSP}\1—"),
    (r"(?<=\S)[ \u00a0]+(\0*)-(?=\0*[\"»”]\0*(?:[\s.,;:!?)]|$))", rf"{NBSP}\1—"),
    # Behind a word: the rest - 12 of them, в ноябре - 2350.
    (
        rf"(?i)(?<!\w)(?!{_MINUS_AFTER}[ \u00a0])([^\W\d_]{{2,}}[»”\"),]*\0*)[ \u00a0]+(\0*)-(?=\0* \0*(?!{_MINUS_BEFORE})\d)",
        rf"\1{NBSP}\2—",
    ),
    # Any other single hyphen before a figure is a minus, or begins a list.
    (r"(?<=\S)[ \u00a0]+(\0*)(?:-{2,3}|—|-(?!\0* \0*\d))(?=\0* )", rf"{NBSP}\1—"),
    (r"(?<=\S) +(\0*–)(?=\0* )", rf"{NBSP}\1"),
)

# At the start of a line before a capital letter or a figure, and anywhere before a year; not 5(c) or part (c).
_COPYRIGHT = re.compile(
    r"^([\0 ]*)\([cCсС]\)(?=\s*\0*[\dA-ZА-ЯЁ])|(?<![^\W_])()\([cCсС]\)(?=\s*\0*(?:19|20)\d\d\b)", re.MULTILINE
)
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
    whole = set_ranges(whole)
    for pattern, replacement in (*OF_LANGUAGE.get(language, ()), *_DASHES, *EVERYWHERE):
        whole = re.sub(pattern, replacement, whole)
    whole = set_quotes(whole, language)
    return tuple(re.sub(_PLACEHOLDER, lambda _: next(addresses), whole).split(_SEAM))
