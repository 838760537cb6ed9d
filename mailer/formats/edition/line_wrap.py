"""Wraps the lines of plain text so that mail programs can join them again (format=flowed, RFC 3676)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

COLUMNS = 72  # RFC 3676 §4.2 asks for at most 78; 72 leaves room for the marks of quotes
NARROW = 48  # lines that do not flow stay within it where they can, for windows of 50 columns

# Every space at which a line may break, that is all but the no-break spaces.
_NO_BREAK = "\u00a0\u2007\u202f"
_BREAKABLE = re.compile(rf"[^\S{_NO_BREAK}]+")
_BREAKABLE_IF_NEEDED = re.compile(rf"(?<=[^{_NO_BREAK}])[{_NO_BREAK}]+(?=[^{_NO_BREAK}])")
# Latin, Cyrillic and their punctuation beyond ASCII, of which each takes one column. None is invisible.
NARROW_LETTERS = "\u00a0-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2116"
_NARROW = re.compile(f"[ -~{NARROW_LETTERS}]*")  # one match is fast
_ZERO_WIDTH = frozenset({"Mn", "Me", "Cf"})  # Unicode categories of combining marks and invisible characters


def width(text: str) -> int:
    """The columns of a text on a screen: two for East Asian wide characters (UAX #11), none for combining marks."""
    if text.isascii() or _NARROW.fullmatch(text):
        return len(text)
    # Composed, since a Korean syllable may be typed as letters, which are shown as one sign.
    return sum(_columns(character) for character in unicodedata.normalize("NFC", text))


@cache
def _columns(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def words(text: str) -> list[str]:
    """The text split at every space where a line may break."""
    return [word for word in _BREAKABLE.split(text) if word]


def stuffed(line: str) -> str:
    """The line, space-stuffed if it begins with a space, `>` or `From ` (RFC 3676 §4.4)."""
    return f" {line}" if must_be_stuffed(line) else line


def must_be_stuffed(line: str) -> bool:
    """Whether mail programs would misread the line without a space before it."""
    return line.startswith((" ", ">", "From ")) or line == "From"


def is_one_line(text: str) -> bool:
    """Whether `wrap` would certainly keep the text as it is, on one line, soft or not.

    True for nearly every line that a name is filled into; False means only that `wrap` must decide.
    """
    return (
        0 < len(text) < COLUMNS
        and _NARROW.fullmatch(text) is not None  # so the only breaking space in it is the common one
        and not ("  " in text or "--" in text)
        and not text.startswith((" ", ">", "From"))
        and text[-1] != " "
    )


def wrap(parts: Sequence[str], *, indent: str = "", soft: bool = False) -> list[str]:
    """Lines of at most 72 columns, including the space at a soft break; only a single longer word may exceed them.

    `parts` are words that are broken at their no-break spaces only where they are wider than a line, as in a text that
    came with such spaces alone. `indent` (quote marks, RFC 3676 §4.5, and a space) stands before every line. `soft`
    means that the paragraph continues after the last line. No words give no lines.
    """
    lines: list[str] = []
    line = ""
    words_joined = list(_with_joined_dashes([piece for part in parts for piece in _fitting(part, indent)]))
    for place, word in enumerate(words_joined):
        ends_hard = place == len(words_joined) - 1 and not soft
        longer = f"{line} {word}" if line else word
        if line and width(_indented(longer, indent)) > COLUMNS - (0 if ends_hard else 1):
            lines.append(_indented(line, indent) + " ")
            longer = word
        line = longer
    if line:
        # A lone `--` at the end gets no space, since `-- ` begins a signature.
        lines.append(_indented(line, indent) + (" " if soft and line != "--" else ""))
    return lines


def _indented(line: str, indent: str) -> str:
    return indent + line if indent else stuffed(line)


def _fitting(word: str, indent: str) -> list[str]:
    """The word, cut at its no-break spaces if it is wider than a line."""
    if 2 * len(word) + len(indent) + 1 < COLUMNS or width(_indented(word, indent)) < COLUMNS:
        return [word]
    return _BREAKABLE_IF_NEEDED.split(word)


def _with_joined_dashes(parts: Sequence[str]) -> Iterator[str]:
    """The words, with each lone `--` joined to the next, since a line `-- ` begins a signature (§4.3)."""
    dashes = ""
    for word in parts:
        if word == "--":
            dashes += "-- "
        else:
            yield dashes + word
            dashes = ""
    if dashes:
        yield dashes.rstrip()
