"""A lane for each relay: its connections, the copies in hand for it, and what went wrong with it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from mailer.pipeline.sending.carrier import Carrier, LaneHealth, Relay
from mailer.pipeline.sending.throttle import RelayThrottle
from mailer.pipeline.sending.tray import OutTray

# Copies in hand, for each connection at first and for a relay at most: few, so that a pause takes effect soon.
AHEAD = 4
IN_HAND_AT_MOST = 1024
# Seconds without a copy finished after which the other relays wait for this one no more, and carry its copies.
STALLED = 2.0
# Seconds without a copy after which a lane ends its connections, while other lanes go on.
REST = 30.0

StartTask = Callable[[Coroutine[object, object, None]], asyncio.Task[None]]


@dataclass(slots=True)
class DrainResult:
    """The result of a drain. `down` says why a relay could not be used, `broke` why a connection broke last."""

    handed_over: int = 0
    down: str = ""
    broke: str = ""

    def add(self, handed_over: int, health: LaneHealth) -> None:
        """Add a lane that has ended."""
        self.handed_over += handed_over
        self.down = self.down or health.down or ("" if handed_over else health.why_failed)
        self.broke = self.broke or health.broke


@dataclass(slots=True, kw_only=True)
class Lane:
    """A relay while copies go through it. It begins, rests and ends by itself, whatever the other lanes do."""

    relay: Relay
    tray: OutTray
    throttle: RelayThrottle
    size: int  # how many copies to keep in hand
    ended: Callable[[], None]  # called when a carrier ends
    health: LaneHealth = field(default_factory=LaneHealth)
    carriers: set[Carrier] = field(default_factory=set)
    noted: bool = False  # whether the ledger knows that
    rests: bool = False  # it ends because it had nothing to do
    stalled: bool = False  # it has copies, and has finished none for a while
    _finished: int = 0
    _finished_at: float = 0.0  # when the last copy was finished, or there was none
    _idle_since: float | None = None

    @property
    def in_use(self) -> bool:
        """Whether copies may still go through it."""
        return bool(self.carriers) and self.tray.open

    @property
    def busy(self) -> bool:
        """Whether it has copies, waiting or leaving."""
        return bool(len(self.tray) or self.tray.taken)

    def room(self) -> int:
        """How many further copies it needs."""
        return 0 if self.stalled else max(0, (1 if self.tray.careful else self.size) - len(self.tray))

    def in_hand(self) -> int:
        """How many copies it has."""
        return len(self.tray) + self.tray.taken

    def adapt(self, starved: bool) -> None:
        """Keep more in hand when the tray ran empty, less when most copies waited for a whole turn."""
        if starved:
            self.size = min(IN_HAND_AT_MOST, self.size * 2)
        elif len(self.tray) > self.size // 2:
            self.size = max(self.relay.connections * AHEAD, self.size // 2)
        self.tray.mark = max(1, self.size // 2)

    def fill(self, start: StartTask) -> None:
        """Start as many carriers as the relay may have connections; some may have ended."""
        for _ in range(self.throttle.connections_now() - len(self.carriers)):
            carrier = Carrier(self.relay, self.tray, self.throttle, self.health, ended=self._carrier_ended)
            self.carriers.add(carrier)
            carrier.task = start(carrier.run())

    def _carrier_ended(self, carrier: Carrier) -> None:
        self.carriers.discard(carrier)
        self.ended()

    def look(self, elapsed: float, *, alone: bool) -> None:
        """Find out whether it stalls, or a connection: then their waiting copies go to others. After a long rest it ends.

        `alone`: no other relay could carry its copies.
        """
        if self.tray.handed_over != self._finished or not self.tray.taken:
            self._finished, self._finished_at = self.tray.handed_over, elapsed
        self.stalled = not alone and elapsed - self._finished_at >= STALLED
        if self.stalled:
            self.tray.give_back()
        for carrier in self.carriers:
            carrier.look(elapsed)
        self._idle_since = None if self.busy else elapsed if self._idle_since is None else self._idle_since
        if self._idle_since is not None and elapsed - self._idle_since >= REST:
            self.rests = True
            self.tray.close()

    def stop(self) -> None:
        """Begin no more contents; connections without a content whose reply is due end at once."""
        self.tray.close()
        for carrier in list(self.carriers):
            carrier.stop()

    def abandon(self) -> None:
        """Wait for no reply any more: copies whose content has begun are uncertain."""
        for carrier in list(self.carriers):
            carrier.cancel()

    def begun(self) -> set[tuple[int, int]]:
        """The copies whose content has begun and has no reply yet, by delivery and epoch."""
        return {copy for carrier in self.carriers for copy in carrier.begun()}
