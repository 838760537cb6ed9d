"""One of a lane's connections, opened again when it breaks, and what its lane finds out by it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from mailer.domain.delivery import Outcome
from mailer.domain.errors import LoginRefused, TransportDown
from mailer.domain.ports import Parcel, Transport
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.pipeline.sending.session import Session
from mailer.pipeline.sending.throttle import RelayThrottle
from mailer.pipeline.sending.tray import OutTray

# How many connections in a row may break before content is transferred, until the relay counts as down.
BROKEN = 3
# Seconds without a reply to a content after which the copy behind it on its connection goes to another one.
RECALL = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A relay: its name in the ledger, its transport, and how many connections this process may have at once.

    `share` is what part these are of all connections that the settings allow.
    """

    name: str
    transport: Transport
    connections: int
    share: float = 1.0


@dataclass(slots=True, kw_only=True)
class LaneHealth:
    """How a lane fares, as its connections find out."""

    opening: int = 0  # connections being opened
    reached: bool = False  # whether a connection was opened
    size_limit: int | None = None  # of the relay's messages, as its last connection announced it
    down: str = ""  # why the relay cannot be used
    broke: str = ""  # why a connection broke last
    breaks: int = 0  # connections that broke
    blamed: int = 0  # of these, those that broke because of a copy
    login_refused: bool = False
    failure: Exception | None = None  # one that no relay causes

    @property
    def why_failed(self) -> str:
        """Why it failed; empty when a copy is to blame, or nothing went wrong."""
        return self.down or (self.broke if self.breaks > self.blamed else "")


class Carrier:
    """One connection after another to a relay, and the copies of the tray that it holds."""

    def __init__(
        self,
        relay: Relay,
        tray: OutTray,
        throttle: RelayThrottle,
        health: LaneHealth,
        *,
        ended: Callable[["Carrier"], None],
    ) -> None:
        self._relay = relay
        self._tray = tray
        self._throttle = throttle
        self._health = health
        self._ended = ended
        self._held: set[OutgoingCopy] = set()
        self._begun: set[OutgoingCopy] = set()
        self._recalled: set[OutgoingCopy] = set()
        self._awaited: OutgoingCopy | None = None  # a content that had no reply at the last look, and since when
        self._awaited_since = 0.0
        self._connected = False
        self._session = Session(tray, throttle)
        self._stopping = False
        self.task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Hand over copies while there are any, with a new connection when one breaks."""
        health, broken = self._health, 0
        try:
            while broken < BROKEN and await self._has_copies():
                if self._throttle.open_now >= self._throttle.connections_now():
                    break  # fewer connections than there were are allowed
                before = self._tray.handed_over
                try:
                    await self._carry()
                except TransportDown as error:
                    tally = self._session.tally if self._connected else None
                    if self._throttle.connection_refused(error.reply, error.phase, tally):
                        continue
                    if tally is not None and tally.over:
                        continue  # a reply to a copy had ended it
                    health.login_refused |= isinstance(error, LoginRefused)
                    if self._connected:
                        health.broke, health.breaks = str(error), health.breaks + 1
                    broken = broken + 1 if self._connected else BROKEN
                    if broken >= BROKEN:
                        health.down = str(error)
                if self._tray.handed_over > before:
                    broken = 0
        except Exception as error:  # noqa: BLE001  (other lanes, and what is leaving by this one, are not its matter)
            health.failure = error
            self._tray.close()
        finally:
            self._ended(self)

    async def _carry(self) -> None:
        health, self._connected = self._health, False
        health.opening += 1
        self._throttle.open_now += 1
        try:
            async with self._relay.transport.connect() as connection:
                self._connected = health.reached = True
                self._throttle.serving += 1
                self._session = Session(self._tray, self._throttle)
                health.size_limit = connection.size_limit
                health.opening -= 1
                await connection.carry(self)
        finally:
            self._throttle.open_now -= 1
            self._throttle.serving -= self._connected
            health.opening -= not self._connected

    async def _has_copies(self) -> bool:
        """Wait until a copy may leave that no connection being opened will take; False when none will come."""
        while self._tray.open:
            wait = self._throttle.wait_to_open(self._health.opening)
            if wait <= 0 and len(self._tray) > self._health.opening:
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
            for copy in self._held - self._begun:
                self._recalled.add(copy)
                self._held.discard(copy)
                self._session.put_back(copy, "", blamed=False)

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
        return {(copy.claim.delivery, copy.claim.epoch) for copy in self._begun}

    # --- the tray, as its connection sees it --------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """Whether there may be more copies."""
        return self._session.open

    def take(self, wake: Callable[[], None]) -> OutgoingCopy | None:
        """The next copy of the tray."""
        copy = self._session.take(wake)
        if copy is not None:
            self._held.add(copy)
        return copy

    def begin(self, parcel: Parcel) -> bool:
        """Note that its content begins to leave."""
        copy = _outgoing(parcel)
        if self._holds(copy):
            if self._session.begin(copy):
                self._begun.add(copy)
                return True
            self._held.discard(copy)
        return False

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """Put it down with its outcome."""
        copy = _outgoing(parcel)
        if self._holds(copy):
            self._session.end(copy, outcome)
            if self._throttle.refused and not self._health.down:
                refused = self._throttle.refused
                self._health.down = f"the relay {self._relay.name} refuses to work for us: {refused}"
            self._let_go(copy)

    def refuse(self, parcel: Parcel, why: str) -> None:
        """Put it down untried: this relay would never take it."""
        copy = _outgoing(parcel)
        if self._holds(copy):
            self._session.refuse(copy, why)
            self._let_go(copy)

    def put_back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """Put it down untried."""
        copy = _outgoing(parcel)
        if self._holds(copy):
            self._session.put_back(copy, why, blamed=blamed)
            self._let_go(copy)

    def _holds(self, copy: OutgoingCopy) -> bool:
        """Whether it has not been recalled. The connection has done with a recalled one now."""
        if copy in self._recalled:
            self._recalled.discard(copy)
            return False
        return True

    def _let_go(self, copy: OutgoingCopy) -> None:
        self._held.discard(copy)
        self._begun.discard(copy)
        if self._stopping and self._held and not self._begun:
            self.cancel()


def _outgoing(parcel: Parcel) -> OutgoingCopy:
    """The copy that a connection calls a parcel."""
    assert isinstance(parcel, OutgoingCopy), "a tray gets back what was taken from it"
    return parcel
