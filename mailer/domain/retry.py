"""The back-off: when a deferred copy is tried again or given up, and how long to wait for a relay that is down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# A relay that cannot be used is tried again after a second, then after ever longer pauses, a minute at most.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait between the attempts of one copy: `first`, then twice as long each time, never over `longest`.

    RFC 5321 §4.5.4.1 wants half an hour between attempts as a rule, but several in the first hour; a server that
    greylists (RFC 6647) lets the second or the third of them in.
    """

    first: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=4)

    def next_attempt(
        self,
        *,
        first_attempt_at: datetime,
        attempts: int,
        now: datetime,
        give_up_after: timedelta,
        down: timedelta = timedelta(0),
    ) -> datetime | None:
        """When to try again after `attempts` (one or more) were deferred, the last of them `now`; None: give up.

        `give_up_after` counts from the first attempt and stands still while the relay is down: `down` is for how long
        it was since then. The last attempt is made at that limit, however long the delay would have been.
        """
        limit = first_attempt_at + give_up_after + down
        if now >= limit:
            return None
        return now + min(doubled(self.first, times=attempts - 1, longest=self.longest), limit - now)


def relay_pause(failures: int) -> timedelta:
    """How long to pause before a relay is tried again after this number of failures in a row (one or more)."""
    return doubled(FIRST_PAUSE, times=failures - 1, longest=LONGEST_PAUSE)


def doubled(delay: timedelta, *, times: int, longest: timedelta) -> timedelta:
    """The delay, doubled `times` times but never over `longest`."""
    for _ in range(times):
        if delay >= longest:
            break
        delay *= 2
    return min(delay, longest)
