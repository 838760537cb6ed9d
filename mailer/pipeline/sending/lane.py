"""A lane for each relay: its connections, the copies in hand for it, and what went wrong with it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.delivery import Deferred, Event
from mailer.domain.errors import LoginRefused, TransportDown
from mailer.domain.pacing import MINUTE
from mailer.domain.ports import Transport
from mailer.domain.retry import LONGEST_PAUSE, relay_pause
from mailer.pipeline import maillog
from mailer.pipeline.sending.tray import BreakOff, OutTray
from mailer.store.ledger.results import Result

# Copies in hand, for each connection at first and for a relay at most: few, so that a pause takes effect soon.
AHEAD = 4
IN_HAND_AT_MOST = 1024
# How many connections in a row may break before content is transferred, until the relay counts as down.
BROKEN = 3
# The pause after a refused login, so that the relay does not lock us out. SIGHUP ends it.
LOGIN_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A relay: its name in the ledger, its transport, and how many connections there may be at once."""

    name: str
    transport: Transport
    connections: int


@dataclass(slots=True)
class DrainResult:
    """The result of a drain. `down` says why a relay could not be used, `broke` why a connection broke last."""

    handed_over: int = 0
    down: str = ""
    broke: str = ""


@dataclass(slots=True, kw_only=True)
class Lane:
    """A relay while copies go through it."""

    relay: Relay
    tray: OutTray
    size: int  # how many copies to keep in hand
    carriers: int = 0  # connections at work, those being opened too
    opening: int = 0  # of these, those being opened
    reached: bool = False  # whether a connection was opened
    size_limit: int | None = None  # of the relay's messages, as its last connection announced it
    down: str = ""  # why it cannot be used
    broke: str = ""  # why a connection broke last
    breaks: int = 0  # connections that broke
    blamed: int = 0  # of these, those that broke because of a copy
    login_refused: bool = False

    @property
    def in_use(self) -> bool:
        """Whether copies may still go through it."""
        return self.carriers > 0 and self.tray.open

    def room(self) -> int:
        """How many further copies it needs."""
        return max(0, self.size - len(self.tray))

    def adapt(self, starved: bool) -> None:
        """Keep more in hand when the tray ran empty, less when most copies waited for a whole turn."""
        if starved:
            self.size = min(IN_HAND_AT_MOST, self.size * 2)
        elif len(self.tray) > self.size // 2:
            self.size = max(self.relay.connections * AHEAD, self.size // 2)
        self.tray.mark = max(1, self.size // 2)

    async def carry(self, ended: Callable[[], None]) -> None:
        """Hand over copies while there are any, with a new connection when one breaks; call `ended` at the end."""
        broken = 0
        try:
            while broken < BROKEN and await self._has_copies():
                before, connected = self.tray.handed_over, False
                self.opening += 1
                try:
                    async with self.relay.transport.connect() as connection:
                        connected = self.reached = True
                        self.size_limit = connection.size_limit
                        self.opening -= 1
                        await connection.carry(self.tray)
                except TransportDown as error:
                    self.login_refused |= isinstance(error, LoginRefused)
                    if connected:
                        self.broke, self.breaks = str(error), self.breaks + 1
                    self.opening -= not connected
                    broken = broken + 1 if connected else BROKEN
                    if broken >= BROKEN:
                        self.down = str(error)
                if self.tray.handed_over > before:
                    broken = 0
        finally:
            self.carriers -= 1
            ended()

    async def _has_copies(self) -> bool:
        """Wait until there are more copies than connections being opened will take; False when none will come."""
        while self.tray.open and len(self.tray) <= self.opening:
            changed = asyncio.Event()
            self.tray.await_more(changed.set)
            await changed.wait()
        return self.tray.open and len(self.tray) > 0


@dataclass(slots=True)
class RelayPause:
    """The pause of a relay that failed: until when, and how often it has failed in a row."""

    failures: int = 0
    until: datetime | None = None

    def may_try(self, now: datetime) -> bool:
        """Whether the relay may be tried now. No pause exceeds the longest, even when the clock was set back."""
        return self.until is None or not now < self.until <= now + max(LONGEST_PAUSE, LOGIN_PAUSE)

    def failed(self, now: datetime, *, login: bool) -> None:
        """Pause the relay, which handed nothing over, for longer each time."""
        self.failures += 1
        self.until = now + (LOGIN_PAUSE if login else relay_pause(self.failures))


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
