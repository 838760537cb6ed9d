"""The only fakes: the time, and misbehaviour of a relay that no real server can be made to show."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from mailer.domain.delivery import Accepted, Outcome, Reply, Unknown
from mailer.domain.ports import Envelope, Parcel, Tray


class FrozenClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._began = at

    def now(self) -> datetime:
        return self._at

    def elapsed(self) -> float:
        return (self._at - self._began).total_seconds()

    def boot(self) -> str:
        return "a boot"

    def advance(self, **by: float) -> None:
        """Let so many `days`, `hours`, `minutes` or `seconds` pass."""
        self._at += timedelta(**by)

    def set(self, at: datetime) -> None:
        self._at = at

    def jump(self, **by: float) -> None:
        """Set the clock forward or back by so many `days` or `hours`, while no time passes."""
        self._at += timedelta(**by)
        self._began += timedelta(**by)


ACCEPTED = Accepted(reply=Reply(code=250, status="2.0.0", text="Ok"))


class RunningClock:
    """A clock that begins at this instant, and runs as the timers of the running loop do."""

    def __init__(self, at: datetime) -> None:
        self._loop = asyncio.get_running_loop()  # threads ask, too
        self._at = at
        self._began = self._loop.time()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        return self._loop.time() - self._began

    def boot(self) -> str:
        return "a boot"

    def advance(self, *, minutes: float) -> None:
        """Let so many minutes pass at once."""
        self._began -= minutes * 60


class NotNow(Exception):
    """Raised by `mark` when the tray does not let the copy begin."""


Mark = Callable[[], Awaitable[None]]
# Handles one copy; it may await the mark. Its exceptions are passed on.
Play = Callable[[Envelope, Mark], Awaitable[Outcome]]


class ScriptedTransport:
    """A transport whose attempts are made by `play`, one after another on each connection.

    `left` has the addresses whose mark was made; `connected` counts the connections, `most_open` those at one time.
    """

    def __init__(self, play: Play) -> None:
        self._play = play
        self._open = 0
        self.connected = 0
        self.most_open = 0
        self.left: list[str] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["_ScriptedConnection"]:
        self.connected += 1
        self._open += 1
        self.most_open = max(self.most_open, self._open)
        try:
            yield _ScriptedConnection(self._play, self.left)
        finally:
            self._open -= 1


class _ScriptedConnection:
    def __init__(self, play: Play, left: list[str]) -> None:
        self._play = play
        self._left = left

    @property
    def size_limit(self) -> int:
        return 0

    async def carry(self, tray: Tray) -> None:
        more = asyncio.Event()
        while (parcel := tray.take(more.set)) is not None or tray.open:
            if parcel is None:
                await more.wait()
                more.clear()
            else:
                await self._carry(tray, parcel)

    async def _carry(self, tray: Tray, parcel: Parcel) -> None:
        begun = False

        async def mark() -> None:
            nonlocal begun
            if not tray.begin(parcel):
                raise NotNow
            begun = True
            self._left.append(parcel.envelope.recipient)

        try:
            outcome = await self._play(parcel.envelope, mark)
        except NotNow:
            return
        except BaseException as error:
            if begun:
                tray.end(parcel, Unknown(reply=None, detail=repr(error)))
            else:
                tray.put_back(parcel, repr(error), blamed=False)
            raise
        tray.end(parcel, outcome)
