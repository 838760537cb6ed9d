"""Tells whether a stored instant has come, whatever the clock said when it was stored."""

from datetime import datetime, timedelta

# How far the clocks of two machines that share a database may differ.
CLOCKS_DIFFER = timedelta(minutes=5)

# A clock that is so far behind what the ledger has seen is wrong. A slip of the time zone is fourteen hours at most; a
# machine without a battery is off by years. One that is ahead proves nothing: a club may send once a month.
FAR_BEHIND = timedelta(days=1)
# By so much no clock is corrected that was right before.
JUMP = timedelta(hours=1)


def is_behind(now: datetime, last: datetime) -> bool:
    """Whether the clock says that it is long before an instant at which the ledger was at work."""
    return now < last - FAR_BEHIND


def has_come(instant: datetime, now: datetime, *, longest: timedelta) -> bool:
    """Whether an instant that was stored to be waited for, for `longest` at most, has come.

    One that is further ahead was stored while the clock was ahead, and nothing waits for it.
    """
    return not now < instant <= now + longest
