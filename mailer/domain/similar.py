"""Compares words as a reader sees them: without case and accents, with look-alike letters and other scripts read as Latin."""

from collections.abc import Iterable
from difflib import get_close_matches

from mailer.domain.lookalikes import as_latin, fold

_DIGITS_ALIKE = str.maketrans("01", "ol")

# Cyrillic letters as they are written in Latin ones.
_SOUNDS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "і": "i", "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
})  # fmt: skip
# The share of letters that two words have in common when one looks like a slip for the other.
_ALIKE = 0.65


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of these words for which this looks like a slip: another case, a letter, an alphabet; None without one."""
    forms = {form: candidate for candidate in words for form in _forms(candidate)}
    return next((forms[near] for form in _forms(word) for near in get_close_matches(form, forms, 1, _ALIKE)), None)


def _forms(word: str) -> tuple[str, ...]:
    return as_latin(word).translate(_DIGITS_ALIKE), fold(word.casefold().translate(_SOUNDS))
