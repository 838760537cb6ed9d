"""Dates, numbers and money in both languages."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.domain.membership import Period
from mailer.formats import dates_and_money
from mailer.formats.typography import typeset

ISSUE_DAY = date(2018, 7, 12)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "July\u00a012, 2018"), ("en-GB", "12\u00a0July 2018"), ("ru", "12\u00a0июля 2018\u00a0г.")],
)
def test_a_date(language, shown):
    assert dates_and_money.long_date(ISSUE_DAY, language) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "July 2018"), ("ru", "июль 2018")])
def test_a_month(language, shown):
    assert dates_and_money.month(ISSUE_DAY, language) == shown


@pytest.mark.parametrize(
    ("value", "language", "shown"),
    [
        ("1", "en", "1 rouble"),
        ("50000", "en", "50\u00a0000 roubles"),
        ("1000000.00", "en", "1\u00a0000\u00a0000 roubles"),
        ("50000.5", "en", "50\u00a0000.50 roubles"),
        ("1", "ru", "1 рубль"),
        ("2", "ru", "2 рубля"),
        ("5", "ru", "5 рублей"),
        ("11", "ru", "11 рублей"),
        ("80021", "ru", "80\u00a0021 рубль"),
        ("50000", "ru", "50\u00a0000 рублей"),
        ("50000.50", "ru", "50\u00a0000,50 рубля"),
        ("5E+4", "ru", "50\u00a0000 рублей"),
    ],
)
def test_roubles(value, language, shown):
    assert dates_and_money.money(Decimal(value), "RUB", language) == shown


@pytest.mark.parametrize(
    ("currency", "language", "shown"),
    [
        ("EUR", "en", "900 euros"),
        ("EUR", "ru", "900 евро"),
        ("RUB", "de", "900 Russische Rubel"),
        ("XQX", "ru", "900 XQX"),
    ],
)
def test_other_currencies(currency, language, shown):
    assert dates_and_money.money(Decimal(900), currency, language) == shown


@pytest.mark.parametrize(
    ("first", "last", "language", "shown"),
    [
        (date(2018, 1, 1), date(2018, 12, 31), "en", "2018"),
        (date(2018, 1, 1), date(2019, 12, 31), "en", "2018–2019"),
        (date(2018, 1, 1), date(2018, 12, 31), "ru", "2018"),
        (date(2018, 1, 1), date(2019, 12, 31), "ru", "2018–2019"),
        (date(2018, 1, 1), date(2018, 6, 30), "en", "January\u00a01\u00a0– June\u00a030, 2018"),
        (date(2018, 7, 1), date(2019, 6, 30), "en", "July\u00a01, 2018\u00a0– June\u00a030, 2019"),
        (date(2018, 1, 1), date(2018, 6, 30), "en-GB", "1\u00a0January\u00a0– 30\u00a0June 2018"),
        (date(2018, 1, 1), date(2018, 6, 30), "ru", "1\u00a0января\u00a0– 30\u00a0июня 2018\u00a0г."),
        (date(2018, 7, 1), date(2019, 6, 30), "ru", "1\u00a0июля 2018\u00a0г.\u00a0– 30\u00a0июня 2019\u00a0г."),
    ],
)
def test_a_period(first, last, language, shown):
    assert dates_and_money.period(Period(first=first, last=last), language) == shown


@pytest.mark.parametrize(
    ("first", "last", "english", "russian"),
    [
        (date(2018, 1, 1), date(2018, 12, 31), "1\u00a0year", "1\u00a0год"),
        (date(2018, 9, 1), date(2020, 8, 31), "2\u00a0years", "2\u00a0года"),
        (date(2018, 1, 1), date(2018, 6, 30), "6\u00a0months", "6\u00a0месяцев"),
        (date(2018, 12, 1), date(2018, 12, 31), "1\u00a0month", "1\u00a0месяц"),
        (date(2018, 1, 15), date(2018, 12, 31), "1\u00a0year", "1\u00a0год"),  # as the fee schedule counts it
    ],
)
def test_the_length_of_a_period(first, last, english, russian):
    period = Period(first=first, last=last)
    assert dates_and_money.length(period, 2 if last.year == 2020 else 1, "en") == english
    assert dates_and_money.length(period, 2 if last.year == 2020 else 1, "ru") == russian


@pytest.mark.parametrize(
    ("currency", "language", "shown"),
    [("RUB", "en", "roubles"), ("RUB", "ru", "рублей"), ("EUR", "en", "euros"), ("USD", "ru", "долларов США")],
)
def test_a_unit(currency, language, shown):
    assert dates_and_money.unit(currency, language) == shown


def test_the_way_a_language_is_written():
    assert [dates_and_money.direction(language) for language in ("en", "ru", "ar")] == ["ltr", "ltr", "rtl"]


@pytest.mark.parametrize("language", ["xx", "no such thing", ""])
def test_an_unknown_language_is_named(language):
    with pytest.raises(BadInput, match="is unknown"):
        dates_and_money.long_date(ISSUE_DAY, language)


@pytest.mark.parametrize("language", ["en", "ru"])
@given(day=st.dates(), last=st.dates())
def test_what_is_written_is_in_the_typography_of_the_language(language, day, last):
    written = [f(day, language) for f in (dates_and_money.long_date, dates_and_money.full_date, dates_and_money.month)]
    if day <= last:
        written.append(dates_and_money.period(Period(first=day, last=last), language))
    for text in written:
        assert typeset(text, language) == text
