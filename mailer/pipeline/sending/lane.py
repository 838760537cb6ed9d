"""A lane for each relay: its connections, the copies in hand for it, and what went wrong with it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from math import inf

from mailer.domain.delivery import Outcome
from mailer.domain.errors import LoginRefused, TransportDown
from mailer.domain.ports import Parcel, Transport
from mailer.pipeline.sending.session import Session
from mailer.pipeline.sending.throttle import RelayThrottle
from mailer.pipeline.sending.tray import OutTray, outgoing

# Copies in hand, for each connection at first and for a relay at most: few, so that a pause takes effect soon.
AHEAD = 4
IN_HAND_AT_MOST = 1024
# How many connections in a row may break before content is transferred, until the relay counts as down.
BROKEN = 3
# Seconds without a copy finished after which the other relays wait for this one no more, and carry its copies.
STALLED = 2.0
# Seconds without a reply to a content after which the copy behind it on its connection goes to another one.
RECALL = 30.0
# Seconds without a copy after which a lane ends its connections, while other lanes go on.
REST = 30.0

StartTask = Callable[[Coroutine[object, object, None]], asyncio.Task[None]]


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
    """A relay while copies go through it. It begins, rests and ends by itself, whatever the other lanes do."""

    relay: Relay
    tray: OutTray
    throttle: RelayThrottle
    size: int  # how many copies to keep in hand
    ended: Callable[[], None]  # called when a carrier ends
    carriers: set["Carrier"] = field(default_factory=set)
    opening: int = 0  # connections being opened
    reached: bool = False  # whether a connection was opened
    noted: bool = False  # whether the ledger knows that
    size_limit: int | None = None  # of the relay's messages, as its last connection announced it
    down: str = ""  # why it cannot be used
    broke: str = ""  # why a connection broke last
    breaks: int = 0  # connections that broke
    blamed: int = 0  # of these, those that broke because of a copy
    login_refused: bool = False
    failure: Exception | None = None  # one that no relay causes
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

    @property
    def why_failed(self) -> str:
        """Why it failed; empty when a copy is to blame, or nothing went wrong."""
        return self.down or (self.broke if self.breaks > self.blamed else "")

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
            carrier = Carrier(self)
            self.carriers.add(carrier)
            carrier.task = start(carrier.run())

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


class Carrier:
    """One connection of a lane after another, and the copies of the tray that it holds."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._tray = lane.tray
        self._held: set[Parcel] = set()
        self._begun: set[Parcel] = set()
        self._recalled: set[Parcel] = set()
        self._awaited: Parcel | None = None  # a content that had no reply at the last look, and since when
        self._awaited_since = 0.0
        self._connected = False
        self._session = Session(lane.tray, lane.throttle)
        self._stopping = False
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Hand over copies while there are any, with a new connection when one breaks."""
        lane, broken = self._lane, 0
        try:
            while broken < BROKEN and await self._has_copies():
                if lane.throttle.open_now >= lane.throttle.connections_now():
                    break  # fewer connections than there were are allowed
                before = self._tray.handed_over
                try:
                    await self._carry()
                except TransportDown as error:
                    tally = self._session.tally if self._connected else None
                    if lane.throttle.connection_refused(error.reply, error.phase, tally):
                        continue
                    if tally is not None and tally.over:
                        continue  # a reply to a copy had ended it
                    lane.login_refused |= isinstance(error, LoginRefused)
                    if self._connected:
                        lane.broke, lane.breaks = str(error), lane.breaks + 1
                    broken = broken + 1 if self._connected else BROKEN
                    if broken >= BROKEN:
                        lane.down = str(error)
                if self._tray.handed_over > before:
                    broken = 0
        except Exception as error:  # noqa: BLE001  (other lanes, and what is leaving by this one, are not its matter)
            lane.failure = error
            self._tray.close()
        finally:
            lane.carriers.discard(self)
            lane.ended()

    async def _carry(self) -> None:
        lane, self._connected = self._lane, False
        lane.opening += 1
        lane.throttle.open_now += 1
        try:
            async with lane.relay.transport.connect() as connection:
                self._connected = lane.reached = True
                lane.throttle.serving += 1
                self._session = Session(self._tray, lane.throttle)
                lane.size_limit = connection.size_limit
                lane.opening -= 1
                await connection.carry(self)
        finally:
            lane.throttle.open_now -= 1
            lane.throttle.serving -= self._connected
            lane.opening -= not self._connected

    async def _has_copies(self) -> bool:
        """Wait until a copy may leave that no connection being opened will take; False when none will come."""
        while self._tray.open:
            wait = self._lane.throttle.wait_to_open(self._lane.opening)
            if wait <= 0 and len(self._tray) > self._lane.opening:
                break
            changed = asyncio.Event()
            self._tray.await_more(changed.set, within=wait if wait > 0 else inf)
            await changed.wait()
        return self._tray.open and len(self._tray) > 0

    def look(self, elapsed: float) -> None:
        """Put back the copies behind a content whose reply does not come.

        Commands for them have been sent, but no content. When they are answered after all, the connection ends.
        """
        if self._awaited not in self._begun:
            self._awaited, self._awaited_since = next(iter(self._begun), None), elapsed
        if self._awaited is not None and elapsed - self._awaited_since >= RECALL:
            for parcel in self._held - self._begun:
                self._recalled.add(parcel)
                self._held.discard(parcel)
                self._session.put_back(parcel, "", blamed=False)

    def stop(self) -> None:
        """End at once, unless a content has begun: its reply is waited for. A connection without a copy may say QUIT."""
        self._stopping = True
        if not self._begun and (self._held or not self._connected):
            self.cancel()

    def cancel(self) -> None:
        """End at once."""
        if self.task is not None:
            self.task.cancel()

    def begun(self) -> set[tuple[int, int]]:
        """The copies whose content has begun and has no reply yet, by delivery and epoch."""
        return {(copy.claim.delivery, copy.claim.epoch) for copy in map(outgoing, self._begun)}

    # --- the tray, as its connection sees it --------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """Whether there may be more copies."""
        return self._session.open

    def take(self, wake: Callable[[], None]) -> Parcel | None:
        """The next copy of the tray."""
        parcel = self._session.take(wake)
        if parcel is not None:
            self._held.add(parcel)
        return parcel

    def begin(self, parcel: Parcel) -> bool:
        """Note that its content begins to leave."""
        begins = self._holds(parcel) and self._session.begin(parcel)
        if begins:
            self._begun.add(parcel)
        else:
            self._held.discard(parcel)
        return begins

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """Put it down with its outcome."""
        if self._holds(parcel):
            self._session.end(parcel, outcome)
            if self._lane.throttle.refused and not self._lane.down:
                refused = self._lane.throttle.refused
                self._lane.down = f"the relay {self._lane.relay.name} refuses to work for us: {refused}"
            self._let_go(parcel)

    def refuse(self, parcel: Parcel, why: str) -> None:
        """Put it down untried: this relay would never take it."""
        if self._holds(parcel):
            self._session.refuse(parcel, why)
            self._let_go(parcel)

    def put_back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """Put it down untried."""
        if self._holds(parcel):
            self._session.put_back(parcel, why, blamed=blamed)
            self._let_go(parcel)

    def _holds(self, parcel: Parcel) -> bool:
        """Whether it has not been recalled; the connection has done with it now."""
        recalled = parcel in self._recalled
        self._recalled.discard(parcel)
        return not recalled

    def _let_go(self, parcel: Parcel) -> None:
        self._held.discard(parcel)
        self._begun.discard(parcel)
        if self._stopping and self._held and not self._begun:
            self.cancel()
