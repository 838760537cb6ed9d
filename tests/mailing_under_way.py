"""A made-up mailing of three copies that is under way."""

from datetime import UTC, datetime, timedelta

from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.domain.pacing import Throttle
from mailer.domain.progress import Progress

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SENDING = Progress(
    issue="harbour-letter/41",
    state=MailingState.SENDING,
    copies=3,
    done=1,
    per_second=0.0,
    seconds_left=None,
    counts=dict.fromkeys(State, 0) | {State.ACCEPTED: 1, State.PENDING: 2},
    open_copies=0,
    due_at=None,
    starts_at=None,
    at_once=True,
    next_at=None,
    under_way=2,
    held_reason=None,
    pause_reason="",
    rest_at=None,
    throttled=(),
    relay_down=None,
    newsletter_known=True,
    approved_by=None,
    approved_at=None,
)


def throttle(until: datetime | None) -> Throttle:
    """A provider that gets nothing until then."""
    return Throttle(family="gmail.com", failures=1, until=until, reason="421 slow down", set_at=NOW, set_by="daemon")
