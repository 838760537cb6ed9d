"""One of many workers on one PostgreSQL database: sends, fetches and writes what it is rung for, and leads when no other does.

It is the daemon's sender over the same claims. A bell wakes it where the daemon looks by itself, and any of the workers, on
whatever machine, is the scheduler.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module

from mailer.alarm_clock import AlarmClock
from mailer.app.bell import refuse_without_cluster
from mailer.app.clock_agreement import CLOCKS_AGREE, ClockAgreement, clocks_apart
from mailer.app.dead_senders import take_over_left
from mailer.app.heartbeat import BEAT
from mailer.app.inbound import WaysIn
from mailer.app.installation import App
from mailer.app.key_agreement import refuse_other_keys
from mailer.app.relays import worker_settings
from mailer.app.scheduler import hold_lease, leave_lease
from mailer.app.sender import open_sender
from mailer.daemon import RENEW, Daemon
from mailer.domain.errors import Refused
from mailer.domain.worker_task import ALL, WorkerTask
from mailer.pipeline import maillog, servicelog
from mailer.pipeline.context import IssueName
from mailer.pipeline.sending import recovery
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.wake import ring_for_due
from mailer.store import DatabaseError, be_brief, letters, mailings
from mailer.store.driver import conninfo
from mailer.store.ledger.unfinished import any_due

# Seconds between two looks at what dead workers left, and, for the one that leads, at what no bell was heard for. A copy of a
# worker that is lost is taken over within ten seconds: when its lease of five has ended, at the next look. If the process that
# looks is frozen in that very transaction, the server ends it after two, and another one looks within a second more.
LOOK, SWEEP = 1.0, 5.0
# Seconds that a worker stays with one mailing while others wait for their turn.
BATCH_SECONDS = 20.0


def refuse_unfit(app: App) -> None:
    """Refused where no worker can work: without PostgreSQL or the extra, beside a database whose clock or key is another."""
    with app.store.reading() as connection:
        refuse_without_cluster(bool(conninfo(connection)))
    apart = clocks_apart(app)
    if apart is not None and apart > CLOCKS_AGREE:
        raise Refused(
            f"the clock of this machine and that of the database differ by {apart.total_seconds():.1f} s; workers judge "
            f"each other's leases by them: set both by NTP, to within {CLOCKS_AGREE.total_seconds():.0f} s"
        )
    refuse_other_keys(app)


@contextmanager
def open_worker_sender(app: App) -> Iterator[tuple[Sender, int]]:
    """The sender of a worker, and its owner's id. Refused where no worker can work."""
    refuse_unfit(app)
    with open_sender(app, settings=worker_settings(app.config)) as opened:
        yield opened


