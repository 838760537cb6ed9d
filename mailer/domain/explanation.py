"""Why a person receives an issue, or does not, and what became of their copies."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from mailer.domain.circulation import Decision, Judged
from mailer.domain.delivery import Delivery
from mailer.domain.departure import Departure
from mailer.domain.entitlement import PaidPeriod, paid_periods
from mailer.domain.hold import Failure
from mailer.domain.mailing import MailingState
from mailer.domain.membership import FeeSchedule, MembershipKind, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFate:
    """What became of one copy. `replaced`: a later copy stands in its place. `failure` is the last one.

    `owed`: it failed, and may go to the same address once more. `tried_at` is the end of its last attempt, `departure` when its mailing leaves by itself.
    """

    copy: Delivery
    mailing: MailingState
    supplement: int
    replaced: bool
    accepted_at: datetime | None
    tried_at: datetime | None
    failure: Failure | None
    departure: Departure | None
    owed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What was paid for a period, and what of its fee is missing; without a `fee` the schedule does not have the period."""

    period: Period
    sums: tuple[tuple[str, Decimal], ...]
    fee: Decimal | None
    currency: str

    @property
    def paid(self) -> Decimal:
        """What was paid in the fee's currency."""
        return dict(self.sums).get(self.currency, Decimal(0))

    @property
    def missing(self) -> Decimal | None:
        """What of the fee is missing; None where no fee is known."""
        return self.fee - self.paid if self.fee is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """The decision for a date by the register as it is `now`, and the payments that it rests on.

    `periods` are the paid periods of the membership that decided, `shortfalls` those of them that are not fully paid.
    """

    date: date
    now: Judged
    periods: tuple[PaidPeriod, ...]
    shortfalls: tuple[Shortfall, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Grounds):
    """The decision for an issue, the `frozen` one once the issue is planned, and the person's copies."""

    person: str
    name: str
    issue: str
    timezone: str
    frozen: Decision | None
    fates: tuple[CopyFate, ...]

    @property
    def copies(self) -> tuple[Delivery, ...]:
        """The person's copies."""
        return tuple(fate.copy for fate in self.fates)


def grounds_of(judged: Judged, day: date, fees: FeeSchedule) -> Grounds:
    """What a decision rests on."""
    kind = judged.candidate.membership.kind
    periods = paid_periods(judged.candidate.payments, kind, fees) if kind.pays else ()
    return Grounds(date=day, now=judged, periods=periods, shortfalls=find_shortfalls(periods, kind, fees, day))


def find_shortfalls(
    periods: Iterable[PaidPeriod], kind: MembershipKind, fees: FeeSchedule, day: date
) -> tuple[Shortfall, ...]:
    """For each period that covers the day and is paid in part: what is missing, by the fee that lacks least."""
    return tuple(
        _shortfall(paid, fees.fees(kind, paid.period))
        for paid in periods
        if paid.period.covers(day) and paid.positive and not paid.full
    )


def _shortfall(paid: PaidPeriod, fees: Iterable[tuple[Decimal, str]]) -> Shortfall:
    open_fees = [Shortfall(period=paid.period, sums=paid.sums, fee=fee, currency=currency) for fee, currency in fees]
    unknown = Shortfall(period=paid.period, sums=paid.sums, fee=None, currency="")
    # A fee in a currency in which something was paid comes first: that is the one meant.
    return min(open_fees, key=lambda each: (not each.paid, each.missing or Decimal(0)), default=unknown)
