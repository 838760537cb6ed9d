"""An event loop that waits for no timer: when nothing else is to be done, its time leaps to the next one.

What a test shows of pace, patience and time-outs then takes no time, and is the same on a busy machine.
"""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

# Seconds on the wall in which the kernel passes on what was sent over loopback, also on a busy machine.
GRACE = 0.004


class LeapingLoop(asyncio.SelectorEventLoop):
    """Both ends of every connection belong into it: it knows nothing of what another process is about to send."""

    def __init__(self) -> None:
        self._now = 0.0
        self._in_threads = 0
        super().__init__(_LeapingSelector(self.leap, self.is_busy))

    def time(self) -> float:
        """Seconds; it stands still while something is done."""
        return self._now

    def leap(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self._now += seconds

    def is_busy(self) -> bool:
        """Whether a thread works for it."""
        return self._in_threads > 0

    def run_in_executor(
        self, executor: Executor | None, func: Callable[..., Any], *args: object
    ) -> asyncio.Future[Any]:
        """Let a thread or a process work, in no time."""
        future = super().run_in_executor(executor, func, *args)
        self._in_threads += 1
        future.add_done_callback(self._is_done)
        return future

    def _is_done(self, _future: asyncio.Future[Any]) -> None:
        self._in_threads -= 1


class _LeapingSelector(selectors.DefaultSelector):
    def __init__(self, leap: Callable[[float], None], is_busy: Callable[[], bool]) -> None:
        super().__init__()
        self._leap = leap
        self._is_busy = is_busy

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for the sockets and threads, and for a timer only when they are quiet."""
        if not timeout or self._is_busy():
            return super().select(timeout and None)
        ready = super().select(GRACE)
        if not ready:
            self._leap(timeout)
        return ready


async def until(is_met: Callable[[], bool]) -> None:
    """Let time pass until the condition is met."""
    for _ in range(100_000):
        if is_met():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the condition was never met")
