"""Writes dates, numbers and money as readers of each language expect them.

A language is a code such as `en`, with a country where that decides the form of dates: `en-GB`.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from mailer.domain.errors import BadInput
from mailer.domain.membership import Period

# Babel takes time to load, and most commands write no dates in words: each function imports what it needs.
if TYPE_CHECKING:
    from babel import Locale

_NO_BREAK = "\u00a0"
_NARROW_NO_BREAK = "\u202f"  # CLDR puts it before the Russian г.; many mail fonts lack it

# After the day, or its point, and before it; a line may end before the year.
_BETWEEN_DAY_AND_MONTH = re.compile(
    r"(?<=\b\d) (?=[^\W\d])|(?<=\b\d\d) (?=[^\W\d])|(?<=\b\d\.) |(?<=\b\d\d\.) |(?<=[^\W\d]) (?=\d\d?\b)"
)

# CLDR says "российских рублей", which is stilted in a letter. Keys are CLDR plural categories.
_ROUBLES = {
    "en": {"one": "rouble", "other": "roubles"},
    "ru": {"one": "рубль", "few": "рубля", "many": "рублей", "other": "рубля"},
}


@cache
def _locale(language: str) -> "Locale":
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        raise BadInput(f"the language {language!r} is unknown: use a code such as en or ru") from None


def direction(language: str) -> str:
    """`ltr` or `rtl`: the direction of the language."""
    return "rtl" if _locale(language).character_order == "right-to-left" else "ltr"


def long_date(day: date, language: str) -> str:
    """`July 12, 2018`, in `en-GB` `12 July 2018`, `12 июля 2018 г.`; no-break spaces stand between day and month, and before г."""
    return _formatted(day, "long", language)


def full_date(day: date, language: str) -> str:
    """`Thursday, July 12, 2018`, `четверг, 12 июля 2018 г.`."""
    return _formatted(day, "full", language)


def month(day: date, language: str) -> str:
    """`July 2018`, `июль 2018`: the month standing alone (CLDR pattern LLLL)."""
    return _formatted(day, "LLLL yyyy", language)


def amount(value: Decimal, language: str) -> str:
    """`50 000`, with U+00A0 between thousands in every language; hundredths only if there are any."""
    if value == value.to_integral_value():
        return f"{int(value):,}".replace(",", _NO_BREAK)
    from babel.numbers import get_decimal_symbol

    whole, _, hundredths = f"{value:,.2f}".partition(".")
    return whole.replace(",", _NO_BREAK) + get_decimal_symbol(_locale(language)) + hundredths


def money(value: Decimal, currency: str, language: str) -> str:
    """`50 000 roubles`, `50 000 рублей`; other currencies have CLDR's words, an unknown one its code."""
    return f"{amount(value, language)} {_currency_name(value, currency, language)}"


def unit(currency: str, language: str) -> str:
    """`roubles`, `рублей`: what a column of amounts is in."""
    return _currency_name(Decimal(100), currency, language)


def _currency_name(value: Decimal, currency: str, language: str) -> str:
    from babel.numbers import get_currency_name

    if currency == "RUB" and language in _ROUBLES:
        return _ROUBLES[language][_locale(language).plural_form(value)]
    return get_currency_name(currency, count=value, locale=_locale(language))


def length(dates: Period, count: int, language: str) -> str:
    """`1 year`, `2 года`, `6 months`: so many whole years or months; of other dates, `count` years."""
    from babel.units import format_unit

    after = dates.last + timedelta(days=1)
    months = 12 * (after.year - dates.first.year) + after.month - dates.first.month
    if after.day != dates.first.day:
        months = 12 * count
    number, measure = (months, "duration-month") if months % 12 else (months // 12, "duration-year")
    return format_unit(number, measure, locale=_locale(language)).replace(" ", _NO_BREAK)


def period(dates: Period, language: str) -> str:
    """`2018`, `2018–2019`; of other dates `January 1 – June 30, 2018`, `1 июля 2018 г. – 30 июня 2019 г.`."""
    if dates.is_whole_years:
        return "–".join(dict.fromkeys([str(dates.first.year), str(dates.last.year)]))
    first = long_date(dates.first, language)
    if dates.first.year == dates.last.year:
        first = _formatted(dates.first, _day_and_month(language), language)
    return f"{first}{_NO_BREAK}– {long_date(dates.last, language)}"


def _day_and_month(language: str) -> str:
    """The pattern of a date without its year: `MMMM d` if the long date begins with the month, else `d MMMM`."""
    pattern = str(_locale(language).date_formats["long"])
    return "MMMM d" if pattern.find("M") < pattern.find("d") else "d MMMM"


def _formatted(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    written = format_date(day, pattern, locale=_locale(language)).replace(_NARROW_NO_BREAK, _NO_BREAK)
    return _BETWEEN_DAY_AND_MONTH.sub(_NO_BREAK, written)
