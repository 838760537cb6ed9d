"""A relay seems to be far away: passes every octet on, in both directions, after a delay and never before it."""

import argparse
import asyncio
from collections import deque
from functools import partial
from selectors import SelectSelector


class _Way(asyncio.Protocol):
    """One end of a line. What comes in here leaves at the other end later; nothing is lost and nothing overtakes."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[float, bytes | None]] = deque()
        self.other: _Way | None = None
        self.out: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.out = transport

    def data_received(self, data: bytes) -> None:
        self._later(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._later(None)

    def _later(self, data: bytes | None) -> None:
        at = self._loop.time() + self._delay
        self._waiting.append((at, data))
        if len(self._waiting) == 1:
            self._loop.call_at(at, self._deliver)

    def _deliver(self) -> None:
        assert self.other is not None
        out = self.other.out
        while self._waiting and (self._waiting[0][0] <= self._loop.time()):
            _, data = self._waiting.popleft()
            if out is None or out.is_closing():
                continue
            if data is None:
                out.close()
            else:
                out.write(data)
        if self._waiting:
            self._loop.call_at(self._waiting[0][0], self._deliver)


class _Near(_Way):
    """The client's end: the way on to the server is opened when the client has come."""

    def __init__(self, delay: float, port: int) -> None:
        super().__init__(delay)
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.other = _Way(self._delay)
        self.other.other = self
        self._opening = self._loop.create_task(self._open())

    async def _open(self) -> None:
        assert isinstance(self.out, asyncio.Transport)
        self.out.pause_reading()
        await self._loop.create_connection(lambda: self.other, "127.0.0.1", self._port)
        self.out.resume_reading()


async def serve(port: int, to: int, delay: float) -> None:
    """Until it is ended from outside."""
    server = await asyncio.get_running_loop().create_server(partial(_Near, delay, to), "127.0.0.1", port, backlog=512)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", type=int, required=True)
    parser.add_argument("--each-way-ms", type=float, required=True)
    given = parser.parse_args()
    # epoll's time-outs are whole milliseconds, which lengthened the line by a twentieth; select's are microseconds.
    with asyncio.Runner(loop_factory=partial(asyncio.SelectorEventLoop, SelectSelector())) as runner:
        runner.run(serve(given.port, given.to, given.each_way_ms / 1000))
