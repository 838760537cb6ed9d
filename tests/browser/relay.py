"""The club's relay in a thread of its own: a capturing SMTP server that can be slow, refuse, or lose its answer."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.relay_plays import Late, Misbehaviour, Phase, Play
from tests.scripted_relay import Sink


class Relay:
    """What a test tells the relay to do, and what it has received."""

    def __init__(self) -> None:
        self.slow: float = 0.0  # seconds before each answer to a message
        self.loses_answer_for: set[str] = set()  # addresses whose copies arrive, without an answer
        self.refuses: dict[str, str] = {}  # the reply for an address
        self.sink = Sink(script=self._play)

    def _play(self, phase: Phase, _sender: str, recipient: str, _nth: int) -> Play | None:
        if phase is Phase.RCPT and recipient in self.refuses:
            return self.refuses[recipient]
        if phase is Phase.END and recipient in self.loses_answer_for:
            self.loses_answer_for.discard(recipient)
            return Misbehaviour.DROP
        if phase is Phase.END and self.slow:
            return Late(seconds=self.slow)
        return None

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.sink.port

    def letters(self, recipient: str) -> list[bytes]:
        """The messages that it has taken for this address."""
        return [message.message for message in list(self.sink.received) if message.recipient == recipient]


@contextmanager
def a_relay() -> Iterator[Relay]:
    """A relay that listens until the end of the block."""
    relay, ready, loop = Relay(), threading.Event(), asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with relay.sink:
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="relay")
    thread.start()
    ready.wait()
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
