"""The event loop of the tests waits for no timer, and for everything else."""

import asyncio
import time
from threading import Event

import pytest

from tests.scripted_relay import LOOPBACK

pytestmark = pytest.mark.leaping


def elapsed() -> float:
    return asyncio.get_running_loop().time()


async def test_an_hour_passes_at_once_and_timers_keep_their_order() -> None:
    order: list[str] = []

    async def note(name: str, after: float) -> None:
        await asyncio.sleep(after)
        order.append(f"{name} {elapsed():g}")

    began = time.monotonic()
    await asyncio.gather(note("hour", 3600), note("second", 1), note("minute", 60))
    assert order == ["second 1", "minute 60", "hour 3600"]
    assert time.monotonic() - began < 600


async def test_no_time_passes_while_a_thread_works() -> None:
    never = Event()
    async with asyncio.timeout(0.001):
        await asyncio.to_thread(never.wait, 0.05)
    assert elapsed() == 0


async def test_an_answer_comes_before_its_time_is_over() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            await asyncio.sleep(0.5)
            writer.write(line)
        writer.close()

    async with await asyncio.start_server(answer, LOOPBACK, 0) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(20):
            writer.write(b"line\n")
            async with asyncio.timeout(0.6):
                assert await reader.readline() == b"line\n"
        writer.close()
        await writer.wait_closed()
    assert elapsed() == pytest.approx(10)
