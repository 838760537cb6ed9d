"""What the renewal insert offers: the periods of the fee schedule that are still to be paid, with their fees."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from mailer.domain.membership import FeeSchedule, MembershipKind, Period

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFee:
    """A period that a kind of membership can pay for, with its fee and the season that has it."""

    period: Period
    years: int
    fee: Decimal
    currency: str
    season: int


def fees_on_offer(fees: FeeSchedule, kind: MembershipKind, year: int) -> tuple[OfferedFee, ...]:
    """What this kind can pay for by the season of this year and later ones, in the order of the dates.

    A period that stands in several seasons has the fee of the earliest of them, which is the season nearest to the issue.
    """
    offered: dict[Period, OfferedFee] = {}
    for season in sorted(fees.seasons, key=lambda season: season.year):
        for option in season.options if season.year >= year else ():
            if option.fee(kind) > 0 and option.period not in offered:
                offered[option.period] = OfferedFee(
                    period=option.period,
                    years=option.years,
                    fee=option.fee(kind),
                    currency=season.currency,
                    season=season.year,
                )
    return tuple(offered[period] for period in sorted(offered))


def offer(
    periods: Iterable[Period], *, day: date, until: date | None, paid: Collection[Period] = ()
) -> tuple[Period, ...]:
    """Which of these periods are still to be paid by a person who has paid until a day, and for the `paid` periods.

    Those that begin after `until`, where there are any; else those that end after it. Without an end, those that are not
    over on the issue's `day`. A period whose days are all paid is not offered.
    """
    unpaid = [period for period in periods if not _is_wholly_paid(period, paid)]
    if until is None:
        return tuple(period for period in unpaid if period.last >= day)
    later = [period for period in unpaid if period.first > until]
    return tuple(later or (period for period in unpaid if period.last > until))


def every_offer(periods: Collection[Period], *, day: date, first: date, last: date) -> set[tuple[Period, ...]]:
    """Every offer to people who have paid until some day from `first` to `last`, and for nothing after a gap."""
    # What is offered changes only where a period begins or ends.
    turns = {first, *(period.first for period in periods), *(period.last for period in periods)}
    return {offer(periods, day=day, until=until) for until in turns if first <= until <= last}


def _is_wholly_paid(period: Period, paid: Iterable[Period]) -> bool:
    """Whether each day of the period is in one of those paid."""
    unpaid_from = period.first
    for each in sorted(paid):
        if each.first <= unpaid_from <= each.last:
            if each.last >= period.last:
                return True
            unpaid_from = each.last + _DAY
    return False
