"""When a delayed copy is tried again, and when it is given up."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.retry import Backoff, relay_pause

START = datetime(2018, 7, 12, 7, 0, tzinfo=UTC)
TWO_DAYS = timedelta(hours=48)
MINUTE = timedelta(minutes=1)
durations = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=10))


def attempts_until_given_up(
    backoff: Backoff, *, give_up_after: timedelta = TWO_DAYS, late: Iterable[timedelta] = ()
) -> list[datetime]:
    """Every attempt of a copy that is always deferred at once; `late`: how much later than due each further one begins."""
    delays, made = iter(late), [START]
    while (at := backoff.next_attempt(made, now=made[-1], give_up_after=give_up_after)) is not None:
        made.append(at + next(delays, timedelta(0)))
    return made


def test_delays_double_from_five_minutes_to_four_hours() -> None:
    attempts = attempts_until_given_up(Backoff())
    delays = [later - earlier for earlier, later in pairwise(attempts)]
    assert delays[:7] == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, 80 * MINUTE, 160 * MINUTE, 240 * MINUTE]
    assert set(delays[6:-1]) == {240 * MINUTE}


def test_the_last_attempt_is_made_at_the_limit() -> None:
    assert attempts_until_given_up(Backoff())[-1] == START + TWO_DAYS


@pytest.mark.parametrize("days", [90, -90, 1, 365])
def test_a_clock_that_jumps_gives_up_nothing_sooner(days: int) -> None:
    usual = attempts_until_given_up(Backoff())
    for place in range(len(usual) - 1):
        jump = [timedelta(0)] * place + [timedelta(days=days)]
        assert len(attempts_until_given_up(Backoff(), late=jump)) >= len(usual)


def test_the_limit_stands_still_while_nothing_is_tried() -> None:
    attempts = attempts_until_given_up(Backoff(), late=[timedelta(hours=7), timedelta(days=3)])
    assert attempts[-1] == START + TWO_DAYS + timedelta(hours=7, days=3)


@given(
    first=durations,
    longest=durations,
    give_up_after=durations,
    gaps=st.lists(st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)), max_size=20),
)
def test_the_next_attempt_is_later_and_a_copy_is_tried_no_longer_than_the_limit(
    first: timedelta, longest: timedelta, give_up_after: timedelta, gaps: list[timedelta]
) -> None:
    backoff, made = Backoff(first=first, longest=longest), [START]
    for gap in gaps:
        made.append(made[-1] + gap)
    spent = backoff.tried_for(made)
    assert timedelta(0) <= spent <= sum((max(timedelta(0), gap) for gap in gaps), start=timedelta(0))
    following = backoff.next_attempt(made, now=made[-1], give_up_after=give_up_after)
    if following is None:
        assert spent >= give_up_after
    else:
        assert timedelta(0) < following - made[-1] <= longest
        assert spent + (following - made[-1]) <= give_up_after


@given(first=durations, longest=durations, attempts=st.integers(1, 100))
def test_delays_never_shrink(first: timedelta, longest: timedelta, attempts: int) -> None:
    backoff, far = Backoff(first=first, longest=longest), timedelta(days=10_000)
    one, two = (
        backoff.next_attempt([START] * count, now=START, give_up_after=far) for count in (attempts, attempts + 1)
    )
    assert one is not None
    assert two is not None
    assert one <= two


def test_the_relay_is_asked_again_after_a_second_then_ever_more_seldom_but_once_a_minute() -> None:
    assert [relay_pause(failures).total_seconds() for failures in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert relay_pause(10**9) == timedelta(seconds=60)
