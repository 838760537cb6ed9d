"""An issue of a newsletter: its numbering, its people, its texts and its pictures."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailer.domain.defect import Defect
from mailer.domain.issue_tree import Block
from mailer.domain.ports import RawFile


class Status(StrEnum):
    """How far the editors are; only finished texts are pulled."""

    DRAFT = "draft"
    FINISHED = "finished"


SUBJECT_MOST = 100  # characters of a subject; mail programs show no more, and mail filters count longer ones
SUMMARY_SHOWN = 140  # characters of it, at most, that mail programs show beside the subject

SUBJECT_MOST = 100  # characters of a subject; mail programs cut longer ones off, and mail filters count them


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """An author's name, and a line about the author for readers."""

    name: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture's bytes; `subtype` is `png`, `jpeg` or `gif`, as its content shows.

    `notes` say what a reader of the issue could see changed in it.
    """

    name: str
    subtype: str
    content: bytes
    notes: tuple[str, ...] = ()

    @property
    def sent_name(self) -> str:
        """The name with an ending that tells the type, since some mail programs go by it."""
        ending = self.name.rpartition(".")[2].lower()
        fits = ending.replace("jpg", "jpeg") == self.subtype
        return self.name if fits else f"{self.name}.{self.subtype}"

    @property
    def content_id(self) -> str:
        """The name after `cid:` in HTML (RFC 2392): made from the content, so it is the same in every copy."""
        return f"{hashlib.sha256(self.content).hexdigest()[:32]}@pictures"


def content_hash(files: Iterable[RawFile]) -> str:
    """SHA-256 (64 hexadecimal digits) of names and contents; the order of the files does not matter."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        name = file.name.encode()
        # The lengths keep two different sets of files from giving the same bytes.
        digest.update(b"%d:%s%d:" % (len(name), name, len(file.content)))
        digest.update(file.content)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueHead:
    """Which issue this is: the numbering and date that every text and revision of an issue share.

    `number` counts within the volume, `serial` over the newsletter's whole life.
    """

    newsletter: str
    number: int
    serial: int
    volume: int
    year: int
    date: date

    @property
    def name(self) -> str:
        """What people type and read: `russia-confidential/253`."""
        return f"{self.newsletter}/{self.serial}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueText(IssueHead):
    """An issue in one language: its front matter, and its article as blocks with headings from level 2.

    `doubts` are lines of its file that an editor should look at.
    """

    language: str
    status: Status
    title: str
    title_line: int = 1  # in its file
    classification: str = ""
    kicker: str = ""
    subject: str = ""
    summary: str = ""
    authors: tuple[Author, ...] = ()
    editor: str = ""
    place: str = ""
    copyright: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    doubts: tuple[Defect, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The doubts as sentences that begin with the file's name."""
        return tuple(f"{self.language}.md: {doubt}" for doubt in self.doubts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(IssueHead):
    """One numbered piece of a newsletter in all its languages; every text has the same head."""

    content_hash: str
    texts: tuple[IssueText, ...]
    pictures: tuple[PictureFile, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What its editors should look at, a sentence each that begins with the file's name."""
        of_texts = (note for text in self.texts for note in text.notes)
        return (*of_texts, *(note for picture in self.pictures for note in picture.notes))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its texts, in their order."""
        return tuple(text.language for text in self.texts)

    def text(self, language: str) -> IssueText:
        """The text in one language; KeyError when there is none."""
        for text in self.texts:
            if text.language == language:
                return text
        raise KeyError(language)
