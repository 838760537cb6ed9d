"""A schedule is due at each of its times once, in every zone, for ten years, wherever in them the service begins to look."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from mailer.domain.newsletter import Schedule
from mailer.formats.cron import next_time
from tests.zones import ODD, Clocks, Line, around, changes, daily_at, monthly_at, weekly_at, zones_by_clocks

# Apia left out a day in the first of these decades, and Cairo, Casablanca and Asuncion changed their rules.
DECADES = [(datetime(2011, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))]
DECADES += [(datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC))]
MONTHLY = [monthly_at(1, "00:00"), monthly_at(1, "02:30"), monthly_at(15, "03:59"), monthly_at(28, "01:15")]
WEEKLY = [weekly_at("00:00"), weekly_at("00:30"), weekly_at("01:59"), weekly_at("02:00"), weekly_at("03:15")]
SEVERAL = [
    daily_at("00:00", "06:00", "12:00", "18:00"),
    daily_at("00:00", "00:15", "00:30", "00:45"),
    daily_at("01:00", "01:15", "01:30", "01:59"),
    daily_at("00:30", "01:30", "02:30", "03:30"),
    daily_at("02:05", "02:10", "02:40", "02:55"),
    daily_at("03:00", "03:30"),
    daily_at("23:15", "23:30", "23:45"),
]


def a_schedule(line: Line | str, zone: str) -> Schedule:
    cron = line if isinstance(line, str) else line.cron
    return Schedule(cron=cron, timezone=zone, between=None, not_after_hours=72, undo_minutes=0)


def walk(schedule: Schedule, first: datetime, end: datetime) -> Iterator[datetime]:
    """Every time that the service finds from `first` to `end`, each from the one before."""
    at = first
    while (at := next_time(schedule, at)) <= end:
        yield at


def compare(clocks: Clocks, line: Line, first: datetime, end: datetime) -> None:
    due, found = clocks.due(line, first, end), list(walk(a_schedule(line, clocks.zone), first, end))
    assert found == due, f"{clocks.zone}, {line.cron}: {sorted(set(found) ^ set(due))[:4]}"
    assert all(before < after for before, after in pairwise(found))


def look_anywhere(clocks: Clocks, line: Line, change: datetime) -> None:
    """Begin to look at any moment around a change: each time it is the next one that is due, never one that has passed."""
    first, end = change - timedelta(hours=4), change + timedelta(hours=4)
    due = clocks.due(line, first, end + timedelta(days=2))
    for minutes in range(0, 8 * 60, 9):
        at = first + timedelta(minutes=minutes, seconds=7)
        assert next_time(a_schedule(line, clocks.zone), at) == next(moment for moment in due if moment > at)


def local(text: str, zone: str) -> datetime:
    """A time with its difference to UTC, as a person reads it in a table; it must be what the zone's clocks show."""
    at = datetime.fromisoformat(text)
    assert at.utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset()
    return at


