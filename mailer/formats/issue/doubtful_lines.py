"""Names lines whose place or first sign makes them part of something that the editor may not mean."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from mailer.domain.defect import Defect

_BULLET_FIGURE = re.compile(r"[\s>]*[-+*]\s+\d")
_QUOTED_FIGURE = re.compile(r"\s*>\d")
_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";", "”", "»", '"')
_FIGURE_IN_BRACKETS = re.compile(r"\[(\d{1,9})\]")
_ITEM = re.compile(r"[\s>]*(?:[-+*]|\d{1,9}[.)])\s")


def find_doubtful_lines(tokens: Sequence[Token], lines: Sequence[str], *, first_line: int) -> Iterator[Defect]:
    """The lines, with their numbers in the file; `lines` are those of the text."""
    for token, before in zip(tokens, (None, *tokens), strict=False):
        if token.map:
            number, line = first_line + token.map[0], lines[token.map[0]]
            match token.type:
                case "hr" if before and before.type == "paragraph_close" and lines[token.map[0] - 1].strip(" \t>"):
                    what = "is a rule here and makes no heading; for a heading write '## ' before its words"
                    yield Defect(line=number, what=f"'{line.strip()}' {what}, for a rule put an empty line between")
                case "blockquote_open" if _breaks_sentence(token, before, lines):
                    what = "begins a quotation in the middle of a sentence; write \\> for 'more than'"
                    yield Defect(line=number, what=f"'{line.strip()[:12]}' {what}, or put an empty line before it")
                case "blockquote_open" if _QUOTED_FIGURE.match(line):
                    what = (
                        f"'{line.strip()[:12]}' begins a quotation; write \\> for 'more than', or put a space after it"
                    )
                    yield Defect(line=number, what=what)
                case _:
                    pass
    for node in SyntaxTreeNode(tokens).walk(include_self=False):
        match node.type:
            case "blockquote":
                yield from _joined_to_quotation(node, lines, first_line)
            case "bullet_list" | "ordered_list":
                yield from _joined_to_item(node, lines, first_line)
            case _:
                pass
    yield from _lists(tokens, lines, first_line)
    yield from _renumbered(tokens, first_line)
    yield from _like_notes(tokens, first_line)


def _breaks_sentence(token: Token, before: Token | None, lines: Sequence[str]) -> bool:
    above = lines[token.map[0] - 1].strip(" \t>") if token.map and token.map[0] else ""
    below_text = before and before.type == "paragraph_close" and token.level == 0
    return bool(below_text and above) and not above.endswith(_SENTENCE_ENDS)


def _renumbered(tokens: Sequence[Token], first_line: int) -> Iterator[Defect]:
    """Footnotes with figures as labels that get another number, since readers count by the marks in the text."""
    numbers = note_numbers(tokens)
    for token in tokens:
        label = token.meta.get("label", "")
        number = numbers.get(label)  # None for a note without a mark, which is refused
        if token.type == "footnote_reference_open" and label.isdecimal() and number and int(label) != number:
            what = f"the note [^{label}] is number {number} by the order of the marks; number them in order"
            yield Defect(line=first_line + (token.map[0] if token.map else 0), what=what)


def _like_notes(tokens: Sequence[Token], first_line: int) -> Iterator[Defect]:
    """Figures in brackets that are typed as text, and that readers would take for the mark of a footnote."""
    numbers = set(note_numbers(tokens).values())
    for token in tokens if numbers else ():
        line = first_line + (token.map[0] if token.map else 0)
        for child in token.children or []:
            line += child.type in {"softbreak", "hardbreak"}
            for figure in _FIGURE_IN_BRACKETS.findall(child.content if child.type in {"text", "code_inline"} else ""):
                if int(figure) in numbers:
                    what = (
                        f"[{figure}] looks like the mark of footnote {figure}; write [^{figure}] if it is the mark, "
                        "else the figure without brackets"
                    )
                    yield Defect(line=line, what=what)


def note_numbers(tokens: Sequence[Token]) -> dict[str, int]:
    """The number of each footnote by its label."""
    return {
        child.meta["label"]: child.meta["id"] + 1
        for token in tokens
        for child in token.children or []
        if child.type == "footnote_ref"
    }


def _joined_to_quotation(node: SyntaxTreeNode, lines: Sequence[str], first_line: int) -> Iterator[Defect]:
    for line in range(*_span(node)):
        if lines[line].strip() and not lines[line].lstrip().startswith(">") and not _within_list(node):
            what = "this line joins the quotation above it; put an empty line before it, or '>' if it belongs there"
            yield Defect(line=first_line + line, what=what)


def _within_list(node: SyntaxTreeNode) -> bool:
    return node.parent is not None and (node.parent.type == "list_item" or _within_list(node.parent))


def _joined_to_item(node: SyntaxTreeNode, lines: Sequence[str], first_line: int) -> Iterator[Defect]:
    """A sentence that begins at the margin below the end of another, in a list item."""
    for item in node.children:
        for above, line in pairwise(range(*_span(item))):
            text = lines[line].lstrip(" \t>")
            at_margin = text and not lines[line].lstrip(">").removeprefix(" ").startswith((" ", "\t"))
            if not at_margin or _ITEM.match(lines[line]) or not lines[above].strip(" \t>"):
                continue
            if text[0].isupper() and lines[above].rstrip().endswith(_SENTENCE_ENDS):
                what = (
                    "this line joins the list item above it; put an empty line before it, or spaces if it belongs there"
                )
                yield Defect(line=first_line + line, what=what)


def _span(node: SyntaxTreeNode) -> tuple[int, int]:
    return node.map or (0, 0)


# --- lists --------------------------------------------------------------------------------------------------------------


def _lists(tokens: Sequence[Token], lines: Sequence[str], first_line: int) -> Iterator[Defect]:
    """Items that may be none, and numbers that do not count on."""
    numbers: dict[int, int] = {}  # the last number at each depth
    for place, token in enumerate(tokens):
        if token.type not in {"bullet_list_open", "ordered_list_open"} or not token.map:
            continue
        items = [item for item in _items(tokens, place) if item.map]
        below_text = token.map[0] > 0 and place > 0 and tokens[place - 1].type == "paragraph_close"
        below_text = below_text and not _within_item(token, tokens[place - 1], lines)
        above = lines[token.map[0] - 1].strip(" \t>") if below_text else ""
        interrupts = bool(above) and not above.endswith(":")
        if token.type == "bullet_list_open":
            yield from _bullets(items, lines, first_line, interrupts=interrupts)
            continue
        expected = numbers.get(token.level, 0) + 1
        for index, item in enumerate(items):
            number = int(item.info)
            counts_on = number == expected or (index == 0 and number in {0, 1})
            if not counts_on or (interrupts and len(items) == 1):
                yield _number(item, number, first_line)
            expected = number + 1
        numbers[token.level] = expected - 1


def _within_item(token: Token, before: Token, lines: Sequence[str]) -> bool:
    """Whether the list is indented below the text of an item, and so meant."""
    line = lines[token.map[0]].lstrip(">") if token.map else ""
    return before.level > 0 and line.startswith(("  ", "\t"))


def _items(tokens: Sequence[Token], place: int) -> Iterator[Token]:
    level = tokens[place].level + 1
    for token in tokens[place + 1 :]:
        if token.level < level:
            return
        if token.level == level and token.type == "list_item_open":
            yield token


def _bullets(items: Sequence[Token], lines: Sequence[str], first_line: int, *, interrupts: bool) -> Iterator[Defect]:
    for item in items:
        line = lines[item.map[0]] if item.map else ""
        figure = _BULLET_FIGURE.match(line) and (interrupts or len(items) == 1)
        if item.map and (figure or (interrupts and len(items) == 1)):
            sign = line.lstrip(" \t>")[0]
            what = f"'{sign}' begins a list item here; for a minus or a dash write \\{sign}"
            yield Defect(line=first_line + item.map[0], what=f"{what}, for a list put an empty line before it")


def _number(item: Token, number: int, first_line: int) -> Defect:
    typed = f"{number}{item.markup}"
    what = f"the list item has the number {typed} as typed, which does not count on from the one before it"
    escaped = f"{number}\\{item.markup}"
    line = first_line + (item.map[0] if item.map else 0)
    return Defect(line=line, what=f"{what}; correct it, or write {escaped} if it is no list")
