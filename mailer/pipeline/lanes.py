"""The lanes that copies leave by: one for each relay, with what it has in hand and how it fared."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.ports import Transport
from mailer.domain.retry import LONGEST_PAUSE, relay_pause
from mailer.pipeline.tray import OutTray

# Copies in hand for each connection at first, and for a relay at most: enough for a moment, so that a pause takes hold.
AHEAD = 4
IN_HAND_AT_MOST = 512
# A login that was refused is not tried again for so long, or the relay might lock us out; SIGHUP tries it at once.
LOGIN_PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """One relay: its name in the ledger, how connections to it are made, and how many there may be at once."""

    name: str
    transport: Transport
    connections: int


@dataclass(slots=True, kw_only=True)
class Lane:
    """One relay while copies go through it."""

    relay: Relay
    tray: OutTray
    size: int  # how many copies are kept in hand
    carriers: int = 0  # conversations that go on
    given: int = 0
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
