"""What happened: the entries of the history, and all that happened to one copy."""

import re
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.delivery import Attempt, Delivery
from mailer.domain.report import Report

# Who acted, where a member used a link of a copy or wrote to us.
READER = "the reader"

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """Who did what, and when."""

    at: datetime
    who: str
    verb: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """An entry with its number, which grows from entry to entry, and the thing it is about."""

    id: int
    at: datetime
    who: str
    verb: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySearch:
    """Which entries are wanted: by whom, of what kind, about what, in which time. What is empty leaves nothing out.

    `subject` is found anywhere in the name of the thing; `since` counts, `before` does not.
    """

    who: str = ""
    verb: str = ""
    subject: str = ""
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Some entries, the newest first; `older` is the number to go on from, None at the end."""

    rows: tuple[HistoryRow, ...]
    older: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryHistory:
    """One copy with its attempts, the reports about it, and what people and policies decided; each the oldest first."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]
    reports: tuple[Report, ...]
    decisions: tuple[HistoryEntry, ...]


def without_addresses(text: str) -> str:
    """The text as the history keeps it, for good: a server's words may quote a reader's address."""
    return _ADDRESS.sub("(an address)", text)
