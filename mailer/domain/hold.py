"""When an address is held, so that nothing is written there for now: which failures count, and how many are enough."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from mailer.domain.bounce import SCOPES, FailureReason, Scope


class HoldReason(StrEnum):
    """Why nothing is written to an address."""

    ADDRESS = "address"  # it does not exist
    MAILBOX = "mailbox"  # it is full or switched off, for long
    TRANSPORT = "transport"  # nothing gets there, for long
    COMPLAINT = "complaint"  # a copy was called spam there


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How many issues must fail, and over how many days at least, until an address is held; and what counts no more."""

    address_issues: int = 2
    mailbox_issues: int = 5
    mailbox_days: int = 30
    transport_issues: int = 4
    transport_days: int = 14
    lapse_months: int = 12
    quiet_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One copy that did not arrive. `refused`: during SMTP, else a report said so later. `hard`: the address is dead.

    `forwarded`: it failed at another place, to which the address forwards its mail. `said` are the server's own words.
    """

    issue: str
    reason: FailureReason
    hard: bool
    refused: bool
    forwarded: bool
    at: datetime
    said: str = ""

    @property
    def scope(self) -> Scope:
        """Whose trouble it is."""
        return SCOPES[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An address (normal form) to which nothing is written; `evidence` are the failures that decided.

    One without a reason never was a hold: a person said of an address where copies had failed that it is right.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPause:
    """A person who wants no copies of issues of that date and later, and the copy that was answered."""

    person: str
    first: date
    since: datetime
    delivery: int | None


def counting(
    failures: Iterable[Failure],
    *,
    accepted: Collection[datetime],
    lifted_at: datetime | None,
    now: datetime,
    thresholds: Thresholds,
) -> list[Failure]:
    """The failures of an address that still count, oldest first.

    One lapses after `lapse_months`, or when a copy was accepted after it and nothing failed for `quiet_days` since; and
    with a hold that a person has lifted all that was before. `accepted` are the instants of copies that have not
    come back.
    """
    known = sorted(failures, key=lambda one: one.at)
    quiet = timedelta(days=thresholds.quiet_days)
    arrived = [at for at in accepted if at + quiet <= now and not any(at < one.at <= at + quiet for one in known)]
    since = max([*arrived, *([lifted_at] if lifted_at is not None else [])], default=None)
    return [
        one
        for one in known
        if _months_before(now, thresholds.lapse_months) < one.at and (since is None or one.at > since)
    ]


def why_hold(failures: Sequence[Failure], thresholds: Thresholds) -> HoldReason | None:
    """Why an address with these failures, all of which count, is to be held; None: it is not yet, or never will be.

    An issue counts once. Failures for the sender's or the text's sake never count, nor do unknown ones, nor those at
    another place.
    """
    grave: dict[str, HoldReason] = {}
    for reason in reversed(_GRAVEST_FIRST):
        grave |= {one.issue: reason for one in failures if reason_of(one) is reason}
    apart = {
        HoldReason.ADDRESS: (thresholds.address_issues, 0),
        HoldReason.MAILBOX: (thresholds.mailbox_issues, thresholds.mailbox_days),
        HoldReason.TRANSPORT: (thresholds.transport_issues, thresholds.transport_days),
    }
    for reason in _GRAVEST_FIRST:
        such = [one for one in failures if grave.get(one.issue) is reason is reason_of(one)]
        issues, days = apart[reason]
        if len({one.issue for one in such}) >= issues and such[-1].at - such[0].at >= timedelta(days=days):
            return reason
        if reason is HoldReason.ADDRESS and {one.refused for one in such} == {True, False}:
            return reason  # the relay has refused what a report says, too
    return None


_GRAVEST_FIRST = (HoldReason.ADDRESS, HoldReason.MAILBOX, HoldReason.TRANSPORT)


def reason_of(failure: Failure) -> HoldReason | None:
    """What this failure, with enough others, would hold its address for; None: it never counts."""
    if failure.forwarded:
        return None
    if failure.scope is Scope.ADDRESS:
        return HoldReason.ADDRESS if failure.hard else None
    return {Scope.MAILBOX: HoldReason.MAILBOX, Scope.TRANSPORT: HoldReason.TRANSPORT}.get(failure.scope)


def _months_before(now: datetime, months: int) -> datetime:
    """The same day so many months before, or the last of that month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
