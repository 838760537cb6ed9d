"""The clock tells the present instant in UTC."""

from datetime import timedelta

from mailer.gateways.clock import SystemClock


def test_the_clock_is_aware_in_utc_and_goes_forward() -> None:
    first, second = SystemClock().now(), SystemClock().now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second
