"""Writes the plain-text part of a bulletin: 72 columns, format=flowed, numbered links, with slots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from mailer.domain import issue_tree as tree
from mailer.domain.edition import SLOT_LINK, Slot, SlotLine, TextPart
from mailer.domain.errors import BadInput
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.line_wrap import COLUMNS, NARROW, must_be_stuffed, width, words
from mailer.formats.edition.link_numbers import LinkNumbers
from mailer.formats.edition.slot_lines import Line, flow
from mailer.formats.edition.text_table import set_table
from mailer.formats.typography import NBSP

_UNDERLINE = {1: "=", 2: "-", 3: "~"}  # headings of these levels; those below have `_LOWEST`
_LOWEST = "."
_RULE = "-" * NARROW
_BOXES = frozenset({"summary", "insert"})  # sections with a rule before and after them
_CLOSE = frozenset({"masthead", "credits"})  # sections of short facts, which stand close together
_MOST_SPACE = 24  # columns before an item of a list in lists; deeper ones stand below each other


def write_text(bulletin: Bulletin) -> TextPart:
    """The text part: pieces that end with `\\n`, each a run of finished lines or one line with slots.

    format=flowed, delsp=no (RFC 3676). A link whose words are not its address gets a number; the addresses are listed
    at the end. Raises BadInput for a slot in a heading or a table, which cannot be wrapped again.
    """
    writer = _TextWriter(LinkNumbers(bulletin.blocks))
    lines = writer.blocks(bulletin.blocks, _Margin())
    if links := [_link(number, href) for number, href in writer.links.addresses()]:
        lines += ["", *links] if lines[-1] == _RULE else ["", _RULE, "", *links]
    part: list[str | SlotLine] = []
    for has_slot, run in groupby(lines, key=lambda line: isinstance(line, SlotLine)):
        if has_slot:
            part += run
        else:
            part.append("".join(f"{line}\n" for line in run))
    return tuple(part)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Margin:
    """What stands at the left of a block: the marks of the quotations around it, and the space of the lists around it."""

    depth: int = 0
    space: int = 0

    @property
    def quotes(self) -> str:
        """What stands before each line."""
        return ">" * self.depth + " " if self.depth else ""

    @property
    def empty(self) -> str:
        """The line between two blocks."""
        return ">" * self.depth

    @property
    def lead(self) -> str:
        """What stands before the first word of a paragraph: spaces that no mail program takes away."""
        return NBSP * self.space

    def below(self, mark: str) -> "_Margin":
        """The margin of what is within a list item, after its mark."""
        return replace(self, space=min(self.space + len(mark), _MOST_SPACE))

    def wrapped(self, text: str) -> list[Line]:
        """The lines of a text, which mail programs join again."""
        return list(flow([text], indent=self.quotes, lead=self.lead))

    def fixed(self, lines: Sequence[str]) -> list[Line]:
        """Lines that do not flow. They keep their places below each other where mail programs know no stuffing."""
        if self.depth or self.space:
            return [f"{self.quotes}{self.lead}{line}" if line else self.empty for line in lines]
        return [f" {line}" if line else "" for line in lines] if any(map(must_be_stuffed, lines)) else list(lines)

    @property
    def room(self) -> int:
        """The columns that fixed lines may take."""
        return COLUMNS - max(1, len(self.quotes) + self.space)


class _TextWriter:
    """Renders blocks as lines, and numbers their links."""

    def __init__(self, links: LinkNumbers) -> None:
        self.links = links

    def blocks(self, blocks: Iterable[tree.Block], margin: _Margin) -> list[Line]:
        """The lines of blocks, separated by empty lines; two rules after one another are one."""
        lines: list[Line] = []
        for block in blocks:
            more = self.block(block, margin)
            if lines and more:
                rule = _rule(margin)
                if lines[-1] == more[0] == rule:
                    more = more[1:]
                else:
                    lines.append(margin.empty)
            lines += more
        return lines

    def block(self, block: tree.Block, margin: _Margin) -> list[Line]:
        match block:
            case tree.Paragraph(children):
                return self.paragraph(children, margin)
            case tree.Heading(level, children):
                return self.heading(level, children, margin)
            case tree.ListBlock():
                return self.items(block, margin)
            case tree.Quote(children, attribution):
                return self.quote(children, attribution, _Margin(depth=margin.depth + 1))
            case tree.Table():
                return self.table(block, margin)
            case tree.Picture(_, alt, caption):
                return [*margin.wrapped(f"[{alt}]"), *self.paragraph(caption, margin)]
            case tree.ThematicBreak() | tree.Commands():
                return _as_it_is(block, margin)
            case tree.Section():
                return self.section(block, margin)
            case tree.Footnote(number, children):
                return self.item(children, f"[{number}] ", margin)

    def section(self, section: tree.Section, margin: _Margin) -> list[Line]:
        """A section of the template; those that are boxes in HTML stand between rules, and one is below the masthead."""
        if section.kind in _CLOSE:
            lines = [line for block in section.children for line in self.block(block, margin)]
        else:
            lines = self.blocks(section.children, margin)
        rule = _rule(margin)
        if lines and section.kind in _BOXES:
            return [rule, margin.empty, *lines, margin.empty, rule]
        return [*lines, rule] if lines and section.kind == "masthead" else lines

    def paragraph(self, children: Sequence[tree.Inline], margin: _Margin, mark: str = "") -> list[Line]:
        """The lines of a paragraph; `mark`, that of a list item, stands before its first word."""
        return flow(self.atoms(children), indent=margin.quotes, lead=margin.lead + mark)

    def quote(self, children: Sequence[tree.Block], attribution: Sequence[tree.Inline], margin: _Margin) -> list[Line]:
        """The quotation, with whose words it is right below it."""
        lines = self.blocks(children, margin)
        return lines + (self.paragraph(attribution, margin, f"—{NBSP}") if attribution else [])

    def heading(self, level: int, children: Sequence[tree.Inline], margin: _Margin) -> list[Line]:
        """The heading over a line of its level. It flows, the line does not, and so fits narrow windows."""
        text = self.constant(children)
        # At least four, since `-- ` and `---` mean other things to mail programs and Markdown parsers.
        length = min(max(4, width(text)), NARROW - len(margin.quotes) - margin.space)
        return [*margin.wrapped(text), *margin.fixed([_UNDERLINE.get(level, _LOWEST) * length])]

    def items(self, block: tree.ListBlock, margin: _Margin) -> list[Line]:
        """Items after their marks. Flowed lines have no hanging indent, so blank lines separate long items."""
        marks = ["- " if block.start is None else f"{block.start + place}. " for place in range(len(block.items))]
        items = [self.item(item, mark, margin) for item, mark in zip(block.items, marks, strict=True)]
        apart = [margin.empty] if any(len(item) > 1 for item in items) else []
        return [line for place, item in enumerate(items) for line in (apart if place else []) + item]

    def item(self, blocks: Sequence[tree.Block], mark: str, margin: _Margin) -> list[Line]:
        match blocks:
            case [tree.Paragraph(children), *rest]:
                lines = self.paragraph(children, margin, mark)
            case _:
                rest = list(blocks)
                lines = margin.wrapped(mark)
        within = margin.below(mark)
        for block in rest:
            lines += (
                self.block(block, within)
                if isinstance(block, tree.ListBlock)
                else [margin.empty, *self.block(block, within)]
            )
        return lines

    def table(self, table: tree.Table, margin: _Margin) -> list[Line]:
        """The caption and the rows in columns, or as `label: value` lines where columns take too much room."""
        caption = [*margin.wrapped(table.caption), margin.empty] if table.caption else []
        head = [self.constant(cell) for cell in table.head]
        rows = [[self.constant(cell) for cell in row] for row in table.rows]
        sides = table.align or [tree.Align.LEFT] * len(head)
        columns = set_table(head, rows, sides, room=margin.room)
        if columns and columns.height <= len(rows):
            return caption + margin.fixed(columns.lines)
        labels = _label_lines(head, rows, margin)
        return caption + (margin.fixed(columns.lines) if columns and columns.height <= len(labels) else labels)

    # --- words --------------------------------------------------------------------------------------------------------

    def constant(self, children: Sequence[tree.Inline]) -> str:
        """The words of a heading or a cell, which have no slots."""
        atoms = self.atoms(children)
        if any(isinstance(atom, Slot) for atom in atoms):
            raise BadInput("the template has a slot in a heading or a table: put it in a paragraph")
        return " ".join(words("".join(atoms)))

    def atoms(self, children: Iterable[tree.Inline]) -> list[str | Slot]:
        """The plain words and the slots between them; a line break is `\n`."""
        atoms: list[str | Slot] = []
        for child in children:
            match child:
                case tree.Text(value):
                    atoms.append(value)
                case tree.SlotMark(name):
                    atoms.append(Slot(name))
                case tree.LineBreak():
                    atoms.append("\n")
                case tree.FootnoteMark(number):
                    atoms.append(f"{NBSP}[{number}]")
                case tree.Strong(within) | tree.Emphasis(within):
                    atoms += self.atoms(within)
                case tree.Link(href, within):
                    shown = self.atoms(within)
                    is_address = shown == [_slot_of(href) or href.removeprefix("mailto:")]
                    atoms += [*shown, "" if is_address else f"{NBSP}[{self.links.number(href)}]"]
        return atoms


# --- lines ------------------------------------------------------------------------------------------------------------


def _link(number: int, href: str) -> Line:
    """A link at the end of the text; the address in a slot is filled in for each copy."""
    slot = _slot_of(href)
    return SlotLine(pieces=(f"[{number}] ", slot)) if slot else f"[{number}] {href}"


def _slot_of(href: str) -> Slot | None:
    return Slot(href.removeprefix(SLOT_LINK)) if href.startswith(SLOT_LINK) else None


def _as_it_is(block: tree.ThematicBreak | tree.Commands, margin: _Margin) -> list[Line]:
    """A rule, or commands as they are typed."""
    if isinstance(block, tree.ThematicBreak):
        return [_rule(margin)]
    return [f"{margin.quotes}{margin.lead}   {line}" for line in block.lines]


def _rule(margin: _Margin) -> str:
    return f"{margin.quotes}{margin.lead}{_RULE[len(margin.quotes) + margin.space :]}"


def _label_lines(head: Sequence[str], rows: Sequence[Sequence[str]], margin: _Margin) -> list[Line]:
    """Each cell after the head of its column, on lines of their own; a table without rows has its heads alone."""
    if not rows:
        return [line for label in head for line in margin.wrapped(label)]
    lines: list[Line] = []
    for row in rows:
        lines += [margin.empty] if lines else []
        for label, value in zip(head, row, strict=True):
            lines += margin.wrapped(f"{label}: {value}" if label else value)
    return lines
