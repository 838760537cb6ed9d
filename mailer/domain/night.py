"""Tells when the work of a night is due: after half past two, and later where the machine was off then."""

from datetime import UTC, datetime, time, timedelta

# By the clock of the machine's own place: after the day's work, before the next, and never twice when clocks change.
BEGINS = time(2, 30)


def is_due(last: datetime | None, first: datetime | None, local: datetime) -> bool:
    """Whether a night has begun since it was last done, or since the `first` instant known where it never was.

    `local` is now, in the machine's own time zone. A last time that lies in the future does not count: the clock was ahead.
    """
    since = last if last is not None and last <= local else first
    return since is not None and since < _last_night(local)


def _last_night(local: datetime) -> datetime:
    """The last beginning of a night that has passed."""
    # Compared in UTC: in one zone Python compares what clocks show, and in the hour that they leave out no time is right.
    begin = datetime.combine(local.date(), BEGINS, local.tzinfo).astimezone(UTC)
    if begin > local.astimezone(UTC):
        begin = datetime.combine(local.date() - timedelta(days=1), BEGINS, local.tzinfo).astimezone(UTC)
    return begin
