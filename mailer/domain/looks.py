"""Deletes by age only what two looks have seen as old, a day apart: one look alone may be by a clock that is wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

APART = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at what is old: when by the clock, and by the seconds since a boot; what is older than `before` is old."""

    at: datetime
    boot: str
    elapsed: float
    before: datetime


def seen_twice(first: Look | None, now: Look) -> datetime | None:
    """Before when everything is old by both looks; None while they are less than a day apart."""
    return min(first.before, now.before) if first is not None and _is_a_day_before(first, now) else None


def look_to_keep(first: Look | None, now: Look) -> Look:
    """Which look the next one is compared with: the first until a day has passed, unless the clock was ahead then."""
    if first is None or first.at > now.at or _is_a_day_before(first, now):
        return now
    return first


def _is_a_day_before(first: Look, now: Look) -> bool:
    if first.at > now.at:
        return False
    if first.boot == now.boot != "" and first.elapsed <= now.elapsed:
        return timedelta(seconds=now.elapsed - first.elapsed) >= APART
    return now.at - first.at >= APART
