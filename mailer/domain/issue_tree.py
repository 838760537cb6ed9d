"""The text of an issue as a tree of blocks and words, which becomes both HTML and plain text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Text:
    """Characters, already set in the typography of their language."""

    value: str


@dataclass(frozen=True, slots=True)
class SlotMark:
    """A place filled in for each person; `name` is a `domain.edition.Slot` value."""

    name: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words in bold."""

    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Words in italics."""

    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Linked words; `href` is an https:, http: or mailto: address."""

    href: str
    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line break within a paragraph."""


@dataclass(frozen=True, slots=True)
class FootnoteMark:
    """The number of a footnote in the text; `place` counts the marks of the same note."""

    number: int
    place: int = 1


Inline = Text | SlotMark | Strong | Emphasis | Link | LineBreak | FootnoteMark


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` is 1 for the title of the issue, 2 and more inside it, without jumps."""

    level: int
    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    children: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A bulleted or numbered list; each item is blocks of its own. `start` is None for bullets."""

    items: tuple[tuple["Block", ...], ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation, and whose words they are; `attribution` is empty where it is not said."""

    children: tuple["Block", ...]
    attribution: tuple[Inline, ...] = ()


class Align(StrEnum):
    """How the cells of a column are aligned."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: a caption, one row of column headings, and rows whose first cell is the row heading.

    `head` is empty where the row headings say it all. `align` has an entry for each column, or is empty if every column is left-aligned.
    """

    caption: str
    head: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    align: tuple[Align, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the issue's folder: its file name, a description for readers who do not see it, and a caption or none."""

    name: str
    alt: str
    caption: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class ThematicBreak:
    """A horizontal rule."""


@dataclass(frozen=True, slots=True)
class Commands:
    """Commands to type, a line each."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks grouped under a name from the template: masthead, summary, credits, insert, copyline …

    `language` is theirs, where it is not that of the whole text.
    """

    kind: str
    children: tuple["Block", ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote with its number. Notes stand at the end of the article, in the order of their numbers."""

    number: int
    children: tuple["Block", ...]


Block = Heading | Paragraph | ListBlock | Quote | Table | Picture | ThematicBreak | Commands | Section | Footnote


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block and those within it, in the order of the text."""
    for block in blocks:
        yield block
        match block:
            case Quote(children) | Section(_, children) | Footnote(_, children):
                yield from every_block(children)
            case ListBlock(items):
                for item in items:
                    yield from every_block(item)
            case _:
                pass


def picture_names(blocks: Iterable[Block]) -> Iterator[str]:
    """The file name of every picture, in the order of the text."""
    return (block.name for block in every_block(blocks) if isinstance(block, Picture))


def footnotes(blocks: Iterable[Block]) -> Iterator[Footnote]:
    """Every footnote, in the order of the text."""
    return (block for block in every_block(blocks) if isinstance(block, Footnote))


def visible_text(blocks: Iterable[Block]) -> str:
    """Everything that a reader sees or hears of the blocks, numbers of lists and notes included, a line each."""
    return "\n".join(_lines(blocks))


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _lines_of(block)


def _lines_of(block: Block) -> Iterator[str]:
    match block:
        case Heading(_, words) | Paragraph(words):
            yield _shown(words)
        case ListBlock():
            yield from _list_lines(block)
        case Quote(children, attribution):
            yield from _lines(children)
            yield _shown(attribution)
        case Section(_, children):
            yield from _lines(children)
        case Footnote(number, children):
            yield f"[{number}]"
            yield from _lines(children)
        case Table(caption, head, rows):
            yield caption
            yield from (_shown(cell) for row in (head, *rows) for cell in row)
        case Picture(_, alt, caption):
            yield alt
            yield _shown(caption)
        case Commands(lines):
            yield from lines
        case ThematicBreak():
            pass


def _list_lines(block: ListBlock) -> Iterator[str]:
    for place, item in enumerate(block.items):
        yield from () if block.start is None else (f"{block.start + place}.",)
        yield from _lines(item)


def plain(words: Iterable[Inline]) -> str:
    """The words without bold, italics, links and the numbers of notes; slot marks are left out."""
    return "".join(_word(word, marks=False) for word in words)


def _shown(words: Iterable[Inline]) -> str:
    return "".join(_word(word, marks=True) for word in words)


def _word(word: Inline, *, marks: bool) -> str:
    match word:
        case Text(value):
            return value
        case Strong(children) | Emphasis(children) | Link(_, children):
            return "".join(_word(child, marks=marks) for child in children)
        case LineBreak():
            return " "
        case FootnoteMark(number):
            return f" [{number}]" if marks else ""
        case SlotMark():
            return ""
