"""The work of a night is done once a night, in every zone, whatever the clocks do, and later where the machine was off."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.night import is_due

MOSCOW = ZoneInfo("Europe/Moscow")


def at(words: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("last", "first", "now", "due"),
    [
        (None, None, "2018-07-12 03:00", False),  # nothing was ever done here
        (None, "2018-07-12 01:00", "2018-07-12 02:29", False),
        (None, "2018-07-12 01:00", "2018-07-12 02:31", True),
        ("2018-07-11 02:31", "2018-01-01 00:00", "2018-07-12 02:29", False),
        ("2018-07-11 02:31", "2018-01-01 00:00", "2018-07-12 02:30", True),
        ("2018-07-12 02:31", "2018-01-01 00:00", "2018-07-12 23:59", False),
        ("2018-07-08 02:31", "2018-01-01 00:00", "2018-07-12 11:00", True),  # the machine was off
        ("2099-01-01 00:00", "2018-01-01 00:00", "2018-07-12 11:00", True),  # the clock was ahead
    ],
)
def test_when_it_is_due(last: str | None, first: str | None, now: str, due: bool) -> None:
    assert is_due(at(last) if last else None, at(first) if first else None, at(now), MOSCOW) is due


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Africa/Casablanca"])
def test_the_machines_own_zone_has_its_nights_too(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        begin, last, done = datetime(2018, 1, 1, 12, 0, tzinfo=UTC), None, 0
        for step in range(366 * 48):
            now = begin + timedelta(minutes=30 * step)
            if is_due(last, begin, now):
                last, done = now, done + 1
        assert done == 366
    finally:
        monkeypatch.undo()
        time.tzset()


@given(
    st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.integers(0, 364),
)
def test_it_is_done_once_in_each_day_that_the_daemon_looks_every_hour(name: str, day: int) -> None:
    zone = ZoneInfo(name)
    begin = (datetime(2018, 1, 1, 12, 10, tzinfo=zone) + timedelta(days=day)).astimezone(UTC)
    last, done = begin, []
    for hour in range(24 * 4):
        now = begin + timedelta(hours=hour)
        if is_due(last, None, now, zone):
            last = now
            done.append(now.astimezone(zone).date())
    assert len(done) == len(set(done)) == 4
