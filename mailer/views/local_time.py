"""Shows an instant to people, always with its time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_MONTHS_RU = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)


def local_time(instant: datetime | None) -> str:
    """An instant in the local time of this machine, to the second; empty for none."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if instant else ""


def local_minute(instant: datetime) -> str:
    """The same to the minute."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def zoned_time(instant: datetime, timezone: str) -> str:
    """An instant in a newsletter's time zone, in words: `Monday 30 November 2026, 10:00 Moscow time (Europe/Moscow)`."""
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{_WEEKDAYS[local.weekday()]} {plain_day(local)}, {local:%H:%M} {zone_name(timezone)}"


def plain_day(day: date) -> str:
    """A date in words: `12 July 2018`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_in(day: date, language: str) -> str:
    """A date in words, in English or Russian: `12 July 2018`, `12 июля 2018 г.`."""
    return f"{day.day} {_MONTHS_RU[day.month - 1]} {day.year}\u00a0г." if language == "ru" else plain_day(day)


def moment_in(instant: datetime, timezone: str, language: str) -> str:
    """An instant in a time zone, in English or Russian: `12 July 2018, 14:02`."""
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{day_in(local, language)}, {local:%H:%M}"


def zone_name(timezone: str) -> str:
    """A time zone as people call it, with its name in the database: `Moscow time (Europe/Moscow)`."""
    place = timezone.rpartition("/")[2].replace("_", " ")
    return timezone if place == timezone else f"{place} time ({timezone})"
