"""Names lines that a paragraph joins to the line above, although they look like items, replies or paragraphs of their own."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token

from mailer.domain.defect import Defect
from mailer.formats.issue.attribution import OWN_LINE

_BULLET = re.compile(r"[•·‣⁃∙◦▪▫●○■□➢►▶✓✔☐☑☒\uf0a7\uf0b7]\s*\S")  # of a word processor; never within a sentence
# These may also begin a line in the middle of a sentence: a dash, a number, a letter in brackets.
_SIGN = re.compile(r"[-–—*+]{1,3}\s|[-–—+]{1,2}[^\W\d_]|\d{1,3}[.)]|\(?(?:[^\W\d_]|[ivx]{2,4}|\d{1,3})\)")
_PAIRED = re.compile(r"[IVX]{1,4}\.\s|[ivx]{1,4}\.\s|\*\*\S")  # and these are also names and bold words
_ASIDE = re.compile(r"[-–—]{1,3}\s+[a-zа-яё]")  # a sentence may go on like this after direct speech
_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])\s")
_LIST_GOES_ON = re.compile(r"[:;]$")
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»“)*_]*$")
_NEXT_SENTENCE = re.compile(r"[.!?…][\"'”’»“)*_]*\s+[\"'“‘«„(*_]*[^\W\d_a-zа-яё]")
_CAPITAL = re.compile(r"[\"'“‘«„(*_]*[^\W\d_a-zа-яё]")
_LONG = 120  # characters; lines that a person breaks by hand are shorter
_SHOWN = 20


def find_joined_lines(tokens: Sequence[Token], lines: Sequence[str], *, first_line: int) -> Iterator[Defect]:
    """The first such line of each paragraph, and how many follow it; `lines` are those of the text."""
    for token, before in zip(tokens[1:], tokens, strict=False):
        if token.type == "inline" and token.map and before.type == "paragraph_open" and token.map[1] - token.map[0] > 1:
            end = token.map[1] - token.meta.get(OWN_LINE, False)
            yield from _joined([line.strip(" \t>") for line in lines[token.map[0] : end]], first_line + token.map[0])


def _joined(lines: Sequence[str], number: int) -> Iterator[Defect]:
    """Of one paragraph, whose first line has the number. A line after a backslash stands alone, and is none."""
    joined = [
        place
        for place, (above, line) in enumerate(pairwise(lines), start=1)
        if not above.endswith("\\") and _stands_out(above, line, lines[place + 1] if place + 1 < len(lines) else "")
    ]
    if joined:
        line = lines[joined[0]]
        shown = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
        more = {0: "", 1: " (and 1 line below it)"}.get(len(joined) - 1, f" (and {len(joined) - 1} lines below it)")
        what = f"the line '{shown}'{more} joins the line above it; put an empty line between"
        yield Defect(line=number + joined[0], what=f"{what}, or begin each item of a list with '- ' or '1. '")


def _stands_out(above: str, line: str, below: str) -> bool:
    if _BULLET.match(line) or _BULLET.match(above):
        return True
    if _PAIRED.match(line):
        return bool(_PAIRED.match(above) or _PAIRED.match(below))
    if _SIGN.match(line):
        end = _LIST_GOES_ON if _ASIDE.match(line) else _SENTENCE_END
        return bool(end.search(above) or _begins(above) or _SIGN.match(below))
    paragraph = len(above) > _LONG and _SENTENCE_END.search(above) and _NEXT_SENTENCE.search(above)
    return bool(paragraph and _CAPITAL.match(line))


def _begins(line: str) -> bool:
    return bool(_SIGN.match(line) or _ITEM.match(line))
