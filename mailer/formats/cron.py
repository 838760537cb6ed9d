"""Reads a newsletter's cron line: when is its next time?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailer.domain.errors import BadInput
from mailer.domain.newsletter import Schedule


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """The first time of the cron line after an instant, in UTC.

    Raises BadInput for a line that has no time. On the night the clocks change no time is lost or doubled (cronsim).
    """
    from cronsim import CronSim, CronSimError

    try:
        return next(CronSim(schedule.cron, after.astimezone(ZoneInfo(schedule.timezone)))).astimezone(UTC)
    except (CronSimError, StopIteration) as error:
        raise BadInput(f"[send] cron: {schedule.cron!r} names no time; see schedules/*.toml") from error
