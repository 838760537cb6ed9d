"""Names marks of Markdown that have no effect, so that readers would see them."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from mailer.domain.defect import Defect
from mailer.formats.issue.dialect import HIDDEN, TYPED
from mailer.formats.words import ADDRESS

_ADDRESS = re.compile(ADDRESS)
_AN_ADDRESS = "\ue000"  # in its place

# Marks of Markdown and its dialects, as they look where they have no effect; and what to do.
_SPACES = "put a space or a sign of punctuation outside of the stars, none inside, and close what is opened"
_LOST = "a character was lost here, write it"
_MARKS: tuple[tuple[str, str], ...] = (
    (r"\*{2,}", _SPACES),
    (r"(?<![\w*])\*(?![\s*])|(?<![\s*])\*(?![\w*])", _SPACES),
    (r"(?<![\w_])_{1,2}(?=[^\s_])|(?<=[^\s_])_{1,2}(?![\w_])", "close what is opened"),
    (r"~~+|~\w+~|\^\w+\^|==\w[^=]*==|\+\+\w[^+]*\+\+", "leave it out, or say it in words"),
    (r"`+", "leave it out"),
    (r"\[\^[^\[\]]*\]", "write the note on a line of its own: [^1]: text"),
    (r"\^\[", "write [^1] here, and the note on a line of its own: [^1]: text"),
    (r"^\[!\w+\][-+]?|^\[TOC\]$|(?<!\w):[a-z][a-z_]+:(?!\w)|\[-?@\w+", "leave it out, or say it in words"),
    (r"^%%|%%$|^\[[^\]]*\]: +(?:#(?=[ \"'(])|<>)|\{>>|<<\}|\{--|--\}", "it hides nothing: leave it out"),
    (r"\ufffd", _LOST),
    (r"\[\[|\]\]|\]\[", "write a link as [words](https://…)"),
    (rf"\]\(|\] \((?={_AN_ADDRESS})", "write a link as [words](https://…), without spaces within and between"),
    (rf"\]:(?= *<?{_AN_ADDRESS})", "write a link as [words](https://…)"),
    (r"^#+(?=[^\s\d#])|^#{2,}", "put a space after the signs of a heading, and an empty line before it"),
    (r"^\[[ xX]?\](?=\s)", "leave the box out"),
    (r"^\||\|$|\|[^|]*\|", "a table needs a line |---|---| below its head, with as many cells"),
    (r"^=+$", "for a heading write '## ' before its words"),
    (r"^(?:-{2,}|~+|\++)$", "leave it out"),
    (r"^: |^:::+", "leave it out"),
    (r"\{[.#:%{][^}]*\}?|\{\w+=[^{}]*\}", "leave it out"),
    (r"\$\$", "leave it out"),
    (r"<[a-zA-Z/!][^>\s]*>?", "write it in Markdown"),
    (r"&(?:[a-zA-Z]\w+|#\w+);", "write the character itself"),
    (r"\\", "leave it out"),
)
_MARK = re.compile("|".join(f"(?P<m{index}>{pattern})" for index, (pattern, _) in enumerate(_MARKS)))
_SIGN = re.compile(r"[*_~`\[\]^#|{$<&\\:%\ufffd]|^[=+-]|==|\+\+|--\}")  # a line without one has no mark


def find_visible_marks(tokens: Sequence[Token], *, first_line: int) -> Iterator[Defect]:
    """The marks, with their lines. A backslash before a mark says that it is meant as it stands."""
    for token in tokens:
        if token.type == "inline" and token.map:
            for place, line in enumerate(str(token.meta.get(TYPED, "")).split("\n")):
                yield from _marks(line, first_line + token.map[0] + place)


def _marks(line: str, number: int) -> Iterator[Defect]:
    if not _SIGN.search(line):
        return
    shown: dict[str, list[str]] = {}  # the marks by what to do about them
    for match in _MARK.finditer(_ADDRESS.sub(_AN_ADDRESS, line)):
        shown.setdefault(_MARKS[int(str(match.lastgroup)[1:])][1], []).append(
            f"'{match[0].strip().replace(HIDDEN, '…')}'"
        )
    for remedy, marks in shown.items():
        what = f"readers see {' and '.join(dict.fromkeys(marks))} as typed; {remedy}"
        yield Defect(line=number, what=what if remedy == _LOST else f"{what}, or write \\ before it if it is meant")
