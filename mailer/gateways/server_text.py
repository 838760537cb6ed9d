"""Makes the text of a server printable, for outcomes, logs and messages."""

import unicodedata

TEXT_LIMIT = 500  # characters of a text that are kept


def printable(text: str) -> str:
    """Return the text as one line without control, format or bidi characters or broken octets, cut at TEXT_LIMIT."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:TEXT_LIMIT]
    decoded = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    shown = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in decoded)
    return " ".join(shown.split())[:TEXT_LIMIT]
