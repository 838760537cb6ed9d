"""A cron line with both days of the month and weekdays is explained, since either is enough."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.cron import cron_note
from mailer.domain.newsletter import Schedule
from mailer.formats.cron import next_time


def times(cron: str, count: int = 12) -> list[datetime]:
    schedule = Schedule(cron=cron, timezone="UTC", between=None, not_after_hours=1, undo_minutes=0)
    at, every = datetime(2026, 11, 1, tzinfo=UTC), []
    for _ in range(count):
        at = next_time(schedule, at)
        every.append(at)
    return every


@pytest.mark.parametrize("cron", ["0 10 * * mon-fri", "0 10 1 * *", "0 10 */2 * mon", "0 10 * * *"])
def test_a_line_that_means_what_it_seems_to_needs_no_word(cron: str) -> None:
    assert cron_note(cron) == ""


def test_a_first_monday_that_is_none_is_explained() -> None:
    assert cron_note("0 10 1-7 * mon") == (
        "on every day 1-7 of the month and on every mon, as in cron: either is enough"
    )


@given(st.sampled_from(["*", "1-7", "15", "*/2", "1,15"]), st.sampled_from(["*", "mon", "mon-fri", "tue,thu"]))
def test_the_note_is_there_exactly_where_either_is_enough(day: str, weekday: str) -> None:
    cron = f"0 10 {day} * {weekday}"
    both = set(times(cron))
    either = {*times(f"0 10 {day} * *"), *times(f"0 10 * * {weekday}")}
    if cron_note(cron):
        assert {at for at in both if at <= min(times(f"0 10 {day} * *")[-1], times(cron)[-1])} <= either
        assert times(f"0 10 * * {weekday}")[0] in both
