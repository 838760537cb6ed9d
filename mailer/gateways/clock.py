"""The system clock; no other module reads the time."""

import time
from datetime import UTC, datetime

from mailer.gateways.process.locks import boot_id


class SystemClock:
    """The clocks of this machine."""

    def now(self) -> datetime:
        """Return the current time in UTC, as an aware datetime."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Return the seconds since boot, including suspension; this clock cannot be set."""
        return time.clock_gettime(_BOOTTIME)

    def boot(self) -> str:
        """Return the id of this boot, since which `elapsed` counts."""
        return boot_id()


# Only Linux has CLOCK_BOOTTIME; elsewhere the time of a suspension is not counted.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
