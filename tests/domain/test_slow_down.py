"""Sign-ins that fail make the next one wait: by account and by network, for minutes at most."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.slow_down import BRAKES, FailedAttempts, LaneKind, wait_until

NOW = datetime(2026, 7, 9, 10, tzinfo=UTC)


def lane(count: int, ago: float = 0, kind: LaneKind = LaneKind.NETWORK) -> FailedAttempts:
    return FailedAttempts(kind=kind, count=count, last=NOW - timedelta(seconds=ago))


def test_the_first_attempts_wait_for_nothing() -> None:
    assert wait_until([], NOW) is None
    assert wait_until([lane(9), lane(19, kind=LaneKind.ACCOUNT)], NOW) is None


def test_each_further_attempt_doubles_the_wait() -> None:
    waits = [wait_until([lane(count)], NOW) for count in (10, 11, 12)]
    assert waits == [NOW + timedelta(seconds=seconds) for seconds in (5, 10, 20)]
    assert wait_until([lane(11, ago=10)], NOW) is None


def test_the_longest_of_the_waits_counts() -> None:
    assert wait_until([lane(10), lane(22, kind=LaneKind.ACCOUNT)], NOW) == NOW + timedelta(seconds=20)


@given(st.integers(0, 10**9), st.sampled_from(LaneKind), st.integers(0, 3600))
def test_no_wait_is_longer_than_minutes(count: int, kind: LaneKind, ago: int) -> None:
    until = wait_until([lane(count, ago, kind)], NOW)
    assert until is None or NOW < until <= NOW + BRAKES[kind].longest <= NOW + timedelta(minutes=5)
