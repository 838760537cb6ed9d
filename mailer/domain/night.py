"""Tells when the work of a night is due: after half past two, and later where the machine was off then."""

from datetime import UTC, datetime, time, timedelta, tzinfo

# By the clock of the machine's own place: after the day's work, before the next, and never twice when clocks change.
BEGINS = time(2, 30)
# How the history names it.
DATABASE = "database"
CHECKED, DAMAGED, BACKED_UP, NOT_BACKED_UP = "check", "damaged", "back up", "no backup"


def is_due(last: datetime | None, first: datetime | None, now: datetime, zone: tzinfo | None = None) -> bool:
    """Whether a night has begun since it was last done, or since the `first` instant known where it never was.

    Nights are those of the zone, or else of the machine's own. A last time that lies in the future does not count: the
    clock was ahead.
    """
    since = last if last is not None and last <= now else first
    return since is not None and since < _last_night(now, zone)


def _last_night(now: datetime, zone: tzinfo | None) -> datetime:
    """The last beginning of a night that has passed."""
    # Python reads a time without a zone by the rules of the machine's own; `astimezone()` would keep today's offset only.
    day = now.astimezone(zone).date()
    begin = datetime.combine(day, BEGINS, zone).astimezone(UTC)
    return begin if begin <= now else datetime.combine(day - timedelta(days=1), BEGINS, zone).astimezone(UTC)