@pytest.mark.parametrize(
    ("zone", "cron", "after", "times"),
    [
        # 02:00 becomes 02:30 in October; 02:00 becomes 01:30 in April.
        (
            "Australia/Lord_Howe",
            "15 2 * * *",
            "2019-10-05T12:00+10:30",
            ["2019-10-06T02:30+11:00", "2019-10-07T02:15+11:00"],
        ),
        (
            "Australia/Lord_Howe",
            "45 1 * * *",
            "2019-04-06T12:00+11:00",
            ["2019-04-07T01:45+11:00", "2019-04-08T01:45+10:30"],
        ),
        ("Australia/Lord_Howe", "45 1 * * *", "2019-04-07T01:40+10:30", ["2019-04-08T01:45+10:30"]),
        # There was no 30 December 2011, a Friday.
        (
            "Pacific/Apia",
            "0 10 * * fri",
            "2011-12-28T12:00-10:00",
            ["2011-12-31T00:00+14:00", "2012-01-06T10:00+14:00"],
        ),
        ("Pacific/Apia", "0 10 30 * *", "2011-12-28T12:00-10:00", ["2011-12-31T00:00+14:00", "2012-01-30T10:00+14:00"]),
        # Summer time is left for Ramadan: 03:00 becomes 02:00 before it, 02:00 becomes 03:00 after it.
        ("Africa/Casablanca", "30 2 * * *", "2023-03-19T02:10+00:00", ["2023-03-20T02:30+00:00"]),
        ("Africa/Casablanca", "30 2 * * *", "2023-04-22T12:00+00:00", ["2023-04-23T03:00+01:00"]),
        # Two hours: 01:00 becomes 03:00 in March, 03:00 becomes 01:00 in October.
        (
            "Antarctica/Troll",
            "30 1,2 * * *",
            "2019-03-30T12:00+00:00",
            ["2019-03-31T03:00+02:00", "2019-04-01T01:30+02:00"],
        ),
        ("Antarctica/Troll", "30 1,2 * * *", "2019-10-27T01:10+00:00", ["2019-10-28T01:30+00:00"]),
        # 02:45 becomes 03:45 in September.
        ("Pacific/Chatham", "0 3 * * *", "2019-09-28T12:00+12:45", ["2019-09-29T03:45+13:45"]),
        # Midnight is left out, and the hour before it is shown twice.
        (
            "America/Asuncion",
            "0 0 1 * *",
            "2017-09-30T12:00-04:00",
            ["2017-10-01T01:00-03:00", "2017-11-01T00:00-03:00"],
        ),
        ("America/Asuncion", "30 23 * * *", "2018-03-24T23:10-04:00", ["2018-03-25T23:30-04:00"]),
        ("Asia/Beirut", "0 0,12 * * *", "2019-03-30T13:00+02:00", ["2019-03-31T01:00+03:00", "2019-03-31T12:00+03:00"]),
        ("Asia/Beirut", "0 */12 * * *", "2019-03-30T13:00+02:00", ["2019-03-31T01:00+03:00", "2019-03-31T12:00+03:00"]),
        (
            "Africa/Cairo",
            "*/15 0 * * fri",
            "2014-05-15T12:00+02:00",
            ["2014-05-16T01:00+03:00", "2014-05-23T00:00+03:00"],
        ),
        ("America/Havana", "0 0 * * sun", "2019-03-09T12:00-05:00", ["2019-03-10T01:00-04:00"]),
        ("America/Havana", "30 0 * * *", "2019-11-03T00:10-05:00", ["2019-11-04T00:30-05:00"]),
        # Every hour and every half hour, by what has passed: twice where clocks show an hour twice.
        (
            "Europe/London",
            "*/30 * * * *",
            "2019-10-27T01:10+01:00",
            ["2019-10-27T01:30+01:00", "2019-10-27T01:00+00:00", "2019-10-27T01:30+00:00"],
        ),
        ("Europe/London", "0 * * * *", "2019-03-31T00:30+00:00", ["2019-03-31T02:00+01:00", "2019-03-31T03:00+01:00"]),
    ],
)
def test_what_clocks_leave_out_comes_when_they_go_on_and_what_they_show_twice_comes_once(
    zone: str, cron: str, after: str, times: list[str]
) -> None:
    at = local(after, zone)
    for text in times:
        at = next_time(a_schedule(cron, zone), at)
        assert at == local(text, zone)


@pytest.mark.parametrize("zone", ODD)
def test_in_odd_zones_each_time_comes_once_around_their_changes(zone: str) -> None:
    first = datetime(2011 if zone == "Pacific/Apia" else 2014, 3, 1, tzinfo=UTC)
    clocks = Clocks.of(zone, first, first + timedelta(days=320))
    assert len(clocks.changes) >= 2
    for change in clocks.changes[-3:]:
        look_anywhere(clocks, daily_at(ODD[zone]), change.at)
        for line in SEVERAL[::3]:
            compare(clocks, line, *around([change.at], 1)[0])


@pytest.mark.slow
@pytest.mark.parametrize("decade", DECADES, ids=lambda decade: str(decade[0].year))
def test_in_every_zone_each_time_comes_once_for_ten_years(decade: tuple[datetime, datetime]) -> None:
    for number, zone in enumerate(zones_by_clocks(*decade)):
        clocks = Clocks.of(zone, *decade)
        for line in (*MONTHLY, *WEEKLY):
            compare(clocks, line, *decade)
        compare(clocks, SEVERAL[number % len(SEVERAL)], *decade)
        for line in SEVERAL:
            for span in around([change.at for change in clocks.changes], 2):
                compare(clocks, line, *span)
        for change in clocks.changes:
            # The times that this change leaves out or doubles, and those on its edges.
            shown = [change.at + difference for difference in (change.before, change.after)]
            for at in (*shown, shown[0] + (shown[1] - shown[0]) / 2, shown[0] - timedelta(minutes=1)):
                look_anywhere(clocks, daily_at(f"{at:%H:%M}"), change.at)


@pytest.mark.slow
def test_the_zones_that_are_walked_stand_for_all_there_are() -> None:
    first, end = DECADES[0]
    by_clocks = zones_by_clocks(first, end)
    names = [name for alike in by_clocks.values() for name in alike]
    assert len(names) == len(set(names)) > 500
    assert {"Europe/Moscow", "Asia/Kathmandu", *ODD} <= set(names)
    for zone, alike in by_clocks.items():
        for name in alike[1:]:
            assert changes(name, first, end) == changes(zone, first, end)
