"""Finds the code page in which a file was saved: the one whose reading makes the most likely words."""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter

from mailer.domain.lookalikes import fold
from mailer.formats.register.spelling import BALTIC, CENTRAL, CYRILLIC, EUROPE, GREEK, TURKISH, WESTERN, likelihood


@dataclass(frozen=True, slots=True)
class CodePage:
    """A code page: its name for Python and for people, the languages it is made for, and how seldom it is met."""

    encoding: str
    label: str
    languages: tuple[str, ...]
    rarity: float = 0.0


_SELDOM, _RARE = 2.0, 4.0
# Of two that read a file alike, the first is named.
CODE_PAGES = (
    CodePage("cp1251", "CP1251 (Windows, Cyrillic)", CYRILLIC),
    CodePage("cp1252", "CP1252 (Windows, Western)", WESTERN),
    CodePage("cp1250", "CP1250 (Windows, Central European)", CENTRAL, 2.0),
    CodePage("koi8-r", "KOI8-R", CYRILLIC, 1.0),
    CodePage("mac-cyrillic", "Mac Cyrillic", CYRILLIC, 1.0),
    CodePage("cp866", "CP866 (DOS, Cyrillic)", CYRILLIC, 1.0),
    CodePage("mac-roman", "Mac Roman", WESTERN, 1.0),
    CodePage("iso-8859-1", "ISO-8859-1 (Latin 1)", WESTERN, _SELDOM),
    CodePage("iso-8859-2", "ISO-8859-2 (Latin 2)", CENTRAL, _RARE),
    CodePage("iso-8859-5", "ISO-8859-5", CYRILLIC, _SELDOM),
    CodePage("koi8-u", "KOI8-U", CYRILLIC, _SELDOM),
    CodePage("cp850", "CP850 (DOS, Western)", WESTERN, _SELDOM),
    CodePage("cp852", "CP852 (DOS, Central European)", CENTRAL, _SELDOM),
    CodePage("mac-latin2", "Mac Central European", CENTRAL, _RARE),
    CodePage("cp1254", "CP1254 (Windows, Turkish)", TURKISH, _SELDOM),
    CodePage("cp1257", "CP1257 (Windows, Baltic)", BALTIC, _RARE),
    CodePage("cp1253", "CP1253 (Windows, Greek)", GREEK, _RARE),
    CodePage("kz1048", "KZ-1048 (Kazakh)", CYRILLIC, _RARE),
)
# The logarithm of the probability of each letter, on average, below which a reading is no words.
_SENSELESS = -7.5
# How much more likely a reading must be than the next: e to this power.
_MARGIN = 3.0
_LONGEST = 100  # characters of a word that are looked at; what is longer is none
# For a word that the file has without its accents too, as in an address.
_CONFIRMED = 4.0

# A run of letters and of all that ASCII does not have; a code page that is not the right one puts anything there.
_WORD = re.compile(r"(?:[^\W_]|[^\x00-\x7f])+")
# … and what it is made of.
_RUN = re.compile(r"(?P<letters>[^\W\d_]+(?:’[^\W\d_]+)*)|.", re.DOTALL)
_OPENING, _CLOSING, _APART = frozenset("«“„‘"), frozenset("»”“’"), frozenset("№–—…")
_ALONE = frozenset("•·§©®™€£°±×")
# A sign where it fits; a letter that stands alone or beside a digit; a sign where it does not fit.
_SIGN, _UNUSUAL, _MISPLACED = math.log(2e-2), math.log(2e-2), math.log(1e-7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleText:
    """A file read in a code page: its words that are not plain ASCII, and how likely they are."""

    page: CodePage
    content: bytes
    words: tuple[str, ...]
    score: float

    @property
    def text(self) -> str:
        """The whole text in this code page."""
        return self.content.decode(self.page.encoding)

    @property
    def makes_sense(self) -> bool:
        """Whether the words could be words of a European language at all."""
        return self.score > _SENSELESS * sum(map(len, self.words))


def readings(content: bytes) -> list[PossibleText]:
    """What the bytes may say, the likeliest first; only readings that are within the margin of the first."""
    octets = tuple(dict.fromkeys(word for word in _OCTETS.findall(content) if not word.isascii()))
    plain = {word.decode("ascii") for word in _PLAIN_OCTETS.findall(content.lower())}
    by_words: dict[tuple[str, ...], PossibleText] = {}
    for page in CODE_PAGES:
        if words := _words(octets, page):
            score = sum(_likelihood(word, page.languages) for word in words) - page.rarity
            score += _CONFIRMED * len(plain & {fold(word.lower().translate(_STROKES)) for word in words})
            reading = PossibleText(page=page, content=content, words=words, score=score)
            by_words[words] = max(by_words.get(words, reading), reading, key=attrgetter("score"))
    ordered = sorted(by_words.values(), key=lambda reading: -reading.score)
    return [reading for reading in ordered if reading.score > ordered[0].score - _MARGIN]


# As _WORD, before it is known what the octets mean; and words that every code page reads alike.
_OCTETS = re.compile(rb"[0-9A-Za-z\x80-\xff]+")
_PLAIN_OCTETS = re.compile(rb"(?<![a-z\x80-\xff])[a-z]{3,}(?![a-z\x80-\xff])")
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "ı": "i"})


def _words(octets: Iterable[bytes], page: CodePage) -> tuple[str, ...]:
    """The words in this code page, long ones cut; none if it lacks an octet, or has a control character for it."""
    try:
        text = b"\n".join(octets).decode(page.encoding)
    except UnicodeDecodeError:
        return ()
    return () if any(map(_is_impossible, set(text) - {"\n"})) else tuple(word[:_LONGEST] for word in text.split("\n"))


def _is_impossible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}


def plausibility(text: str) -> float:
    """The logarithm of the probability of the words of a text that are not plain ASCII."""
    return sum(_likelihood(word, EUROPE) for word in _WORD.findall(text) if not word.isascii())


def _likelihood(word: str, languages: tuple[str, ...]) -> float:
    return sum(_parts(word, languages))


def _parts(word: str, languages: tuple[str, ...]) -> Iterator[float]:
    """The logarithms of the probabilities of the runs of letters in a word, and of its signs."""
    for match in _RUN.finditer(word):
        before, after = word[match.start() - 1 : match.start()], word[match.end() : match.end() + 1]
        if not match["letters"]:
            yield _probability_of_sign(match[0], before, after)
        else:
            yield likelihood(match[0].replace("’", ""), languages)
            yield _UNUSUAL * (before.isdigit() + after.isdigit() + (len(match[0]) == 1))


def _probability_of_sign(sign: str, before: str, after: str) -> float:
    fits = (
        sign.isascii()
        or sign == "\u00a0"
        or (sign in _OPENING and not before.isalpha())
        or (sign in _CLOSING and not after.isalpha())
        or (sign in _APART and not (before.isalpha() and after.isalpha()))
        or (sign in _ALONE and not before.isalpha() and not after.isalpha())
    )
    return (0.0 if sign.isascii() else _SIGN) if fits else _MISPLACED
