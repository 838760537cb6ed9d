"""The clock tells the present instant in UTC, and how much time has passed whatever that instant is set to."""

import time
from datetime import timedelta

from mailer.gateways import clock
from mailer.gateways.clock import SystemClock


def test_the_clock_is_aware_in_utc_and_goes_forward() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second


def test_what_has_passed_only_grows_and_counts_from_the_start_of_the_machine() -> None:
    first, second = SystemClock().elapsed(), SystemClock().elapsed()
    assert 0 < first <= second
    assert first >= time.monotonic() - 60  # a sleep of the machine is counted there, and only there


def test_nobody_can_set_it() -> None:
    assert clock_id() in (getattr(time, "CLOCK_BOOTTIME", None), time.CLOCK_MONOTONIC)


def clock_id() -> int:
    return clock._BOOTTIME
