"""An issue as its editors wrote it: numbering, people, and the text as a tree of blocks."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Status(StrEnum):
    """Only finished issues are pulled."""

    DRAFT = "draft"
    FINISHED = "finished"


# --- the tree: what a text is made of; walked to HTML and to plain text -------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Characters, already set in the typography of their language."""

    value: str


@dataclass(frozen=True, slots=True)
class SlotMark:
    """A place that is filled for each person; `name` is a `domain.edition.Slot` value."""

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
    """Words that lead to `href` (https:, http: or mailto: only)."""

    href: str
    children: tuple["Inline", ...]


@dataclass(frozen=True, slots=True)
class LineBreak:
    """A line ends here, the paragraph goes on."""


Inline = Text | SlotMark | Strong | Emphasis | Link | LineBreak


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
    """Blocks that quote somebody."""

    children: tuple["Block", ...]


class Align(StrEnum):
    """To which side the cells of a column are set."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: a caption, one row of column heads, rows whose first cell heads the row.

    `align` has an entry for each column, or is empty where the editors left all columns to the left.
    """

    caption: str
    head: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    align: tuple[Align, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the issue's own folder; `name` is its file name there, `alt` what it shows in words."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class ThematicBreak:
    """A line across the column."""


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that belong together under a name of the template: masthead, summary, credits, insert, copyline …"""

    kind: str
    children: tuple["Block", ...]


Block = Heading | Paragraph | ListBlock | Quote | Table | Picture | ThematicBreak | Section


# --- the issue ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote it, and what readers should know about them."""

    name: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture's bytes, its type proved by its content (`png`, `jpeg` or `gif`)."""

    name: str
    subtype: str
    content: bytes

    @property
    def content_id(self) -> str:
        """How HTML names the picture after `cid:` (RFC 2392): by its content, so that it is the same in every copy."""
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}@pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueText:
    """One language of an issue: its front matter and its body. `blocks` is the article, levels from 2 on."""

    language: str
    newsletter: str
    status: Status
    number: int
    serial: int
    volume: int
    year: int
    date: date
    title: str
    classification: str = ""
    kicker: str = ""
    subject: str = ""
    summary: str = ""
    authors: tuple[Author, ...] = ()
    editor: str = ""
    place: str = ""
    copyright: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One numbered piece of a newsletter in its languages. Every text agrees on the numbering and the date."""

    newsletter: str
    number: int
    serial: int
    volume: int
    year: int
    date: date
    content_hash: str
    texts: tuple[IssueText, ...]
    pictures: tuple[PictureFile, ...] = field(default=())

    @property
    def name(self) -> str:
        """What people type and read: `russia-confidential/253`."""
        return f"{self.newsletter}/{self.serial}"

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has a text in, in the order of its texts."""
        return tuple(text.language for text in self.texts)

    def text(self, language: str) -> IssueText:
        """The text in one language; KeyError when there is none."""
        for text in self.texts:
            if text.language == language:
                return text
        raise KeyError(language)
