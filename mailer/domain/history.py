"""What happened: the entries of the history, and all that happened to one copy."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.delivery import Attempt, Delivery
from mailer.domain.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """Who did what, and when."""

    at: datetime
    who: str
    verb: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryHistory:
    """One copy with its attempts, the reports about it, and what people and policies decided; each the oldest first."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]
    reports: tuple[Report, ...]
    decisions: tuple[HistoryEntry, ...]
