"""Compares words as a reader sees them: without case and accents, with look-alike letters and other scripts read as Latin."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# Letters of other scripts, and digits, that look like a Latin letter.
_LOOKALIKES = str.maketrans("авекмнорстухіјѕһԁԛԝαβεικνορτυχ01", "abekmhopctyxijshdqwabeikvoptyxol")
# Cyrillic letters as they are written in Latin ones.
_SOUNDS = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "i", "і": "i", "ї": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
})  # fmt: skip
# The share of letters that two words have in common when one looks like a slip for the other.
_ALIKE = 0.65


def fold(text: str) -> str:
    """The text without case and accents: ё reads as е, É as e."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of these words for which this looks like a slip: another case, a letter, an alphabet; None without one."""
    forms = {form: candidate for candidate in words for form in _forms(candidate)}
    return next((forms[near] for form in _forms(word) for near in get_close_matches(form, forms, 1, _ALIKE)), None)


def _forms(word: str) -> tuple[str, ...]:
    folded = word.casefold()
    return fold(folded.translate(_LOOKALIKES)), fold(folded.translate(_SOUNDS))
