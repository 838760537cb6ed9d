"""Characters that nobody can see, and that could make a line read or behave differently from what it shows."""

import unicodedata

# Unicode general categories: controls (C0, C1, line breaks, tab), format characters (bidi controls, zero-width
# characters, soft hyphens), halves of a surrogate pair, the line and the paragraph separator (U+2028, U+2029).
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_NONE = "\ufffe\uffff"  # no characters at all (Unicode §23.7); XML, so XLSX, forbids them


def unseen(text: str) -> str | None:
    """The first unseen character of the text as `U+202E RIGHT-TO-LEFT OVERRIDE`; None without one.

    A line break is unseen too: this is for texts of one line.
    """
    if text.replace("\u00a0", " ").isprintable():  # Python calls no space but one printable; this one is in every date
        return None
    for character in text:
        if unicodedata.category(character) in _UNSEEN or character in _NONE:
            return f"U+{ord(character):04X} {unicodedata.name(character, '(without a name)')}"
    return None
