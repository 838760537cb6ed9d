"""The daemon's alarm clock: it rings for each job again and again, however the machine's clock is set."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from mailer.gateways.clock import SystemClock
from mailer.pipeline import maillog

# How often (seconds) it is looked whether the clock was set, and by how much (seconds) it may be adjusted meanwhile.
LOOK, ADJUSTED = 1.0, 0.5


class AlarmClock:
    """Rings for jobs, each so many seconds after its last end.

    Each ring is a date of its own: APScheduler's intervals count every ring that was missed when the clock is set forward.
    """

    def __init__(self, clock: SystemClock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._ringing: set[asyncio.Task[None]] = set()
        self._stopped = False

    def every(self, seconds: float, what: str, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job once `run` is called, and again so many seconds after each end; `what` names it when it fails."""

        async def ring() -> None:
            if self._stopped:
                return
            task = asyncio.current_task()
            assert task is not None, "a job runs in a task"
            self._ringing.add(task)
            try:
                await job()
            except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
                maillog.failed(what, error)
            finally:
                self._ringing.discard(task)
            self._arm(seconds, ring)

        self._arm(0, ring)

    async def run(self, stopped: Callable[[float], Awaitable[bool]]) -> None:
        """Ring until `stopped`, which waits so many seconds at most, returns true; jobs that have begun end first."""
        self._scheduler.start()
        offset = self._offset()
        while not await stopped(LOOK):
            before, offset = offset, self._offset()
            if abs(offset - before) > ADJUSTED:
                self._ring_now()
        self._stopped = True
        self._scheduler.pause()
        # A ring that the scheduler has made a task of ends at once, and is not cancelled as a fault.
        await asyncio.sleep(0)
        while self._ringing:
            await asyncio.wait(set(self._ringing))
        self._scheduler.shutdown(wait=False)

    def _arm(self, seconds: float, ring: Callable[[], Awaitable[None]]) -> None:
        if not self._stopped:
            at = self._clock.now() + timedelta(seconds=seconds)
            self._scheduler.add_job(ring, "date", run_date=at, misfire_grace_time=None)

    def _ring_now(self) -> None:
        """Rings of a clock that was set back since would come as much later."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=self._clock.now())

    def _offset(self) -> float:
        """The clock's seconds beyond those of the clock that is never set: they change when it is set."""
        return self._clock.now().timestamp() - self._clock.elapsed()
