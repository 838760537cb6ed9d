"""The hours in which messages may leave: both edges, over midnight, and in the newsletter's own time zone."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from mailer.domain.newsletter import Schedule, Window

DAYTIME = Window(opens=time(9), closes=time(18))
NIGHT = Window(opens=time(22), closes=time(6, 30))


def a_schedule(between: Window | None, zone: str = "Europe/Moscow") -> Schedule:
    return Schedule(cron="0 10 * * mon-fri", timezone=zone, between=between, not_after_hours=72, undo_minutes=10)


@pytest.mark.parametrize(
    ("window", "at", "open_"),
    [
        (DAYTIME, time(8, 59, 59, 999999), False),
        (DAYTIME, time(9), True),
        (DAYTIME, time(17, 59, 59, 999999), True),
        (DAYTIME, time(18), False),
        (NIGHT, time(21, 59, 59), False),
        (NIGHT, time(22), True),
        (NIGHT, time(23, 59, 59), True),
        (NIGHT, time(0), True),
        (NIGHT, time(6, 29, 59), True),
        (NIGHT, time(6, 30), False),
        (NIGHT, time(12), False),
        (Window(opens=time(18), closes=time(0)), time(23, 59), True),
        (Window(opens=time(18), closes=time(0)), time(0), False),
        (Window(opens=time(0), closes=time(6)), time(0), True),
    ],
)
def test_a_window_holds_its_first_moment_and_not_its_last(window, at, open_):
    assert window.contains(at) is open_


def test_without_a_window_it_is_always_open():
    assert a_schedule(None).open_at(datetime(2018, 7, 12, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("zone", "instant", "open_"),
    [
        # Moscow is three hours ahead all year.
        ("Europe/Moscow", datetime(2018, 7, 12, 5, 59, tzinfo=UTC), False),
        ("Europe/Moscow", datetime(2018, 7, 12, 6, 0, tzinfo=UTC), True),
        ("Europe/Moscow", datetime(2018, 1, 12, 6, 0, tzinfo=UTC), True),
        ("Europe/Moscow", datetime(2018, 7, 12, 15, 0, tzinfo=UTC), False),
        # London is one hour ahead in summer and none in winter.
        ("Europe/London", datetime(2018, 7, 12, 8, 0, tzinfo=UTC), True),
        ("Europe/London", datetime(2018, 1, 12, 8, 0, tzinfo=UTC), False),
        # The instant counts, in whatever zone it is written.
        ("Europe/Moscow", datetime(2018, 7, 12, 1, 0, tzinfo=timezone(timedelta(hours=-5))), True),
    ],
)
def test_the_hours_are_those_of_the_schedules_own_zone(zone, instant, open_):
    assert a_schedule(DAYTIME, zone).open_at(instant) is open_


def test_over_the_night_on_which_the_clocks_go_forward():
    # London, 25 March 2018: 01:00 becomes 02:00. A window that opens at 01:30 opens at 02:00 that night.
    schedule = a_schedule(Window(opens=time(1, 30), closes=time(3)), "Europe/London")
    assert not schedule.open_at(datetime(2018, 3, 25, 0, 59, tzinfo=UTC))
    assert schedule.open_at(datetime(2018, 3, 25, 1, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("opens", "closes", "closed_at", "opens_at"),
    [
        # London, 25 March 2018: 01:00 becomes 02:00.
        (time(1, 30), time(3), datetime(2018, 3, 25, 0, 20, tzinfo=UTC), datetime(2018, 3, 25, 1, 0, tzinfo=UTC)),
        (time(1, 10), time(1, 50), datetime(2018, 3, 25, 0, 20, tzinfo=UTC), datetime(2018, 3, 26, 0, 10, tzinfo=UTC)),
        # 28 October 2018: 02:00 becomes 01:00.
        (time(1, 30), time(3), datetime(2018, 10, 28, 1, 10, tzinfo=UTC), datetime(2018, 10, 28, 1, 30, tzinfo=UTC)),
        (time(0, 30), time(1, 30), datetime(2018, 10, 28, 0, 40, tzinfo=UTC), datetime(2018, 10, 28, 1, 0, tzinfo=UTC)),
        (time(9), time(18), datetime(2018, 10, 27, 18, 0, 30, tzinfo=UTC), datetime(2018, 10, 28, 9, 0, tzinfo=UTC)),
    ],
)
def test_the_next_opening_is_the_first_moment_at_which_it_is_open(
    opens: time, closes: time, closed_at: datetime, opens_at: datetime
) -> None:
    schedule = a_schedule(Window(opens=opens, closes=closes), "Europe/London")
    assert not schedule.open_at(closed_at)
    assert schedule.opens_at(closed_at) == opens_at
    assert schedule.open_at(opens_at)
    assert schedule.opens_at(opens_at) == opens_at
