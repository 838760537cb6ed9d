"""The system clock; no other module reads the time."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Return the current time in UTC, as an aware datetime."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Return the seconds since boot, including suspension; this clock cannot be set."""
        return time.clock_gettime(_BOOTTIME)


# Only Linux has CLOCK_BOOTTIME; elsewhere the time of a suspension is not counted.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
