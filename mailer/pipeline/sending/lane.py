"""The lanes that copies leave by: one for each relay, with what it has in hand and how it fared."""

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
from mailer.pipeline.sending.tray import Broken, OutTray
from mailer.store.ledger.results import Result

# Copies in hand for each connection at first, and for a relay at most: enough for a moment, so that a pause takes hold.
AHEAD = 4
IN_HAND_AT_MOST = 1024
# After so many connections in a row that broke before any content was asked for, the relay counts as down.
BROKEN = 3
# A login that was refused is not tried again for so long, or the relay might lock us out; SIGHUP tries it at once.
LOGIN_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One relay: its name in the ledger, how connections to it are made, and how many there may be at once."""

    name: str
    transport: Transport
    connections: int


@dataclass(slots=True)
class Drained:
    """How a drain ended. `down` says why a relay could not be used; `broke` what became of a connection at last."""

    handed_over: int = 0
    down: str = ""
    broke: str = ""


@dataclass(slots=True, kw_only=True)
class Lane:
    """One relay while copies go through it."""

    relay: Relay
    tray: OutTray
    size: int  # how many copies are kept in hand
    carriers: int = 0  # conversations that go on
    opening: int = 0  # of these, those that are not connected yet
    reached: bool = False
    down: str = ""
    broke: str = ""
    breaks: int = 0  # connections that broke
    blamed: int = 0  # of these, the ones for which a copy is to blame
    login_refused: bool = False

    @property
    def in_use(self) -> bool:
        """Whether it may still carry something."""
        return self.carriers > 0 and self.tray.open

    def room(self) -> int:
        """How many further copies it could do with."""
        return max(0, self.size - len(self.tray))

    def adapt(self, starved: bool) -> None:
        """Keep more in hand when there was too little, less when most of it waited through a whole turn."""
        if starved:
            self.size = min(IN_HAND_AT_MOST, self.size * 2)
        elif len(self.tray) > self.size // 2:
            self.size = max(self.relay.connections * AHEAD, self.size // 2)
        self.tray.mark = max(1, self.size // 2)

    async def carry(self, ended: Callable[[], None]) -> None:
        """One connection's life: copy after copy while there are any, a new conversation when one broke.

        `ended` is called when this life is over.
        """
        broken = 0
        try:
            while broken < BROKEN and await self._something():
                before, connected = self.tray.handed_over, False
                self.opening += 1
                try:
                    async with self.relay.transport.connect() as connection:
                        connected = self.reached = True
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

    async def _something(self) -> bool:
        """Wait until there is something to take, besides what connections that are being opened will take.

        False when there will be nothing.
        """
        while self.tray.open and len(self.tray) <= self.opening:
            more = asyncio.Event()
            self.tray.await_more(more.set)
            await more.wait()
        return self.tray.open and len(self.tray) > 0


@dataclass(slots=True)
class Rest:
    """What a relay that failed has to show for it: since when it is left alone, and how often it failed in a row."""

    failures: int = 0
    until: datetime | None = None

    def may_try(self, now: datetime) -> bool:
        """Whether it may be tried now. Never for longer than the longest pause, even when the clock was set back."""
        return self.until is None or not now < self.until <= now + max(LONGEST_PAUSE, LOGIN_PAUSE)

    def failed(self, now: datetime, *, login: bool) -> None:
        """It carried nothing: it is left alone for a while that grows."""
        self.failures += 1
        self.until = now + (LOGIN_PAUSE if login else relay_pause(self.failures))


class Blame:
    """Tells whether it is a copy that breaks connections, or a relay that breaks at any."""

    def __init__(self) -> None:
        # Copies that connections broke at: how often, and how many had got through at the first time.
        self._broke: dict[int, tuple[int, int]] = {}

    def judge(self, broken: Broken, *, now: datetime, got_through: int) -> Result:
        """What to write of a copy at which a connection broke, before its content: nothing was tried, and it waits.

        It did so again and again while others got through: then it is put off like any other, and given up in the end.
        `got_through` counts what this process has handed over.
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
            # Behind the others, in case it is this copy that breaks connections.
            next_attempt_at=None if to_blame else now + MINUTE,
        )
