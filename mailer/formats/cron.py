"""Reads a newsletter's cron line: when is its next time?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailer.domain.errors import BadInput
from mailer.domain.newsletter import Schedule
from mailer.domain.wall_time import instant_of


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """The first time of the cron line after an instant, in UTC.

    Raises BadInput for a line that has no time. On the night the clocks change no time is lost or doubled: one that they
    leave out comes when they go on, and one that they show twice comes once. A line for every hour, `*`, goes by the hours
    that pass.
    """
    from cronsim import CronSim, CronSimError

    zone = ZoneInfo(schedule.timezone)
    local = after.astimezone(zone)
    try:
        if schedule.cron.split()[1:2] == ["*"]:
            return next(CronSim(schedule.cron, local)).astimezone(UTC)
        # Without a zone cronsim counts what clocks show, and knows nothing of their changes.
        for shown in CronSim(schedule.cron, local.replace(tzinfo=None)):
            if (instant := instant_of(shown, zone)) > after:
                return instant
    except (CronSimError, StopIteration):
        pass
    raise BadInput(f"[send] cron: {schedule.cron!r} names no time; see schedules/*.toml")
