"""A restored backup, or a ledger copied elsewhere: the issues of which it cannot know whether they were sent since."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# How the history names that a restored backup was resumed, about the ledger; and that no supplement of an issue was lost.
RESUMED = "resume-after-restore"
NO_SUPPLEMENT_LOST = "no supplement lost"


class Doubt(StrEnum):
    """Why an issue may have been sent although the backup does not show it."""

    UNKNOWN = "unknown"  # its folder is in the source, and the backup has no such serial
    CHANGED = "changed"  # its folder has other content than the backup, in which nothing of it has left
    WAITING = "waiting"  # the backup has it, and would still send copies


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulIssue:
    """An issue about which a person decides. `folder` is empty when it is not in the source any more.

    `state` is that of its mailing in the backup, or `pulled`; empty for an issue that the backup does not have.
    `waiting` counts the copies that the backup would send, `accepted` those that it or the relay's log shows as accepted.
    """

    issue: str
    doubt: Doubt
    title: str
    date: date
    folder: str = ""
    state: str = ""
    waiting: int = 0
    accepted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReading:
    """What the relay's log tells: copies of the backup that it accepted, and copies of ours that the backup lacks."""

    settled: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredBackup:
    """What a person must decide before a restored backup may send: each of these issues was sent, or goes as new.

    `unread` names folders that cannot be pulled as they are, and why; `moved_to` the database that it was copied to.
    """

    backup_at: datetime
    moved_to: str | None = None
    issues: tuple[DoubtfulIssue, ...]
    log: LogReading = field(default_factory=LogReading)
    unread: tuple[str, ...] = ()

    def undecided(self, decided: Collection[str]) -> list[DoubtfulIssue]:
        """The issues that are not among the decided ones."""
        return [issue for issue in self.issues if issue.issue not in decided]