@dataclass(slots=True)
class Worker(Daemon):
    """A running worker."""

    _read: WaysIn | None = None
    _clocks: ClockAgreement = field(default_factory=ClockAgreement)
    _draining: asyncio.Lock = field(default_factory=asyncio.Lock)
    _at_work: set[WorkerTask] = field(default_factory=set)  # of the tasks that one worker does for all

    async def _send(self) -> None:
        """Do what is rung for until the sender is stopped."""
        alarm = AlarmClock()
        alarm.every(LOOK, "looking for what dead workers left", self._look)
        alarm.every(SWEEP, "ringing for what waits", self.sweep)
        alarm.every(BEAT, "comparing the clocks", self.compare_clocks)
        listening = asyncio.create_task(self._listen())
        await alarm.run(self.sender.stopped)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        async with self._draining:
            pass  # the bell waits for no batch that was begun before it was lost and heard anew

    async def _listen(self) -> None:
        """Hear the bell. Its library is read beside the first look at what dead workers left."""
        await asyncio.to_thread(import_module, "mailer.gateways.bell")
        from mailer.gateways import bell

        while not (database := await asyncio.to_thread(self._database)):
            await self.sender.stopped(LOOK)
        tasks: dict[str, bell.Task] = {
            WorkerTask.DELIVER: self.deliver,
            WorkerTask.INGEST: self.ingest,
            WorkerTask.LETTERS: self.letters,
        }
        await bell.run(database, tasks, servicelog.bell_lost, servicelog.bell_back)

    def _database(self) -> str:
        """How it is reached; empty while it is away."""
        try:
            with self.app.store.reading() as connection:
                return conninfo(connection)
        except DatabaseError as error:
            maillog.failed("reading how the database is reached", error)
            return ""

    def _reads_inboxes(self) -> bool:
        """Not by itself: it rings for a worker that does, if this one leads."""
        if self._leads():
            self._ring(WorkerTask.INGEST)
        return False

    async def send_letters(self) -> None:
        """Write the letters that are due, if this worker leads, and ring for one that sends those that wait."""
        if await asyncio.to_thread(self._leads):
            await asyncio.to_thread(self._write_letters)
            if await asyncio.to_thread(self._has_letters):
                await asyncio.to_thread(self._ring, WorkerTask.LETTERS)

    # --- what it is rung for ------------------------------------------------------------------------------------------

    async def deliver(self, mailing: int) -> bool:
        """Hand over a batch of a mailing: what is due of it within a while. Returns whether more is due.

        Where nothing can be handed over, a limit or a pause of its provider keeps it: other mailings have their turn meanwhile.
        """
        clock = self.app.context.clock
        async with self._draining:
            end = clock.elapsed() + BATCH_SECONDS
            try:
                while name := await asyncio.to_thread(self._due, mailing):
                    left = end - clock.elapsed()
                    if left <= 0:
                        return True
                    drained = await self.sender.drain(name, within=left)
                    if drained.down or not drained.handed_over or self.sender.is_stopped():
                        break  # it is rung for again
            except Exception as error:  # noqa: BLE001  (an unknown failure means later)
                maillog.failed("sending", error)
            return False

    async def ingest(self, _all: int) -> bool:
        """Read the mailbox and the Maildir once."""
        await self._exclusively(WorkerTask.INGEST, lambda: asyncio.to_thread(self._inboxes().fetch_now))
        return False

    def _inboxes(self) -> WaysIn:
        if self._read is None:  # kept: it knows what it has taken already
            self._read = WaysIn(app=lambda: self.app, sender=self.sender, leads=self._leads, reloaded=self._reloaded)
        return self._read

    async def letters(self, _all: int) -> bool:
        """Send the letters that wait."""
        await self._exclusively(WorkerTask.LETTERS, self.hand_letters_over)
        return False

    async def _exclusively(self, task: WorkerTask, job: Callable[[], Awaitable[None]]) -> None:
        """Do a job unless a worker is at it: another one, or this one, by a bell that was heard before it was lost."""
        if task in self._at_work:
            return
        self._at_work.add(task)
        try:
            if await asyncio.to_thread(hold_lease, self.app, task, self.owner):
                async with self._kept(task):
                    await job()
                await asyncio.to_thread(leave_lease, self.app, task, self.owner)
        except Exception as error:  # noqa: BLE001  (an unknown failure means later)
            maillog.failed(task, error)
        finally:
            self._at_work.discard(task)

    @asynccontextmanager
    async def _kept(self, name: str) -> AsyncIterator[None]:
        async def renew() -> None:
            while not await self.sender.stopped(RENEW):
                try:
                    await asyncio.to_thread(hold_lease, self.app, name, self.owner)
                except Exception as error:  # noqa: BLE001  (it lasts for three looks; the next one may succeed)
                    maillog.failed(f"renewing the lease of {name}", error)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    # --- what no bell is rung for --------------------------------------------------------------------------------------

    async def sweep(self) -> None:
        """Ring again for what is due, if this worker leads: a bell may be lost, or have been heard by one that has died."""
        await asyncio.to_thread(self._sweep)

    def _sweep(self) -> None:
        if not self._leads():
            return
        with self.app.store.reading() as connection:
            if not recovery.has_work(connection, self.app.context):
                return
        with self.app.store.transaction() as connection:
            be_brief(connection)
            recovery.tidy(connection, self.app.context)
            ring_for_due(connection, self.app.context)

    async def _look(self) -> None:
        if await asyncio.to_thread(self._clock.is_right, self.app):
            await asyncio.to_thread(take_over_left, self.app, self.owner)
            if not self._draining.locked():  # no bell may be rung for what is kept: others have sent the rest
                async with self._draining:
                    await self.sender.write_kept()

    async def compare_clocks(self) -> None:
        """Say if this machine's clock differs from the database's by now; at the start it did not."""
        await asyncio.to_thread(self._clocks.compare, self.app)

    def _ring(self, task: WorkerTask) -> None:
        with self.app.store.transaction() as connection:
            self.app.context.bell(connection, task, {ALL: 1})

    def _has_letters(self) -> bool:
        with self.app.store.reading() as connection:
            return bool(letters.waiting(connection, self.app.context.clock.now()))

    def _due(self, mailing: int) -> IssueName | None:
        """The issue of the mailing, if copies of it are due."""
        if not self._clock.is_right(self.app):
            return None
        with self.app.store.reading() as connection:
            now = self.app.context.clock.now()
            if not any_due(connection, mailing, now):
                return None
            return IssueName.parse(mailings.mailing(connection, mailing).issue)
