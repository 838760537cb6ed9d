"""Periods, kinds, and what each kind pays."""

from datetime import date
from decimal import Decimal

import pytest

from mailer.domain.membership import FeeSchedule, MembershipKind, Period
from tests.builders import a_season, a_year


@pytest.mark.parametrize(
    ("day", "covered"),
    [
        (date(2017, 12, 31), False),
        (date(2018, 1, 1), True),
        (date(2018, 12, 31), True),
        (date(2019, 1, 1), False),
    ],
)
def test_a_period_covers_both_its_ends(day, covered):
    assert a_year(2018).covers(day) is covered


def test_periods_are_in_the_order_of_their_days():
    assert sorted([a_year(2018, years=2), a_year(2019), a_year(2018)]) == [
        a_year(2018),
        a_year(2018, years=2),
        a_year(2019),
    ]


def test_a_corporate_membership_has_two_seats_an_individual_one_and_the_free_ones_no_end():
    assert [(kind.value, kind.seats, kind.pays) for kind in MembershipKind] == [
        ("individual", 1, True),
        ("corporate", 2, True),
        ("honorary", None, False),
        ("complimentary", None, False),
    ]


def test_what_each_kind_pays():
    fees = FeeSchedule(seasons=(a_season(2018), a_season(2019)))
    assert fees.season(2019) == a_season(2019)
    assert fees.season(2020) is None
    [one, two] = a_season(2018).options
    assert [one.fee(kind) for kind in MembershipKind] == [Decimal(fee) for fee in (50000, 80000, 50000, 50000)]
    assert fees.fees(MembershipKind.CORPORATE, two.period) == ((Decimal(140000), "RUB"),)
    assert fees.fees(MembershipKind.INDIVIDUAL, Period(first=date(2018, 1, 2), last=date(2018, 12, 31))) == ()
