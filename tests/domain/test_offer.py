"""The periods that an insert offers are those still to be paid, for any fee schedule and any payments."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.membership import FeeOption, FeeSchedule, MembershipKind, Period, Season
from mailer.domain.offer import every_offer, fees_on_offer, offer

ONE = timedelta(days=1)
DAY = date(2026, 10, 15)


def years(first: int, last: int | None = None) -> Period:
    return Period(first=date(first, 1, 1), last=date(last or first, 12, 31))


def months(year: int, first: int, number: int) -> Period:
    after = first + number
    end = date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)
    return Period(first=date(year, first, 1), last=end - ONE)


DEMO = (years(2026), years(2026, 2027), years(2027), years(2027, 2028))
HALVES = tuple(months(year, month, 6) for year in (2026, 2027) for month in (1, 7))


# --- the cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("periods", "until", "paid", "expected"),
    [
        # To the end of the year: what begins after it.
        (DEMO, date(2026, 12, 31), [years(2026)], (years(2027), years(2027, 2028))),
        # To the middle of a year: what begins after it, else what ends after it.
        (DEMO, date(2026, 11, 30), [], (years(2027), years(2027, 2028))),
        (DEMO, date(2027, 6, 30), [], (years(2026, 2027), years(2027), years(2027, 2028))),
        # Only the season of the paid year is known: never that year alone.
        (DEMO[:2], date(2026, 12, 31), [years(2026)], (years(2026, 2027),)),
        (DEMO[:1], date(2026, 12, 31), [years(2026)], ()),
        # In the days of grace: all that begins after the paid time.
        (DEMO, date(2025, 12, 31), [years(2025)], DEMO),
        # Free without an end: all that is not over.
        (DEMO, None, [], DEMO),
        (HALVES, None, [], HALVES[1:]),
        (HALVES, date(2026, 12, 31), [HALVES[1]], HALVES[2:]),
        (HALVES, date(2027, 6, 30), [], HALVES[3:]),
        # After a gap, what is paid already is not offered, by itself or by the periods that it consists of.
        (DEMO, date(2026, 12, 31), [years(2026), years(2028)], (years(2027), years(2027, 2028))),
        (HALVES, date(2026, 12, 31), [HALVES[1], HALVES[3]], (HALVES[2],)),
        ((*DEMO, years(2029)), date(2026, 12, 31), [months(2029, 1, 6), months(2029, 7, 6)], DEMO[2:]),
        ((years(2026), years(2028)), date(2026, 6, 30), [years(2028)], (years(2026),)),
        ((years(2028),), date(2026, 12, 31), [years(2028)], ()),
        ((), date(2026, 12, 31), [], ()),
    ],
)
def test_what_is_offered(periods, until, paid, expected):
    assert offer(periods, day=DAY, until=until, paid=paid) == expected


# --- the fees ---------------------------------------------------------------------------------------------------------


def season(year: int, *options: tuple[Period, int, int], currency: str = "RUB") -> Season:
    return Season(
        year=year,
        currency=currency,
        options=tuple(
            FeeOption(period=period, years=1, individual=Decimal(individual), corporate=Decimal(corporate))
            for period, individual, corporate in options
        ),
    )


def test_a_period_of_two_seasons_costs_what_the_season_nearest_to_the_issue_says():
    early, late = season(2026, (years(2027), 90, 140)), season(2027, (years(2027), 100, 160), currency="EUR")
    for seasons in ((early, late), (late, early)):
        (fee,) = fees_on_offer(FeeSchedule(seasons=seasons), MembershipKind.INDIVIDUAL, 2026)
        assert (fee.fee, fee.currency, fee.season) == (90, "RUB", 2026)
        (fee,) = fees_on_offer(FeeSchedule(seasons=seasons), MembershipKind.CORPORATE, 2027)
        assert (fee.fee, fee.currency, fee.season) == (160, "EUR", 2027)
        assert fees_on_offer(FeeSchedule(seasons=seasons), MembershipKind.CORPORATE, 2028) == ()


def test_a_period_without_a_fee_for_a_kind_is_not_offered_to_it():
    fees = FeeSchedule(seasons=(season(2026, (years(2026), 50, 0), (years(2027), 0, 80)),))
    assert [each.period for each in fees_on_offer(fees, MembershipKind.INDIVIDUAL, 2026)] == [years(2026)]
    assert [each.period for each in fees_on_offer(fees, MembershipKind.CORPORATE, 2026)] == [years(2027)]


# --- for any schedule and any payments --------------------------------------------------------------------------------

days = st.dates(date(2025, 6, 1), date(2029, 12, 31))
any_period = st.one_of(
    st.builds(lambda year, more: years(year, year + more), st.integers(2026, 2029), st.integers(0, 2)),
    st.builds(months, st.integers(2026, 2028), st.integers(1, 12), st.sampled_from([1, 3, 6, 12])),
    st.builds(lambda first, length: Period(first=first, last=first + length * ONE), days, st.integers(0, 400)),
)
schedules = st.lists(any_period, max_size=8, unique=True)


def days_of(*periods: Period) -> set[date]:
    return {
        period.first + number * ONE for period in periods for number in range((period.last - period.first).days + 1)
    }


@settings(max_examples=60)
@given(schedules, st.lists(any_period, max_size=4), days)
def test_each_period_is_offered_by_the_days_that_are_paid(periods, paid, until):
    covered = days_of(*paid)
    unpaid = [period for period in periods if days_of(period) - covered]
    begin = [period for period in unpaid if min(days_of(period)) > until]
    end = [period for period in unpaid if max(days_of(period)) > until]
    assert list(offer(periods, day=DAY, until=until, paid=paid)) == (begin or end)


@settings(max_examples=60)
@given(schedules, days, st.integers(0, 500))
def test_every_offer_is_found_without_asking_for_each_day(periods, first, length):
    last = first + length * ONE
    one_by_one = {offer(periods, day=DAY, until=first + number * ONE) for number in range(length + 1)}
    assert every_offer(periods, day=DAY, first=first, last=last) == one_by_one
    assert len(one_by_one) <= 2 * len(periods) + 1
