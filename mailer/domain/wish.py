"""What a member asks for by a link in a copy: a pause, another language, another address; and until when it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class WishKind(StrEnum):
    """What a member asks for."""

    PAUSE = "pause"  # of one newsletter, until a date or without an end
    LANGUAGE = "language"
    ADDRESS = "address"
    FORWARDED = "forwarded"  # nothing: the copy came to another person, who says so


# A letter that says what was done can wait for two weeks, in a holiday or behind a scanner that pressed a button.
UNDO_FOR = timedelta(days=14)
CONFIRM_FOR = timedelta(days=7)
# A copy in the browser is for the reader whose mail program shows it badly, not an archive.
READ_FOR = timedelta(days=90)
LONGEST_PAUSE = timedelta(days=3 * 366)
# No member changes their mind more often; what comes after is a program, whose letters would be a nuisance.
MOST_A_DAY = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One wish. `delivery` is the copy whose link was used; None once its plan was replaced.

    `before` and `after` are what was changed, as plain values: the days of a pause, languages or addresses by membership.
    A change is in force since `done_at`; None: a new address is not confirmed, or the secretary has to do it.
    """

    id: int
    person: str
    newsletter: str
    delivery: int | None
    language: str
    kind: WishKind
    at: datetime
    before: Mapping[str, object]
    after: Mapping[str, object]
    done_at: datetime | None
    undone_at: datetime | None

    def may_be_confirmed(self, now: datetime) -> bool:
        """Whether the owner of a new address can still confirm it; a second time changes nothing."""
        return self.kind is WishKind.ADDRESS and self.undone_at is None and now <= self.at + CONFIRM_FOR

    def may_be_undone(self, now: datetime) -> bool:
        """Whether the member can still undo it; a second time changes nothing."""
        return self.done_at is not None and now <= self.done_at + UNDO_FOR


def is_readable(sent_at: datetime | None, now: datetime) -> bool:
    """Whether a copy that was sent then can still be read in the browser."""
    return sent_at is not None and sent_at <= now <= sent_at + READ_FOR
