"""Tells whether a stored instant has come, whatever the clock said when it was stored."""

from datetime import datetime, timedelta

# How far the clocks of two machines that share a database may differ.
CLOCKS_DIFFER = timedelta(minutes=5)


def has_come(instant: datetime, now: datetime, *, longest: timedelta) -> bool:
    """Whether an instant that was stored to be waited for, for `longest` at most, has come.

    One that is further ahead was stored while the clock was ahead, and nothing waits for it.
    """
    return not now < instant <= now + longest
