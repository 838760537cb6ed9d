"""Something done every so often is due once, and a clock that was set back keeps nothing waiting."""

from datetime import UTC, datetime, timedelta

import pytest

from mailer.domain.every import Every

NOON = datetime(2018, 7, 12, 12, 0, tzinfo=UTC)
HOURLY = Every(timedelta(hours=1))
MINUTE = timedelta(minutes=1)


def test_what_was_never_done_is_due() -> None:
    assert HOURLY.is_due(None, NOON)


@pytest.mark.parametrize(
    ("minutes_ago", "is_due"),
    [(0, False), (1, False), (59, False), (60, True), (61, True), (-1, True), (-600, True)],
)
def test_it_is_due_after_its_interval_and_when_it_was_last_done_in_the_future(minutes_ago: int, is_due: bool) -> None:
    assert HOURLY.is_due(NOON - minutes_ago * MINUTE, NOON) == is_due
