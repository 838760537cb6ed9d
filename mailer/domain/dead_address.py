"""What counts as a dead address: which failures count, and how many of them put a hold on it."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.bounce import Scope
from mailer.domain.hold import Failure, HoldReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How many issues must fail, and the fewest days between the first failure and the last."""

    issues: int
    days: int


# The address does not exist: one server may be wrong once, so two issues. One is enough where the relay refused a copy
# and a report says the same. A mailbox that is full over a holiday, or a server that is away for a few days, comes back:
# more than four weekly issues over a month; four issues over two weeks.
THRESHOLDS: dict[HoldReason, Threshold] = {
    HoldReason.ADDRESS: Threshold(issues=2, days=0),
    HoldReason.MAILBOX: Threshold(issues=5, days=30),
    HoldReason.TRANSPORT: Threshold(issues=4, days=14),
}
# A failure of last March says nothing about this March.
LAPSES_AFTER_MONTHS = 12
# Servers report within five days (RFC 5321 §4.5.4.1): a copy without a report for a week has arrived.
QUIET = timedelta(days=7)

_GRAVEST_FIRST = (HoldReason.ADDRESS, HoldReason.MAILBOX, HoldReason.TRANSPORT)


def failures_that_count(
    failures: Iterable[Failure], *, accepted: Collection[datetime], lifted_at: datetime | None, now: datetime
) -> list[Failure]:
    """The failures of an address that still count, oldest first.

    A failure lapses after a year, or when a later copy was accepted and a week passed without a bounce, or when a person
    has since declared the address right. `accepted` are the times of accepted copies that have not come back.
    """
    by_time = sorted(failures, key=lambda failure: failure.at)
    arrived = [
        at for at in accepted if at + QUIET <= now and not any(at < failure.at <= at + QUIET for failure in by_time)
    ]
    since = max([*arrived, *([lifted_at] if lifted_at is not None else [])], default=None)
    oldest = _months_before(now, LAPSES_AFTER_MONTHS)
    return [failure for failure in by_time if oldest < failure.at and (since is None or failure.at > since)]


def why_hold(failures: Sequence[Failure]) -> HoldReason | None:
    """Why an address with these failures, all of which count, is to be held; None: not, or not yet.

    An issue counts once, for its gravest failure.
    """
    gravest: dict[str, HoldReason] = {}
    for reason in reversed(_GRAVEST_FIRST):
        gravest |= {failure.issue: reason for failure in failures if reason_of(failure) is reason}
    for reason in _GRAVEST_FIRST:
        relevant = [failure for failure in failures if gravest.get(failure.issue) is reason is reason_of(failure)]
        threshold = THRESHOLDS[reason]
        issues = {failure.issue for failure in relevant}
        if len(issues) >= threshold.issues and relevant[-1].at - relevant[0].at >= timedelta(days=threshold.days):
            return reason
        if reason is HoldReason.ADDRESS and {failure.refused for failure in relevant} == {True, False}:
            return reason
    return None


def reason_of(failure: Failure) -> HoldReason | None:
    """The hold that this failure counts towards; None: it never counts.

    Failures caused by the sender or the text never count, nor do unknown ones, nor those at another place. Whether a
    server's words mean that an address is dead (`hard`) is decided in `formats.reports.classify`.
    """
    if failure.forwarded:
        return None
    if failure.scope is Scope.ADDRESS:
        return HoldReason.ADDRESS if failure.hard else None
    return {Scope.MAILBOX: HoldReason.MAILBOX, Scope.TRANSPORT: HoldReason.TRANSPORT}.get(failure.scope)


def _months_before(now: datetime, months: int) -> datetime:
    """The same day that many months earlier, or the last day of that month."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
