"""How far the mailings of an issue are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.departure import Departure
from mailer.domain.mailing import ENDED, Mailing, MailingState
from mailer.domain.newsletter import Schedule
from mailer.domain.pacing import MINUTE, Throttle
from mailer.domain.relay_limits import SlowRelay
from mailer.domain.standstill import Standstill


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the mailings of an issue are.

    `done` counts the copies that are neither pending nor sending, `under_way` those that may still leave,
    `open_copies` those that need a person, once it has ended. `per_second` is the present rate; `seconds_left` is None
    while nothing leaves. `pause_reason` is the breaker's; `rest_at` is when the rest follows a canary wave. `throttled`
    are the throttled providers for which copies wait. `at_once`: some copy waits for nothing; else the first may leave
    at `next_at` (None: unknown). `newsletter_known`: schedules/ still has the newsletter. `departure` is when a planned
    mailing begins by itself; `opens_at` when one under way goes on, outside of the hours in which messages may leave.
    `cancelled_supplements` are the numbers of supplements that were cancelled, while the issue itself was not.
    `slow_relays` are the relays in use that asked to slow down. `standstill` is why nothing leaves, whatever its
    state. `stoppable`: it was begun, and no copy has left. `senders` is how many processes have copies in hand.
    """

    issue: str
    state: MailingState
    copies: int
    done: int
    per_second: float
    seconds_left: float | None
    counts: dict[str, int]
    open_copies: int
    due_at: datetime | None
    starts_at: datetime | None
    at_once: bool
    next_at: datetime | None
    under_way: int
    held_reason: str | None
    pause_reason: str
    rest_at: datetime | None
    throttled: tuple[Throttle, ...]
    relay_down: str | None
    newsletter_known: bool
    approved_by: str | None
    approved_at: datetime | None
    timezone: str = "UTC"
    departure: Departure | None = None
    opens_at: datetime | None = None
    cancelled_supplements: tuple[int, ...] = ()
    slow_relays: tuple[SlowRelay, ...] = ()
    standstill: Standstill | None = None
    stoppable: bool = False
    senders: int = 0

    def counts_down(self, now: datetime) -> bool:
        """Whether it was begun, and its first copy leaves later than now."""
        return self.state is MailingState.SENDING and self.starts_at is not None and now < self.starts_at

    def can_continue(self, schedule: Schedule, now: datetime) -> bool:
        """Whether something can be done now: a copy is due, is being sent, or follows within a minute."""
        if not self.under_way or not schedule.open_at(now):
            return False
        if self.rest_at is not None and now < self.rest_at:
            return False  # the canary wave is done, and the rest has its own time
        due = self.at_once or (self.next_at is not None and self.next_at <= now)
        # A short rest of a provider is waited for, as the limit of a minute is.
        soon = any(throttle.until is not None and throttle.until <= now + MINUTE for throttle in self.throttled)
        return due or soon or self.counts["sending"] > 0


def cancelled_supplements(mailings: Sequence[Mailing]) -> tuple[int, ...]:
    """The numbers of an issue's supplements that were cancelled, while the issue itself was not."""
    if current_mailing(mailings).state is MailingState.CANCELLED:
        return ()
    cancelled = (mailing for mailing in mailings if mailing.state is MailingState.CANCELLED)
    return tuple(mailing.supplement for mailing in cancelled if mailing.supplement)


def current_mailing(mailings: Sequence[Mailing]) -> Mailing:
    """The mailing that stands for its issue: the first that is neither closed nor cancelled.

    Else the last that was closed, since a supplement that was cancelled leaves the issue as it was; else the last one.
    """
    unfinished = (mailing for mailing in mailings if mailing.state not in ENDED)
    closed = (mailing for mailing in reversed(mailings) if mailing.state is MailingState.CLOSED)
    return next(unfinished, None) or next(closed, mailings[-1])
