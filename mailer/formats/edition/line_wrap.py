"""Breaks paragraphs into the lines of a plain-text letter so that a mail program can join them again (RFC 3676)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

COLUMNS = 72  # the width a letter has had since typewriters; RFC 3676 §4.2 asks for 78 or fewer

# Where a line may break: every space but those that Unicode forbids to break at.
_BREAKABLE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
# Latin, Cyrillic and their punctuation take a column each: looked up in one go, since every copy is measured.
_NARROW = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2116]*")
_ZERO_WIDTH = frozenset({"Mn", "Me", "Cf"})  # Unicode categories of marks on the letter before, and unseen characters


def width(text: str) -> int:
    """The columns a text takes on a screen: two for East Asian wide characters (UAX #11), none for combining marks."""
    if text.isascii() or _NARROW.fullmatch(text):
        return len(text)
    return sum(_columns(character) for character in text)


@cache
def _columns(character: str) -> int:
    if unicodedata.category(character) in _ZERO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def words(text: str) -> list[str]:
    """The text cut at every space where a line may break."""
    return [word for word in _BREAKABLE.split(text) if word]


def stuffed(line: str) -> str:
    """The line as it goes into a letter: what a reader would take for a quote or a separator gets a space in front.

    RFC 3676 §4.4: lines that begin with a space, `>` or `From `.
    """
    return f" {line}" if line.startswith((" ", ">", "From ")) or line == "From" else line


def is_one_line(text: str) -> bool:
    """Whether `wrap` would surely leave the words of the text as they stand, on one line, soft or not.

    True for nearly everything that a person's name is filled into; False means only that `wrap` must be asked.
    """
    return (
        0 < len(text) < COLUMNS
        and _NARROW.fullmatch(text) is not None  # so the only space among them where a line may break is the common one
        and not ("  " in text or "--" in text)
        and not text.startswith((" ", ">", "From"))
        and text[-1] != " "
    )


def wrap(parts: Sequence[str], *, indent: str = "", soft: bool = False) -> list[str]:
    """Lines of at most 72 columns, the space at a soft break included; only a single longer word may exceed them.

    `parts` are words that are never broken. `indent` (quote marks, RFC 3676 §4.5, and a space) stands before every
    line. `soft` says that the paragraph goes on after the last line. No words make no lines.
    """
    lines: list[str] = []
    line = ""
    glued = list(_glued(parts))
    for place, word in enumerate(glued):
        ends_hard = place == len(glued) - 1 and not soft
        longer = f"{line} {word}" if line else word
        if line and width(_dressed(longer, indent)) > COLUMNS - (0 if ends_hard else 1):
            lines.append(_dressed(line, indent) + " ")
            longer = word
        line = longer
    if line:
        # A lone `--` that nothing follows here breaks hard: with a space it would begin a signature.
        lines.append(_dressed(line, indent) + (" " if soft and line != "--" else ""))
    return lines


def _dressed(line: str, indent: str) -> str:
    return indent + line if indent else stuffed(line)


def _glued(parts: Sequence[str]) -> Iterator[str]:
    """The words, each lone `--` made one with the next: `-- ` on a line of its own begins a signature (§4.3)."""
    dashes = ""
    for word in parts:
        if word == "--":
            dashes += "-- "
        else:
            yield dashes + word
            dashes = ""
    if dashes:
        yield dashes.rstrip()
