"""Judges how likely a word is in a language of Europe, by the letters that follow each other in that language's own words.

The words are the names of countries, languages, currencies and cities in the Unicode CLDR, which Babel brings along.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

CYRILLIC = ("ru", "uk", "be", "bg", "sr", "mk", "kk")
WESTERN = ("en", "fr", "de", "es", "pt", "it", "nl", "sv", "da", "nb", "fi")
CENTRAL = ("en", "de", "pl", "cs", "sk", "hu", "ro", "hr", "sl")
BALTIC = ("en", "de", "et", "lv", "lt")
TURKISH = ("en", "de", "tr")
GREEK = ("en", "el")
EUROPE = tuple(dict.fromkeys((*CYRILLIC, *WESTERN, *CENTRAL, *BALTIC, *TURKISH, *GREEK)))
_LETTERS = re.compile(r"[^\W\d_]+")
_STRANGER = 1e-6  # the probability of a letter that the language does not have
_SEEN_PAIR = 0.8  # the weight of the pair against the letter alone
# A capital letter stands inside of a word only where all are capital; names like McLean are plain ASCII.
_CAPITAL_INSIDE = math.log(1e-6)
_BOUNDARY = " "


@dataclass(frozen=True, slots=True)
class _Language:
    letters: Counter[str]
    pairs: Counter[str]
    total: int

    def likelihood(self, word: str) -> float:
        """The logarithm of the word's probability."""
        spaced = f"{_BOUNDARY}{word}{_BOUNDARY}"
        return sum(self._after(spaced[place], spaced[place + 1]) for place in range(len(spaced) - 1))

    def _after(self, before: str, letter: str) -> float:
        alone = max(self.letters[letter] / self.total, _STRANGER)
        pair = self.pairs[before + letter] / self.letters[before] if self.letters[before] else 0.0
        return math.log(_SEEN_PAIR * pair + (1 - _SEEN_PAIR) * alone)


def likelihood(word: str, languages: tuple[str, ...] = EUROPE) -> float:
    """The logarithm of the word's probability in the one of these languages that suits it best."""
    capitals = (
        0
        if word.isupper()
        else sum(letter.isupper() and not (before + letter).isascii() for before, letter in pairwise(word))
    )
    return capitals * _CAPITAL_INSIDE + _likelihood(word.lower(), languages)


@cache
def _likelihood(word: str, languages: tuple[str, ...]) -> float:
    return max(_language(language).likelihood(word) for language in languages)


@cache
def _language(code: str) -> _Language:
    from babel import Locale  # loaded only for a file that is not UTF-8, or looks garbled

    locale = Locale.parse(code)
    cities = [zone["city"] for zone in locale.time_zones.values() if "city" in zone]
    return _learnt([*locale.territories.values(), *locale.languages.values(), *locale.currencies.values(), *cities])


def _learnt(names: Iterable[str]) -> _Language:
    letters, pairs = Counter[str](), Counter[str]()
    for word in _LETTERS.findall(" ".join(names).lower()):
        spaced = f"{_BOUNDARY}{word}{_BOUNDARY}"
        letters.update(spaced[:-1])
        pairs.update(map(str.__add__, spaced, spaced[1:]))
    return _Language(letters=letters, pairs=pairs, total=letters.total())
