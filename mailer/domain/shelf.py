"""Issues as they were pulled: the revisions that are kept, and what became of each folder of a source."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailer.domain.issue import IssueHead
from mailer.domain.remedy import Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision(IssueHead):
    """One pulled state of an issue. `revision` counts from 1."""

    content_hash: str
    revision: int
    languages: tuple[str, ...]
    title: str
    folder: str
    pulled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelvedIssue:
    """An issue's latest revision and the state of its first mailing (`pulled` before there is one)."""

    issue: str
    revision: Revision
    state: str


class Finding(StrEnum):
    """What became of one folder of a source."""

    STORED = "stored"
    KNOWN = "known"
    DRAFT = "draft"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledFolder:
    """One folder of a source and what became of it. `issue` is empty where it could not be read.

    A refused folder with several problems has a line for each in `line`. `change` is a hash of what counts in it; empty
    where it could not be read.
    """

    folder: str
    finding: Finding
    issue: str = ""
    line: str = ""
    warnings: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedIssue:
    """An issue that is taken back: how many revisions and planned copies go, and the folder they came from."""

    issue: str
    title: str
    folder: str
    revisions: int
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFolder:
    """A folder of a source whose content is not stored: a draft, a refused one, or one that the next pull stores.

    `problems` keep it from being pulled, `notes` do not; each begins with the file's name. `languages`: those in which
    a copy can be shown already, where that was looked for.
    """

    newsletter: str
    folder: str
    finding: Finding
    issue: str = ""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    languages: tuple[str, ...] = ()
