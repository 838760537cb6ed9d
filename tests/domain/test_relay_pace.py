"""The pace finds the limit of a relay: every copy gets through, nearly as fast as the limit allows, with few refusals."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.domain.relay_pace import RelayPace
from tests.domain.simulated_relay import both, bucket, fixed_window, send, sliding_window

DAY = 86_400

# A limit, how many copies, in what time the limit lets them through, and how many refusals are few.
LIMITS = [
    pytest.param(lambda: bucket(14, 14), 1000, 986 / 14, 60, id="14 a second, 14 at once"),
    pytest.param(lambda: bucket(14, 2), 1000, 998 / 14, 60, id="14 a second, 2 at once"),
    pytest.param(lambda: bucket(50, 5), 3000, 2995 / 50, 60, id="50 a second, 5 at once"),
    pytest.param(lambda: bucket(1, 1), 200, 199, 60, id="a copy a second"),
    pytest.param(lambda: bucket(0.1, 1), 60, 590, 60, id="a copy in ten seconds"),
    pytest.param(lambda: bucket(0.1, 50), 100, 500, 200, id="a copy in ten seconds, 50 at once"),
    pytest.param(lambda: bucket(2, 100), 600, 250, 150, id="2 a second, 100 at once"),
    pytest.param(lambda: fixed_window(30, 60), 300, 540, 300, id="30 in each minute"),
    pytest.param(lambda: fixed_window(14, 1), 1000, 71, 70, id="14 in each second"),
    pytest.param(lambda: fixed_window(100, 3600), 500, 4 * 3600, 300, id="100 in each hour"),
    pytest.param(lambda: sliding_window(30, 60), 300, 540, 300, id="30 within a minute"),
    pytest.param(lambda: sliding_window(14, 1), 1000, 71, 100, id="14 within a second"),
    pytest.param(lambda: sliding_window(500, 3600), 2000, 3 * 3600, 300, id="500 within an hour"),
    pytest.param(lambda: sliding_window(10_000, DAY), 25_000, 2 * DAY, 600, id="10,000 within a day"),
    pytest.param(
        lambda: both(bucket(14, 14), sliding_window(500, 3600)), 2000, 3 * 3600, 400, id="14 a second, 500 an hour"
    ),
    pytest.param(lambda: both(bucket(14, 14), bucket(0.5, 300)), 1000, 1400, 300, id="14 a second, half of it later"),
]


@pytest.mark.parametrize("latency", [0.002, 0.04])
@pytest.mark.parametrize(("limit", "copies", "seconds", "few"), LIMITS)
def test_all_copies_get_through_nearly_as_fast_as_the_limit_allows(limit, copies, seconds, few, latency):
    course = send(RelayPace(), limit(), copies, latency=latency)
    assert course.ended_at <= 1.3 * seconds + 2
    assert course.refused <= few


@settings(max_examples=40, deadline=None)
@given(
    rate=st.floats(0.2, 40),
    at_once=st.floats(2, 60),
    latency=st.floats(0.001, 0.04),
    connections=st.integers(1, 10),
    seed=st.integers(0, 10_000),
)
def test_any_rate_with_any_burst(rate, at_once, latency, connections, seed):
    copies = int(at_once + rate * 120)
    course = send(RelayPace(), bucket(rate, at_once), copies, latency=latency, connections=connections, seed=seed)
    assert course.ended_at <= 1.3 * max((copies - at_once) / rate, copies * latency / connections) + 3
    assert course.refused <= 300


@settings(max_examples=40, deadline=None)
@given(
    number=st.integers(5, 200),
    seconds=st.sampled_from([1, 10, 60, 600, 3600]),
    sliding=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_any_number_in_any_window(number, seconds, sliding, seed):
    limit = (sliding_window if sliding else fixed_window)(number, seconds)
    course = send(RelayPace(), limit, 6 * number, seed=seed)
    assert course.ended_at <= 1.4 * 5 * seconds + 5  # a window that slides lets no late copy be made up for


def test_a_restart_goes_on_with_the_pace_that_was_found():
    relay = bucket(14, 14)
    before = RelayPace()
    course = send(before, relay, 500)
    after = RelayPace(rate=before.rate, limit=before.limit)
    again = send(after, relay, 500, begin=course.ended_at)
    assert again.ended_at <= 1.3 * 1000 / 14
    assert again.refused < course.refused


def test_a_restart_probes_a_closed_relay_at_once_and_then_as_seldom_as_before():
    pace = RelayPace(rate=1.0, limit=1.0)
    pace.resume_closed(100.0, 200.0)
    assert pace.wait(100.0) == 0
    assert pace.left(100.0)
    assert pace.wait(100.0) == math.inf
    pace.plea(101.0, probe=True)
    assert 24 <= pace.wait(101.0) <= 25


def test_a_relay_is_closed_by_one_plea_and_opened_by_an_accepted_probe_only():
    pace = RelayPace()
    assert [pace.left(0.0), pace.left(0.0), pace.left(0.0)] == [False, False, False]
    assert pace.wait(0.0) == 0
    pace.plea(0.1, probe=False)
    pace.accepted(0.2, probe=False)  # it left before
    assert pace.closed
    assert pace.left(0.6)
    pace.accepted(0.7, probe=True)
    assert not pace.closed
    assert pace.rate == pytest.approx(2 / 0.7)


def test_a_probe_that_came_back_unjudged_is_made_again():
    pace = RelayPace()
    pace.left(0.0)
    pace.plea(0.0, probe=False)
    assert pace.left(0.5)
    pace.returned(0.6, probe=True)
    assert pace.wait(0.6) == pytest.approx(0.5)


def test_a_pace_that_has_grown_far_beyond_the_limit_is_over():
    pace = RelayPace(rate=10.0, limit=10.0)
    course = send(pace, lambda _now: True, 20_000, latency=0.001)
    assert course.ended_at < 60
    assert pace.rate == 0
    assert pace.room(course.ended_at, 5) is None


def test_a_short_trouble_does_not_leave_a_slow_pace_for_long():
    course = send(RelayPace(), lambda now: not 0.2 <= now < 20.2, 2000)
    assert course.ended_at < 80


def test_time_without_copies_says_nothing_about_the_relay():
    pace = RelayPace()
    send(pace, lambda _now: True, 100)
    course = send(pace, bucket(14, 14), 1000, begin=DAY)
    assert course.ended_at - DAY <= 1.3 * 986 / 14


@pytest.mark.parametrize("per_minute", [6, 60, 840])
def test_a_limit_of_the_settings_is_spread_evenly(per_minute):
    pace = RelayPace(at_most=per_minute / 60)
    course = send(pace, lambda _now: True, 2 * per_minute, latency=0.001)
    assert 115 * (1 - 1 / per_minute) - 10 <= course.ended_at <= 125
    assert course.refused == 0


def test_room_is_what_may_leave_soon():
    assert RelayPace().room(0.0, 5) is None
    assert RelayPace(rate=2.0, limit=2.0).room(0.0, 5) == 11
    closed = RelayPace()
    closed.plea(0.0, probe=False)
    assert closed.room(0.0, 5) == 1
    closed.closed_at = -1000.0
    closed.left(0.5)
    closed.plea(0.5, probe=True)
    assert closed.room(0.5, 5) == 0
