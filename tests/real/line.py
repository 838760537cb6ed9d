"""A line to a server, however long: passes every octet on, and counts how often the two sides took turns."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """`turns`: how often the client spoke after the server had. `said`: all that clients said, connection by connection."""

    port: int = 0
    turns: int = 0
    said: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def line(to: int, each_way: float = 0.0) -> AsyncIterator[Line]:
    """A line to this port that takes so many seconds each way; to be read in clear, with one connection at a time."""
    its, loop = Line(), asyncio.get_running_loop()
    served = False  # whether the server spoke last

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, by_server: bool) -> None:
        nonlocal served
        under_way: deque[bytes] = deque()

        def arrive() -> None:
            octets = under_way.popleft()
            if octets:
                writer.write(octets)
            else:
                writer.close()

        octets = b"at first"
        while octets:
            try:
                octets = await reader.read(1 << 20)
            except ConnectionError:
                octets = b""
            if octets and not by_server:
                its.turns += served
                its.said += octets
            served = by_server if octets else served
            under_way.append(octets)
            loop.call_later(each_way, arrive)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(pump(reader, far_writer, False), pump(far_reader, writer, True))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=1 << 20)
    async with server:
        its.port = server.sockets[0].getsockname()[1]
        yield its
