"""Takes a sender's steps on the ledger, one at a time, each in a transaction of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import Concatenate, ParamSpec, TypeVar

from mailer.pipeline.context import Context
from mailer.store import Connection, be_brief

Answer = TypeVar("Answer")
Words = ParamSpec("Words")
Step = Callable[Concatenate[Connection, Context, Words], Answer]


class LedgerThread:
    """The only way from the event loop of a sender to the database.

    It is one thread, since writers of one database wait for each other anyway. `context` may be replaced between steps.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    async def write(self, step: Step[Words, Answer], *values: Words.args, **named: Words.kwargs) -> Answer:
        """Take a step that may write. While this process is frozen in it, others wait for some seconds only."""

        def brief(connection: Connection, context: Context, /, *values: Words.args, **named: Words.kwargs) -> Answer:
            be_brief(connection)
            return step(connection, context, *values, **named)

        return await self._take(self.context.store.transaction, brief, *values, **named)

    async def read(self, step: Step[Words, Answer], *values: Words.args, **named: Words.kwargs) -> Answer:
        """Take a step that only reads: it waits for no writer."""
        return await self._take(self.context.store.reading, step, *values, **named)

    async def answers(self) -> None:
        """Return once the thread has taken the steps before this one; the database is not asked."""
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: None)

    def close(self) -> None:
        """End the thread, once the step that it takes is done."""
        self._thread.shutdown(wait=True)

    async def _take(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        step: Step[Words, Answer],
        *values: Words.args,
        **named: Words.kwargs,
    ) -> Answer:
        context = self.context

        def take() -> Answer:
            with transaction() as connection:
                return step(connection, context, *values, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, take)


async def uncancelled(step: Coroutine[object, object, Answer]) -> Answer:
    """The step's answer. A cancellation waits for it, so that the sender knows what is in the ledger."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def happens(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, so many seconds at most; returns whether it has come."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
