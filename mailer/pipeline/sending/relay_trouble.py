"""Remembers of each relay, from lane to lane, what went wrong: how long to leave it alone, and which copies break it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.domain.delivery import Deferred, Event
from mailer.domain.pacing import MINUTE
from mailer.domain.ports import Clock
from mailer.domain.retry import LOGIN_PAUSE, relay_pause
from mailer.pipeline import maillog
from mailer.pipeline.sending.carrier import BROKEN, Relay
from mailer.pipeline.sending.lane import Lane
from mailer.pipeline.sending.settings import SendSettings
from mailer.pipeline.sending.throttle import RelayThrottle
from mailer.pipeline.sending.tray import BreakOff
from mailer.store.ledger.results import Result


@dataclass(slots=True)
class RelayPause:
    """The pause of a relay that failed: until when, by a clock that is never set, and how often it has failed in a row."""

    failures: int = 0
    until: timedelta | None = None
    login: bool = False  # it refused the login

    def may_try(self, elapsed: float) -> bool:
        """Whether the relay may be tried now."""
        return self.until is None or timedelta(seconds=elapsed) >= self.until

    def failed(self, elapsed: float, *, login: bool) -> None:
        """Pause the relay, which handed nothing over, for longer each time."""
        self.failures, self.login = self.failures + 1, login
        self.until = timedelta(seconds=elapsed) + (LOGIN_PAUSE if login else relay_pause(self.failures))


class BrokenConnections:
    """Counts the connections that broke at each copy: does this copy break them, or the relay at any copy?"""

    def __init__(self) -> None:
        # For each copy at which connections broke: how often, and how many copies had got through the first time.
        self._broke: dict[int, tuple[int, int]] = {}

    def result_of(self, broken: BreakOff, *, now: datetime, got_through: int) -> Result:
        """The result for a copy at which a connection broke before its content: nothing was tried, and it waits.

        When connections keep breaking at it while other copies get through, it counts as deferred, and is given up in
        the end. `got_through` counts the copies that this process has handed over.
        """
        claim = broken.copy.claim
        maillog.connection_broke(claim.delivery, broken.why)
        times, before = self._broke.get(claim.delivery, (0, got_through))
        self._broke[claim.delivery] = (times + 1, before)
        to_blame = times + 1 >= BROKEN and got_through > before
        return Result(
            claim=claim,
            event=Event.DEFERRED if to_blame else Event.UNUSED,
            outcome=Deferred(reply=None, detail=broken.why) if to_blame else None,
            begun=False,
            started_at=broken.copy.started_at or now,
            finished_at=now,
            # After the others, in case this copy breaks connections.
            next_attempt_at=None if to_blame else now + MINUTE,
        )


@dataclass(slots=True, kw_only=True)
class RelayMemory:
    """What a sender remembers of a relay between two lanes."""

    throttle: RelayThrottle
    pause: RelayPause = field(default_factory=RelayPause)
    broken: BrokenConnections = field(default_factory=BrokenConnections)
    handed_over: int = 0
    lost_in_a_row: int = 0  # contents whose replies were lost, since the last one was answered
    ended: bool = False  # its lane ended in this round, and not because it had nothing to do

    def lane_ended(self, lane: Lane, elapsed: float) -> None:
        """Remember how a lane fared."""
        if lane.tray.handed_over and not self.throttle.refused:
            # It works, if not with as many connections as the settings ask for: that is no outage.
            self.pause = RelayPause()
        elif lane.health.why_failed:
            self.pause.failed(elapsed, login=lane.health.login_refused)
        self.handed_over += lane.tray.handed_over
        self.lost_in_a_row = lane.tray.lost_in_a_row
        self.ended = not lane.rests


def memories_of(relays: Iterable[Relay], clock: Clock, settings: SendSettings) -> dict[str, RelayMemory]:
    """The memories of relays that were not used yet, by name."""
    memories = {}
    for relay in relays:
        per_minute = settings.relays[relay.name].per_minute
        throttle = RelayThrottle(relay.name, clock, connections=relay.connections, per_minute=per_minute)
        memories[relay.name] = RelayMemory(throttle=throttle)
    return memories
