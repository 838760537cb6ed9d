"""Finds invisible characters, which could make a line read or behave differently from how it looks."""

import unicodedata

# Unicode general categories: controls (C0, C1, line breaks, tab), format characters (bidi controls, zero-width
# characters, soft hyphens), lone surrogates, the line and the paragraph separator (U+2028, U+2029).
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_NONCHARACTERS = "\ufffe\uffff"  # Unicode §23.7; forbidden in XML and so in XLSX


def find_invisible(text: str) -> str | None:
    """The first invisible character of a one-line text, as `U+202E RIGHT-TO-LEFT OVERRIDE`; None without one.

    A line break counts as invisible.
    """
    if text.replace("\u00a0", " ").isprintable():  # every Russian date has one, and Python does not call it printable
        return None
    for character in text:
        if unicodedata.category(character) in _INVISIBLE or character in _NONCHARACTERS:
            return f"U+{ord(character):04X} {unicodedata.name(character, '(without a name)')}"
    return None
