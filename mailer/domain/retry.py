"""The back-off: when a deferred copy is tried again or given up, and how long to wait for a relay that is down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, pairwise

# A relay that cannot be used is tried again after a second, then after ever longer pauses, a minute at most.
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=60)
# The pause after a refused login, so that the relay does not lock us out. SIGHUP ends it.
LOGIN_PAUSE = timedelta(minutes=30)
# No copy waits longer for its next attempt.
LONGEST_WAIT = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait between the attempts of one copy: `first`, then twice as long each time, never over `longest`.

    RFC 5321 §4.5.4.1 wants half an hour between attempts as a rule, but several in the first hour; a server that
    greylists (RFC 6647) lets the second or the third of them in.
    """

    first: timedelta = timedelta(minutes=5)
    longest: timedelta = LONGEST_WAIT

    def next_attempt(self, attempts: Sequence[datetime], *, now: datetime, give_up_after: timedelta) -> datetime | None:
        """When to try again after attempts at these times (one or more), the last of them deferred `now`; None: give up.

        `give_up_after` counts the time for which the copy was tried. The last attempt is made at that limit, however long
        the wait would have been.
        """
        left = give_up_after - self.tried_for(attempts)
        if left <= timedelta(0):
            return None
        return now + min(self._wait_after(len(attempts)), left)

    def tried_for(self, attempts: Sequence[datetime]) -> timedelta:
        """For how long a copy was tried: the time between its attempts, each wait as long as it was meant at most.

        So a relay that is down, a mailing that is paused, a machine that is off and a clock that jumps use up nothing.
        """
        waits = (max(timedelta(0), later - earlier) for earlier, later in pairwise(attempts))
        meant = map(self._wait_after, count(1))
        return sum(map(min, waits, meant), start=timedelta(0))

    def _wait_after(self, attempts: int) -> timedelta:
        return doubled(self.first, times=attempts - 1, longest=self.longest)


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
