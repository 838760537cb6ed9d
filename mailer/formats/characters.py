"""Finds invisible characters, which could make a line read or behave differently from how it looks."""

import unicodedata

# Unicode general categories: controls (C0, C1, line breaks, tab), format characters (bidi controls, zero-width
# characters, soft hyphens), lone surrogates, the line and the paragraph separator (U+2028, U+2029).
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_NONCHARACTERS = "\ufffe\uffff"  # Unicode §23.7; forbidden in XML and so in XLSX


# In Persian, Urdu and the scripts of India, the two joiners are part of the spelling of words (RFC 5892, appendix A).
_JOINERS = "\u200c\u200d"
_VIRAMA = 9  # the canonical combining class of the signs after which letters join
_JOINING_SCRIPTS = ("ARABIC", "SYRIAC", "MONGOLIAN", "NKO")


def find_invisible(text: str) -> str | None:
    """The first invisible character of a one-line text, as `U+202E RIGHT-TO-LEFT OVERRIDE`; None without one.

    A line break counts as invisible; a joiner where the spelling of a word needs one does not.
    """
    if text.replace("\u00a0", " ").isprintable():  # every Russian date has one, and Python does not call it printable
        return None
    for place, character in enumerate(text):
        if character in _JOINERS and _is_spelling(text[place - 1 : place], character, text[place + 1 : place + 2]):
            continue
        if unicodedata.category(character) in _INVISIBLE or character in _NONCHARACTERS:
            return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return None


def _is_spelling(before: str, joiner: str, after: str) -> bool:
    """Whether the joiner stands after a virama, or the non-joiner between two letters of a script that joins them."""
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    neighbours = [unicodedata.name(letter, "").partition(" ")[0] for letter in (before, after) if letter.isalpha()]
    return joiner == "\u200c" and len(neighbours) == 2 and set(neighbours) <= set(_JOINING_SCRIPTS)
