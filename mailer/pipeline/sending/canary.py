"""Sends a few copies first and waits before the rest: what is wrong shows at these few, and the breaker pauses the mailing."""

from datetime import datetime, timedelta

from mailer.domain.mailing import Mailing
from mailer.domain.newsletter import Schedule
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries, tallies


def wave(connection: Connection, schedule: Schedule, found: Mailing, now: datetime) -> int | None:
    """How many copies of a mailing may be claimed now because of its canary wave; None: the wave sets no limit.

    When the wave has gone, the time of the rest is written down with the mailing. A supplement has no wave.
    """
    if not schedule.canary or found.supplement:
        return None
    if found.rest_at is not None:
        return None if now >= found.rest_at else 0
    gone = tallies.done_up_to(connection, found.id, schedule.canary)
    if gone < schedule.canary:
        return max(0, schedule.canary - gone - deliveries.in_hand(connection, found.id))
    mailings.change(connection, found.id, rest_at=now + timedelta(minutes=schedule.canary_minutes))
    return 0
