"""Tells when the clocks of a zone show a time, also where they leave it out or show it twice."""

from datetime import UTC, datetime, timedelta, tzinfo

_MINUTE = timedelta(minutes=1)


def instant_of(local: datetime, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which the clocks of a zone show this time, to the minute.

    Of a time that they show twice, the first; of one that they leave out, the moment at which they go on.
    """
    local = local.replace(tzinfo=None, fold=0)
    while (instant := local.replace(tzinfo=zone).astimezone(UTC)).astimezone(zone).replace(tzinfo=None) != local:
        local += _MINUTE
    return instant
