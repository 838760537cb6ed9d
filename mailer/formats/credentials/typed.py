"""Reads codes as people type them: with spaces and hyphens, in capitals, with a letter O for a zero."""

import unicodedata

_BETWEEN = " -–—‑\t\u00a0\u202f\u2009"
_LOOKALIKES = str.maketrans("oil", "011")  # Crockford's base32 has none of these three


def typed_digits(typed: str) -> str:
    """The digits of a code; empty when anything else was typed."""
    joined = _joined(typed)
    return joined if joined.isascii() and joined.isdecimal() else ""


def typed_code(typed: str) -> str:
    """The letters and digits of a printed code, as they are stored."""
    return _joined(typed).lower().translate(_LOOKALIKES)


def _joined(typed: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", typed.strip()) if letter not in _BETWEEN)
