"""An address to which nothing is sent for now, its failures, and a reader's own pause; thresholds: `dead_address`."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mailer.domain.bounce import SCOPES, FailureReason, Scope
from mailer.domain.membership import Pause


class HoldReason(StrEnum):
    """Why nothing is sent to an address."""

    ADDRESS = "address"  # it does not exist
    MAILBOX = "mailbox"  # it has been full or disabled for a long time
    TRANSPORT = "transport"  # it has not been reached for a long time
    COMPLAINT = "complaint"  # a copy was called spam there
    BY_HAND = "by_hand"  # a person said so


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One copy that did not arrive. `refused`: during SMTP, else a report said so later. `hard`: the address is dead.

    `forwarded`: it failed at another place, to which the address forwards its mail. `words` are the server's own.
    Failures with the same `reply` (code and status) are alike, and those with the same `wording`: the words without what
    differs from copy to copy. Either is empty where the server gave none.
    """

    issue: str
    reason: FailureReason
    hard: bool
    refused: bool
    forwarded: bool
    at: datetime
    words: str = ""
    reply: str = ""
    wording: str = ""

    @property
    def scope(self) -> Scope:
        """On whose side it is."""
        return SCOPES[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An address (normal form) to which nothing is sent; `evidence` are the failures that decided.

    `why` are the words of the person who set it by hand.

    Without a reason it never was a hold: a person declared the address right although copies had failed there.
    """

    id: int
    address: str
    reason: HoldReason | None
    evidence: tuple[Failure, ...]
    delivery: int | None
    since: datetime
    set_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPause:
    """A person who wants no copies of issues dated `first` or later, until `last`; None: without an end.

    `newsletter` is the one they do not want; empty: none of them. `delivery` is the copy that they answered, None where
    the secretary paused them.
    """

    person: str
    first: date
    last: date | None = None
    since: datetime
    delivery: int | None
    newsletter: str = ""

    @property
    def has_unsubscribed(self) -> bool:
        """Whether the person wants no more, and did not only ask for a time without copies."""
        return self.delivery is not None and self.last is None

    @property
    def days(self) -> Pause:
        """The dates without copies."""
        return Pause(first=self.first, last=self.last)
