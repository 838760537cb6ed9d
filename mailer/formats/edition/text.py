"""Writes the plain-text part of a bulletin: 72 columns, format=flowed, numbered links, with slots."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from mailer.domain import issue_tree as tree
from mailer.domain.edition import SLOT_LINK, Slot, SlotLine, TextPart
from mailer.domain.errors import BadInput
from mailer.formats.edition.bulletin import Bulletin
from mailer.formats.edition.line_wrap import COLUMNS, stuffed, width, words, wrap
from mailer.formats.edition.slot_lines import Line, flow
from mailer.formats.typography import NBSP

_UNDERLINE = {1: "=", 2: "-"}  # headings of these levels; those below stand as they are
_GAP = "  "  # between the columns of a table


def write_text(bulletin: Bulletin) -> TextPart:
    """The text part: pieces that end with `\\n`, each a run of finished lines or one line with slots.

    format=flowed, delsp=no (RFC 3676). A link whose words are not its address gets a number; the addresses are listed
    at the end. Raises BadInput for a slot in a heading, a table or a nested list, which cannot be wrapped again.
    """
    writer = _TextWriter(sum(1 for _ in tree.footnotes(bulletin.blocks)))
    lines = writer.blocks(bulletin.blocks)
    if writer.links:
        lines += ["", "-" * COLUMNS, "", *(_link(number, href) for href, number in writer.links.items())]
    part: list[str | SlotLine] = []
    for has_slot, run in groupby(lines, key=lambda line: isinstance(line, SlotLine)):
        if has_slot:
            part += run
        else:
            part.append("".join(f"{line}\n" for line in run))
    return tuple(part)


class _TextWriter:
    """Renders blocks as lines, and collects the links by address."""

    def __init__(self, notes: int) -> None:
        """`notes` is the number of footnotes; the numbers of links come after theirs."""
        self.links: dict[str, int] = {}
        self.notes = notes

    def blocks(self, blocks: Iterable[tree.Block], depth: int = 0) -> list[Line]:
        """The lines of blocks, separated by empty lines; `depth` is the number of quotes around them."""
        lines: list[Line] = []
        for block in blocks:
            more = self.block(block, depth)
            if lines and more:
                lines.append(">" * depth)
            lines += more
        return lines

    def block(self, block: tree.Block, depth: int) -> list[Line]:
        match block:
            case tree.Paragraph(children):
                return self.paragraph(children, depth)
            case tree.Heading(level, children):
                return self.heading(level, children, depth)
            case tree.ListBlock():
                return self.items(block, depth)
            case tree.Quote(children, attribution):
                end = (tree.Paragraph((tree.Text("— "), *attribution)),) if attribution else ()
                return self.blocks((*children, *end), depth + 1)
            case tree.Table():
                return self.table(block, depth)
            case tree.Picture(_, alt, caption):
                lines = list[Line](wrap(words(f"[{alt}]"), indent=_indent(depth)))
                return lines + ([">" * depth, *self.paragraph(caption, depth)] if caption else [])
            case tree.ThematicBreak():
                return [_unflowed("-" * (COLUMNS - len(_indent(depth))), depth)]
            case tree.Section(_, children):
                return self.blocks(children, depth)
            case tree.Footnote(number, children):
                return self.item(children, f"[{number}] ", depth)

    def paragraph(self, children: Sequence[tree.Inline], depth: int, lead: str = "") -> list[Line]:
        """The lines of a paragraph; `lead`, the mark of a list item, stands before its first word."""
        atoms = self.atoms(children)
        if lead.startswith(" ") and any(isinstance(atom, Slot) for atom in atoms):
            raise BadInput("the template has a slot in a nested list: put it in a paragraph")
        return flow(atoms, indent=_indent(depth), lead=lead)

    def heading(self, level: int, children: Sequence[tree.Inline], depth: int) -> list[Line]:
        lines = wrap(words(self.constant(children)), indent=_indent(depth))
        if level not in _UNDERLINE:
            return list(lines)
        # At least four, since `-- ` and `---` mean other things to mail programs and Markdown parsers.
        longest = max([4, *(width(line.rstrip(" ")) for line in lines)])
        return [*lines, _unflowed(_UNDERLINE[level] * (min(longest, COLUMNS) - len(_indent(depth))), depth)]

    def items(self, block: tree.ListBlock, depth: int, space: str = "") -> list[Line]:
        """Items after their marks, indented by `space`. Flowed lines have no hanging indent, so blank lines separate long items."""
        marks = ["- " if block.start is None else f"{block.start + place}. " for place in range(len(block.items))]
        items = [self.item(item, space + mark, depth) for item, mark in zip(block.items, marks, strict=True)]
        apart = [">" * depth] if any(len(item) > 1 for item in items) else []
        return [line for place, item in enumerate(items) for line in (apart if place else []) + item]

    def item(self, blocks: Sequence[tree.Block], mark: str, depth: int) -> list[Line]:
        match blocks:
            case [tree.Paragraph(children), *rest]:
                lines = self.paragraph(children, depth, mark)
            case _:
                rest = list(blocks)
                lines = [_unflowed(mark.rstrip(), depth)]
        for block in rest:
            if isinstance(block, tree.ListBlock):
                lines += self.items(block, depth, " " * len(mark))
            else:
                lines += [">" * depth, *self.block(block, depth)]
        return lines

    def table(self, table: tree.Table, depth: int) -> list[Line]:
        """The caption and the rows in columns, or as `label: value` lines if the columns are too wide."""
        caption: list[Line] = list(wrap(words(table.caption), indent=_indent(depth)))
        if caption:
            caption.append(">" * depth)
        head = [self.constant(cell) for cell in table.head]
        rows = [[self.constant(cell) for cell in row] for row in table.rows]
        columns = [max(width(cell) for cell in column) for column in zip(head, *rows, strict=True)]
        if sum(columns) + len(_GAP) * (len(columns) - 1) + len(_indent(depth) or " ") <= COLUMNS:
            under = ["-" * column for column in columns]
            sides = table.align or [tree.Align.LEFT] * len(columns)
            return caption + [_unflowed(_aligned(row, columns, sides), depth) for row in (head, under, *rows)]
        return caption + _label_lines(head, rows, depth)

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
                    atoms += [*shown, "" if is_address else f"{NBSP}[{self.number(href)}]"]
        return atoms

    def number(self, href: str) -> int:
        return self.links.setdefault(href, self.notes + len(self.links) + 1)


# --- lines ------------------------------------------------------------------------------------------------------------


def _link(number: int, href: str) -> Line:
    """A link at the end of the text; the address in a slot is filled in for each copy."""
    slot = _slot_of(href)
    return SlotLine(pieces=(f"[{number}] ", slot)) if slot else f"[{number}] {href}"


def _slot_of(href: str) -> Slot | None:
    return Slot(href.removeprefix(SLOT_LINK)) if href.startswith(SLOT_LINK) else None


def _indent(depth: int) -> str:
    return ">" * depth + " " if depth else ""


def _unflowed(line: str, depth: int) -> str:
    """A line that does not flow."""
    return _indent(depth) + line if depth else stuffed(line)


def _aligned(row: Sequence[str], columns: Sequence[int], sides: Sequence[tree.Align]) -> str:
    return _GAP.join(map(_padded, row, columns, sides)).rstrip(" ")


def _padded(cell: str, column: int, side: tree.Align) -> str:
    space = column - width(cell)
    before = {tree.Align.LEFT: 0, tree.Align.CENTER: space // 2, tree.Align.RIGHT: space}[side]
    return " " * before + cell + " " * (space - before)


def _label_lines(head: Sequence[str], rows: Sequence[Sequence[str]], depth: int) -> list[Line]:
    lines: list[Line] = [] if rows else [line for label in head for line in wrap(words(label), indent=_indent(depth))]
    for row in rows:
        if lines:
            lines.append(">" * depth)
        for label, value in zip(head, row, strict=True):
            lines += wrap(words(f"{label}: {value}" if label else value), indent=_indent(depth))
    return lines
