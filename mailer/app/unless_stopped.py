"""Does in a thread what reads or copies the whole database, and breaks it off when the service is told to stop."""

import asyncio
from collections.abc import Callable

from mailer.pipeline.sending.sender import Sender
from mailer.store import Store

# Seconds between two calls to break off.
AGAIN = 0.2


async def unless_stopped(store: Store, sender: Sender, work: Callable[[], None]) -> None:
    """Do the work, which a stop ends early."""
    working = asyncio.create_task(asyncio.to_thread(work))
    stopping = asyncio.create_task(sender.until_stopped())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    while not working.done():
        await asyncio.to_thread(store.break_off)
        await asyncio.wait((working,), timeout=AGAIN)
    await working
