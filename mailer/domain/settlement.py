"""Uncertain copies that a person settles together, with what the relay's logs say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailer.domain.delivery import Delivery


class SettleAs(StrEnum):
    """What becomes of an uncertain copy."""

    ACCEPTED = "accepted"  # it arrived
    RESEND = "resend"  # it goes out once more


# A relay's clock and time zone may differ a little from ours, and its log ends with its last message.
TOLERANCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSpan:
    """From when to when one log reaches; None where its lines have no time."""

    file: str
    first: datetime | None
    last: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether a message of that time would stand in it."""
        if self.first is None or self.last is None:
            return True
        return self.first - TOLERANCE <= at <= self.last + TOLERANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayLogs:
    """What logs of the relay show: the Message-IDs of accepted messages, without angle brackets, and when each begins and ends."""

    accepted: frozenset[str]
    spans: tuple[LogSpan, ...]

    def cover(self, at: datetime | None) -> bool:
        """Whether a message of that time would stand in one of them."""
        return at is None or any(span.covers(at) for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of uncertain copies: those that count as accepted, go out once more, or stay as they are.

    `in_log` of the accepted stand in the relay's logs. Of the `answered` copies that the relay has said to accept at that
    time, the logs lack `unseen`: they may not be whole, so the others may have arrived. `paused` are the issues whose copies wait for a person to resume.
    """

    accepted: Sequence[Delivery]
    resend: Sequence[Delivery]
    left: Sequence[Delivery]
    in_log: int
    paused: Sequence[str]
    answered: int = 0
    unseen: int = 0
