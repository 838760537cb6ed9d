"""Finds words that mix letters of two alphabets which look alike: Мaria, whose first letter is Cyrillic."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import filterfalse, pairwise

from mailer.domain.membership import Membership, Seat
from mailer.domain.register_columns import Cell, cells_of

LATIN, CYRILLIC, GREEK = "Latin", "Cyrillic", "Greek"
_ALPHABETS = (LATIN, CYRILLIC, GREEK)
# Letter by letter: those that look alike in Latin and Cyrillic, and in Latin and Greek.
_CYRILLIC_ALIKE = dict(zip("АВЕКМНОРСТУХІЈЅаекморстухіјѕԁһԛԝ", "ABEKMHOPCTYXIJSaekmopctyxijsdhqw", strict=True))
_GREEK_ALIKE = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ", "ABEZHIKMNOPTYXaikvopux", strict=True))
_TO_LATIN = _CYRILLIC_ALIKE | _GREEK_ALIKE
_TO = {
    LATIN: _TO_LATIN,
    CYRILLIC: {latin: letter for letter, latin in _CYRILLIC_ALIKE.items() if letter not in "ЅѕԁһԛԝЈј"},
    GREEK: {latin: letter for letter, latin in _GREEK_ALIKE.items()},
}
# Small letters that look alike only as capitals: an address is read in any case.
_CAPITALS_ALIKE = {"в": "b", "н": "h", "β": "b", "η": "h", "μ": "m", "τ": "t"}
_AS_LATIN = str.maketrans(_TO_LATIN)
_AS_SMALL_LATIN = str.maketrans(_TO_LATIN | _CAPITALS_ALIKE)
# Where letters of two alphabets meet.
_MIXED = re.compile(r"[A-Za-zÀ-ɏ][Ͱ-ԯ]|[Ͱ-ԯ][A-Za-zÀ-ɏ]")
_WORD = re.compile(r"[^\W\d_]+")
_INFLECTED = re.compile(r"(?P<stem>[A-Za-zÀ-ɏ]+)[а-яёіїєґ]{1,6}")
_STRESSED = frozenset("áéóýàèòÁÉÓÝÀÈÒ")  # Russian keyboards have no letters with a stress
_CYRILLIC_LANGUAGES = frozenset({"be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "uk"})
# Its words are compared with those of the newsletters, in any alphabet.
_COMPARED_ELSEWHERE = frozenset({"circulation", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedWord:
    """A word with letters of several alphabets; `right` is what it should be, where that is clear."""

    word: str
    right: str | None

    def __str__(self) -> str:
        mixed = f"{self.word} mixes {' and '.join(alphabets(self.word))} letters"
        if self.right is None:
            return f"{mixed}; type the word again"
        pairs = zip(self.word, self.right, strict=True)
        wrong = dict.fromkeys(said_of(letter) for letter, right in pairs if letter != right)
        return f"{mixed} ({', '.join(wrong)}); type {self.right} again in {alphabets(self.right)[0]} letters"


def alphabet_of(letter: str) -> str | None:
    """Latin, Cyrillic or Greek; None for other letters and signs."""
    alphabet = unicodedata.name(letter, "").partition(" ")[0].capitalize()
    return alphabet if alphabet in _ALPHABETS else None


def said_of(letter: str) -> str:
    """Of which alphabet the letter is, in words."""
    match alphabet_of(letter):
        case "Latin":
            return f"{letter} is Latin"
        case "Cyrillic":
            return f"{letter} is Cyrillic"
        case "Greek":
            return f"{letter} is Greek"
        case _:
            return f"{letter} is of another alphabet"


def alphabets(text: str) -> tuple[str, ...]:
    """The alphabets of its letters, in the order of appearance."""
    return tuple(dict.fromkeys(filter(None, map(alphabet_of, text))))


def mixed_words(text: str) -> Iterator[MixedWord]:
    """The words of the text that mix alphabets."""
    if not _MIXED.search(text):
        return
    words = _WORD.findall(text)
    around = Counter(alphabets(word)[0] for word in words if len(alphabets(word)) == 1)
    for word in words:
        if len(alphabets(word)) > 1:
            yield MixedWord(word=word, right=_right(word, around))


def slips(text: str, language: str) -> Iterator[MixedWord]:
    """The words that mix Latin and Cyrillic letters by mistake: Pоссия with a Latin P, or премuя with a Latin u.

    One alphabet could write them, or they go from one to the other and back. No slips are a Cyrillic ending of a Latin
    word (VIPы, SMSка, BMWшник) and a letter that only shows the stress (бóльшая).
    """
    for mixed in mixed_words(text):
        word, letters = mixed.word, [alphabet_of(letter) for letter in mixed.word]
        turns = sum(before != after for before, after in pairwise(letters))
        could_be_one = any(_in_alphabet(word, alphabet) is not None for alphabet in (LATIN, CYRILLIC))
        if all(letter in _STRESSED for letter in word if alphabet_of(letter) == LATIN):
            continue
        inflected = language in _CYRILLIC_LANGUAGES and _is_inflected(word)
        if set(letters) == {LATIN, CYRILLIC} and (turns > 1 or could_be_one) and not inflected:
            yield mixed


def _is_inflected(word: str) -> bool:
    """Whether a Latin word, which Cyrillic letters could not write or which is an abbreviation, has a Cyrillic ending."""
    match = _INFLECTED.fullmatch(word)
    if match is None:
        return False
    stem = match["stem"]
    return _in_alphabet(stem, CYRILLIC) is None or (len(stem) > 1 and stem.isupper())


def _right(word: str, around: Counter[str]) -> str | None:
    """The word in one alphabet, if only one can write it, or the words around it are written in one."""
    possible = {
        alphabet: rewritten for alphabet in alphabets(word) if (rewritten := _in_alphabet(word, alphabet)) is not None
    }
    if len(possible) < 2:
        return next(iter(possible.values()), None)
    return next((possible[alphabet] for alphabet, _ in around.most_common() if alphabet in possible), None)


def _in_alphabet(word: str, alphabet: str) -> str | None:
    letters = [letter if alphabet_of(letter) == alphabet else _TO[alphabet].get(letter) for letter in word]
    return "".join(filter(None, letters)) if None not in letters else None


def as_latin(text: str) -> str:
    """The text in small letters, with each letter that looks like a Latin one read as that, and without accents."""
    if text.isascii():  # as ids are, of which there are many
        return text.casefold()
    return fold(text.translate(_AS_LATIN).casefold().translate(_AS_SMALL_LATIN)).replace("ı", "i")


def fold(text: str) -> str:
    """The text without case and accents: ё reads as е, É as e."""
    if text.isascii():
        return text.casefold()
    return "".join(filterfalse(unicodedata.combining, unicodedata.normalize("NFKD", text.casefold())))


def mixed_cells(before: Membership | Seat | None, after: Membership | Seat) -> Iterator[str]:
    """A note for each word that mixes alphabets in the cells that are new or changed."""
    old: Mapping[str, Cell] | None = None
    for column, cell in cells_of(after).items():
        if isinstance(cell, str) and _MIXED.search(cell) and column not in _COMPARED_ELSEWHERE:
            old = (cells_of(before) if before else {}) if old is None else old
            if cell != old.get(column):
                yield from (f"{column}: {word}" for word in mixed_words(cell))
