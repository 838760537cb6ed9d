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
    """Carries out attempts as its play says, on connections that stay usable. `connected` counts them."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.connected = 0
        self.open = 0
        self.most_open = 0
        self.tried: list[str] = []

    @asynccontextmanager
    async def connect(self) -> AsyncIterator["_ScriptedConnection"]:
        self.connected += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            yield _ScriptedConnection(self._play, self.tried)
        finally:
            self.open -= 1


class _ScriptedConnection:
    usable = True

    def __init__(self, play: Play, tried: list[str]) -> None:
        self._play = play
        self._tried = tried

    async def send(self, envelope: Envelope, message: bytes, mark: Mark) -> Outcome:
        self._tried.append(envelope.recipient.wire)
        return await self._play(envelope, mark)
