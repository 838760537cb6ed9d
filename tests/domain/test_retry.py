"""When a delayed copy is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.retry import Backoff, relay_pause

START = datetime(2018, 7, 12, 7, 0, tzinfo=UTC)
TWO_DAYS = timedelta(hours=48)
MINUTE = timedelta(minutes=1)
durations = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=10))


def attempts_until_given_up(
    backoff: Backoff, *, give_up_after: timedelta = TWO_DAYS, down: timedelta = timedelta(0)
) -> list[datetime]:
    """Every attempt of a copy that is always deferred at once."""
    at: datetime | None = START
    made: list[datetime] = []
    while at is not None:
        made.append(at)
        at = backoff.next_attempt(
            first_attempt_at=START, attempts=len(made), now=at, give_up_after=give_up_after, down=down
        )
    return made


def test_delays_double_from_five_minutes_to_four_hours() -> None:
    made = attempts_until_given_up(Backoff())
    delays = [later - earlier for earlier, later in pairwise(made)]
    assert delays[:7] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE, 240 * MINUTE]
    assert set(delays[6:-1]) == {240 * MINUTE}


def test_the_last_attempt_is_made_at_the_limit() -> None:
    assert attempts_until_given_up(Backoff())[-1] == START + TWO_DAYS


def test_the_limit_stands_still_while_the_relay_is_down() -> None:
    assert attempts_until_given_up(Backoff(), down=timedelta(hours=7))[-1] == START + TWO_DAYS + timedelta(hours=7)


@given(
    first=durations,
    longest=durations,
    give_up_after=durations,
    down=durations,
    late=durations,
    attempts=st.integers(1, 10**6),
)
def test_the_next_attempt_is_later_and_never_past_the_limit(
    first: timedelta, longest: timedelta, give_up_after: timedelta, down: timedelta, late: timedelta, attempts: int
) -> None:
    now, limit = START + late, START + give_up_after + down
    following = Backoff(first=first, longest=longest).next_attempt(
        first_attempt_at=START, attempts=attempts, now=now, give_up_after=give_up_after, down=down
    )
    if following is None:
        assert now >= limit
    else:
        assert now < following <= limit
        assert following - now <= longest


@given(first=durations, longest=durations, attempts=st.integers(1, 100))
def test_delays_never_shrink(first: timedelta, longest: timedelta, attempts: int) -> None:
    backoff, far = Backoff(first=first, longest=longest), timedelta(days=10_000)
    one, two = (
        backoff.next_attempt(first_attempt_at=START, attempts=count, now=START, give_up_after=far)
        for count in (attempts, attempts + 1)
    )
    assert one is not None
    assert two is not None
    assert one <= two


def test_the_relay_is_asked_again_after_a_second_then_ever_more_seldom_but_once_a_minute() -> None:
    assert [relay_pause(failures).total_seconds() for failures in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert relay_pause(10**9) == timedelta(seconds=60)
