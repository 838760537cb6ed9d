"""What the clocks of every zone show, and when a schedule is due by them, counted without the service's own arithmetic.

A zone is a list of spans, each with one difference to UTC: where a time stands in none of them, the clocks leave it out, and
where it stands in two they show it twice. No `fold`, no cron line and no calendar of another's is used.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MARGIN = 10 * DAY

# Zones whose clocks are set by half an hour, by two hours, by a day, at midnight, backwards in Ramadan, at 02:45.
ODD = {
    "Australia/Lord_Howe": "02:15",
    "Antarctica/Troll": "02:30",
    "Pacific/Apia": "10:00",
    "Africa/Casablanca": "02:30",
    "Pacific/Chatham": "03:00",
    "America/Asuncion": "00:00",
    "Asia/Beirut": "00:30",
    "Africa/Cairo": "00:00",
    "America/Havana": "00:15",
    "America/St_Johns": "00:01",
    "Atlantic/Azores": "00:30",
    "Europe/Dublin": "01:30",
}


@dataclass(frozen=True)
class Change:
    """A moment at which the clocks of a zone are set, and their difference to UTC before and after."""

    at: datetime
    before: timedelta
    after: timedelta


@dataclass(frozen=True)
class Line:
    """A cron line, and what it means: on which days, and at which times of day."""

    cron: str
    on: Callable[[date], bool]
    times: Sequence[time]


def hour(text: str) -> time:
    return time.fromisoformat(text)


def every_day(_day: date) -> bool:
    return True


def sunday(day: date) -> bool:
    return day.isoweekday() == 7


def changes(zone: str, first: datetime, end: datetime) -> tuple[Change, ...]:
    """Every change of a zone's clocks from `first` to `end`, to the second; no two of them are on one day."""
    info, every, at = ZoneInfo(zone), [], first
    difference = at.astimezone(info).utcoffset()
    while at < end:
        before, low, high = difference, at, at + DAY
        at, difference = high, high.astimezone(info).utcoffset()
        if difference == before:
            continue
        while high - low > SECOND:
            middle = low + (high - low) // 2
            low, high = (middle, high) if middle.astimezone(info).utcoffset() == before else (low, middle)
        every.append(Change(at=high.replace(microsecond=0), before=before, after=difference))
    return tuple(every)


@dataclass(frozen=True)
class Clocks:
    """The clocks of a zone over some years."""

    zone: str
    first: datetime
    end: datetime
    changes: tuple[Change, ...]
    difference: timedelta  # at the beginning

    @classmethod
    @cache
    def of(cls, zone: str, first: datetime, end: datetime) -> "Clocks":
        """Those of a zone, and of some days before `first` and after `end`."""
        begin = first - MARGIN
        difference = begin.astimezone(ZoneInfo(zone)).utcoffset()
        return cls(zone, first, end, changes(zone, begin, end + MARGIN), difference)

    @cached_property
    def spans(self) -> list[tuple[datetime, datetime, timedelta]]:
        """From when to when, in UTC, they have which difference to it."""
        begin, end = self.first - MARGIN, self.end + MARGIN
        starts = [begin, *(change.at for change in self.changes), end]
        differences = [self.difference, *(change.after for change in self.changes)]
        return [(start, end, one) for (start, end), one in zip(pairwise(starts), differences, strict=True)]

    def instant(self, shown: datetime) -> datetime:
        """The first instant at which they show this (aware, as if in UTC), or the moment at which they leave it out."""
        near = max(bisect_right(self.spans, shown, key=lambda span: span[0]) - 2, 0)
        for start, end, difference in self.spans[near : near + 4]:
            if start <= shown - difference < end:
                return shown - difference
        [left_out] = [one.at for one in self.changes if one.before <= shown - one.at < one.after]
        return left_out

    def due(self, line: Line, first: datetime | None = None, end: datetime | None = None) -> list[datetime]:
        """Every moment after `first` and up to `end` at which the line is due, each once."""
        first, end = first or self.first, end or self.end
        days = [first.date() + number * DAY for number in range(-2, (end - first).days + 3)]
        every = {self.instant(datetime.combine(day, at, UTC)) for day in days if line.on(day) for at in line.times}
        return sorted(moment for moment in every if first < moment <= end)


@cache
def zones_by_clocks(first: datetime, end: datetime) -> dict[str, tuple[str, ...]]:
    """A zone for each kind of clocks there is in these years, with the names of all that have the same."""
    alike = dict[tuple[timedelta, tuple[Change, ...]], list[str]]()
    for zone in sorted(available_timezones()):
        clocks = Clocks.of(zone, first, end)
        alike.setdefault((clocks.difference, clocks.changes), []).append(zone)
    return {names[0]: tuple(names) for names in alike.values()}


def daily_at(*times: str) -> Line:
    """A line for these hours with these minutes, each hour with each of them."""
    hours, minutes = ({getattr(hour(text), part) for text in times} for part in ("hour", "minute"))
    fields = (",".join(map(str, sorted(numbers))) for numbers in (minutes, hours))
    return Line(" ".join([*fields, "* * *"]), every_day, [time(each, minute) for each in hours for minute in minutes])


def monthly_at(day: int, text: str) -> Line:
    """A line for one day of each month."""
    return Line(f"{hour(text).minute} {hour(text).hour} {day} * *", lambda each: each.day == day, [hour(text)])


def weekly_at(text: str) -> Line:
    """A line for each Sunday, the day on which most clocks are set."""
    return Line(f"{hour(text).minute} {hour(text).hour} * * sun", sunday, [hour(text)])


def around(moments: Iterable[datetime], days: int) -> list[tuple[datetime, datetime]]:
    """The time from so many days before each moment to as many after it."""
    return [(moment - days * DAY, moment + days * DAY) for moment in moments]
