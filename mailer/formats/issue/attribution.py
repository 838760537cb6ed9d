"""Finds whose words a quotation is: what stands after a dash in its last line or paragraph."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from markdown_it.token import Token

from mailer.domain import issue_tree as tree

OWN_LINE = "own line"  # in a paragraph's token: its last line stands alone, as after a backslash

_DASH = re.compile(r"\s*(?:[—―]\s*|(?:–|-{1,2})\s+)(?=\S)")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»“)*_]*$")


def part_attributions(tokens: Sequence[Token]) -> None:
    """Put the last line of a quotation on a line of its own where it says whose words they are.

    Markdown joins lines. One that begins with a dash right after the end of a sentence goes on with nothing, unless
    lines above it begin with a dash, too, as in a dialogue.
    """
    for place, token in enumerate(tokens):
        if token.type == "blockquote_close" and tokens[place - 1].type == "paragraph_close":
            paragraph = tokens[place - 2]
            *above, line = paragraph.content.split("\n")
            if above and _DASH.match(line) and _SENTENCE_END.search(above[-1]) and not any(map(_DASH.match, above)):
                breaks = [child for child in paragraph.children or [] if child.type in {"softbreak", "hardbreak"}]
                if breaks[-1].type == "softbreak":
                    breaks[-1].type = "hardbreak"
                    paragraph.meta[OWN_LINE] = True


def attributed(quote: tree.Quote) -> tree.Quote:
    """The quotation with its last line or paragraph as its attribution if that begins with a dash and no other does.

    After the end of a sentence a list of one item counts, too: Markdown makes one of a line that begins with a hyphen.
    """
    match quote.children:
        case (*above, tree.Paragraph(before), tree.ListBlock(((tree.Paragraph(words),),), None)):
            if not _SENTENCE_END.search(tree.plain(before)):
                return quote
            children: tuple[tree.Block, ...] = (*above, tree.Paragraph(before))
        case (*above, tree.Paragraph(before)):
            *lines, last = _lines(before)
            dash = _DASH.match(tree.plain(last))
            if not dash or not (above or lines):
                return quote
            words = _without(last, dash.end())
            children = (*above, *([tree.Paragraph(_joined(lines))] if lines else []))
        case _:
            return quote
    return quote if any(map(_begins_with_dash, children)) else replace(quote, children=children, attribution=words)


def _begins_with_dash(block: tree.Block) -> bool:
    return isinstance(block, tree.Paragraph) and any(_DASH.match(tree.plain(line)) for line in _lines(block.children))


def _lines(words: Sequence[tree.Inline]) -> list[tuple[tree.Inline, ...]]:
    runs = groupby(words, key=lambda word: isinstance(word, tree.LineBreak))
    return [tuple(run) for is_break, run in runs if not is_break]


def _joined(lines: Sequence[tuple[tree.Inline, ...]]) -> tuple[tree.Inline, ...]:
    first, *others = lines
    return (*first, *(word for line in others for word in (tree.LineBreak(), *line)))


def _without(words: Sequence[tree.Inline], count: int) -> tuple[tree.Inline, ...]:
    """The words without their first characters."""
    left: list[tree.Inline] = []
    for word in words:
        match word:
            case tree.Text(value):
                left += [tree.Text(value[count:])] if value[count:] else []
            case tree.Strong(children) | tree.Emphasis(children) | tree.Link(_, children):
                left.append(replace(word, children=_without(children, count)))
            case _:
                left.append(word)
        count = max(0, count - len(tree.plain((word,))))
    return tuple(left)
