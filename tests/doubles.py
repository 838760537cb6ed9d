"""What alone is faked: the time, and a relay's misbehaviour that no real server can be made to show."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from mailer.domain.delivery import Accepted, Outcome, Reply
from mailer.domain.ports import Envelope, Mark


class FrozenClock:
    """Stands still until a test moves it by hand."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, **by: float) -> None:
        """On by so many `days`, `hours`, `minutes` or `seconds`."""
        self._at += timedelta(**by)

    def set(self, at: datetime) -> None:
        self._at = at


ACCEPTED = Accepted(reply=Reply(code=250, status="2.0.0", text="Ok"))

# What to do with one copy; awaits the mark itself, or does not. What it raises comes through.
Play = Callable[[Envelope, Mark], Awaitable[Outcome]]


class ScriptedTransport:
    """Carries out attempts as its play says, on connections that stay usable.

    `left` are the addresses whose mark was made; `connected` counts the connections, `most_open` those at one time.
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
    usable = True

    def __init__(self, play: Play, left: list[str]) -> None:
        self._play = play
        self._left = left

    async def send(self, envelope: Envelope, message: bytes, mark: Mark) -> Outcome:
        async def noted() -> None:
            await mark()
            self._left.append(envelope.recipient.wire)

        return await self._play(envelope, noted)
