"""Shows an instant to people, always with its time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ru": ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"),
}
_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
}


def local_time(instant: datetime | None) -> str:
    """An instant in the local time of this machine, to the second; empty for none."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z") if instant else ""


def local_minute(instant: datetime) -> str:
    """The same to the minute."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def zoned_time(instant: datetime, timezone: str, language: str = "en") -> str:
    """An instant in a newsletter's time zone, in words: `Monday 30 November 2026, 10:00 Moscow time (Europe/Moscow)`."""
    local = instant.astimezone(ZoneInfo(timezone))
    weekday, month = _WEEKDAYS[language][local.weekday()], _MONTHS[language][local.month - 1]
    if language == "ru":
        zone = timezone if "/" not in timezone else f"(часовой пояс {timezone})"
        return f"{weekday}, {local.day} {month} {local.year} г., {local:%H:%M} {zone}"
    return f"{weekday} {local.day} {month} {local.year}, {local:%H:%M} {zone_name(timezone)}"


def plain_day(day: date) -> str:
    """A date in words: `12 July 2018`."""
    return f"{day.day} {_MONTHS['en'][day.month - 1]} {day.year}"


def zone_name(timezone: str) -> str:
    """A time zone as people call it, with its name in the database: `Moscow time (Europe/Moscow)`."""
    place = timezone.rpartition("/")[2].replace("_", " ")
    return timezone if place == timezone else f"{place} time ({timezone})"
