"""Writes moments, days and numbers on pages as readers of the page's language expect them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mailer.formats.dates_and_money import amount, long_date


def stamp(instant: datetime | None, language: str, timezone: str = "", *, seconds: bool = False) -> str:
    """`July 12, 2018, 14:02 MSK`: in this time zone, else in this machine's; empty for none."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(timezone) if timezone else None)
    time = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    return f"{long_date(local.date(), language)}, {time} {local.tzname()}"


def day(value: date | None, language: str) -> str:
    """`July 12, 2018`, `12 июля 2018 г.`; empty for none."""
    return long_date(value, language) if value is not None else ""


def number(value: int) -> str:
    """`1 024`, with a no-break space between thousands in every language."""
    return amount(Decimal(value), "en")
