"""Wakes the pipeline: pulls, plans, tests and begins what is due, sends, and takes in what comes back; until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from cronsim import CronSim, CronSimError

from mailer.app import installation as composition
from mailer.app.inbound import WaysIn
from mailer.app.installation import App
from mailer.app.relays import first_transport
from mailer.app.scheduler import hold_scheduler
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.mailing import Mailing, MailingState, wants_plan
from mailer.domain.newsletter import Newsletter, Schedule
from mailer.pipeline import maillog
from mailer.pipeline.bounces import ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import pull
from mailer.pipeline.letters import outbox
from mailer.pipeline.mailings import schedule
from mailer.pipeline.mailings.drift import drift_of
from mailer.pipeline.mailings.plan import plan_arrived
from mailer.pipeline.mailings.test_mailing import prepare_test_mailing, send_test_mailing
from mailer.pipeline.sending.sender import Sender
from mailer.store import issues, mailings

# What failed is tried again after this long, sooner when its cause is mended and SIGHUP says so.
AGAIN = timedelta(minutes=5)
# How often the scheduler's lease is renewed (seconds): well within its length.
RENEW = 10
# How often it is asked whether something is unsettled: all copies are looked at for that.
ASK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the daemon looks around (seconds), and how long it waits for what is in flight when told to stop."""

    tick: float = 2.0
    idle: float = 0.5
    stop_within: float = 75.0


def next_time(schedule: Schedule, after: datetime) -> datetime:
    """The first time of the cron line after an instant, in UTC.

    Raises BadInput for a line that has no time. On the night the clocks change nothing is lost or doubled (cronsim).
    """
    try:
        return next(CronSim(schedule.cron, after.astimezone(ZoneInfo(schedule.timezone)))).astimezone(UTC)
    except (CronSimError, StopIteration) as error:
        raise BadInput(f"[send] cron: {schedule.cron!r} names no time; see schedules/*.toml") from error


@dataclass(slots=True)
class Daemon:
    """One running daemon. `sender` sends for as long as it runs; pulling and planning need the scheduler's lease."""

    app: App
    sender: Sender
    owner: int
    pace: Pace = field(default_factory=Pace)
    _polled: dict[str, datetime] = field(default_factory=dict)
    _failed: dict[str, datetime] = field(default_factory=dict)
    _forgot: datetime | None = None
    _asked: datetime | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _reloaded: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT. Afterwards what was in flight is recorded and nothing is `sending`."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.sender.stop)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        # The alarm clock only: cronsim does the arithmetic and the tables remember (house.md, trap 2).
        alarm = AsyncIOScheduler(timezone=UTC)
        first = self.app.context.clock.now()
        once = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        alarm.add_job(self.tick, "interval", seconds=self.pace.tick, next_run_time=first, **once)
        # Renewed by a job of its own: a slow pull must not cost the lease.
        alarm.add_job(self._renew, "interval", seconds=RENEW, **once)
        alarm.start()
        coming_in = WaysIn(app=lambda: self.app, sender=self.sender, leads=self._leads, reloaded=self._reloaded)
        working = asyncio.gather(self._send(), coming_in.listen(), coming_in.fetch())
        letters = asyncio.create_task(self._tell_on())
        try:
            await self.sender.until_stopped()
            await asyncio.wait_for(working, self.pace.stop_within)
        except TimeoutError:
            maillog.stopped_before_replies()
        finally:
            alarm.pause()  # its shutdown would cut a tick off in the middle
            await letters  # a letter that is on its way is given up: it is tried again
            async with self._looking:  # a tick that has begun is finished
                alarm.shutdown(wait=False)

    def reload(self) -> None:
        """Read schedules/ again; with a bad file the old ones are kept and the file is named."""
        try:
            self.app = composition.reload(self.app)
        except BadInput as error:
            maillog.failed("reload of schedules/, the old ones are kept,", error)
            return
        self.sender.use(self.app.context)
        self._failed.clear()
        self._polled.clear()
        self._reloaded.set()
        maillog.reloaded(sorted(self.app.schedules.newsletters))

    async def tick(self) -> None:
        """Look around once: pull what is due, plan and test what arrived, begin what has come to its time."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        if not await asyncio.to_thread(self._leads):
            return
        for newsletter in list(self.app.schedules.newsletters.values()):
            await asyncio.to_thread(self._pull, newsletter)
        await asyncio.to_thread(self._plan_arrived)
        if not await asyncio.to_thread(self._leads):
            return  # it was lost meanwhile, and another daemon tests and begins
        for name in await asyncio.to_thread(self._untested):
            await self._test(name)
        await asyncio.to_thread(self._begin_due)
        await asyncio.to_thread(self._forget_old)

    async def _renew(self) -> None:
        try:
            await asyncio.to_thread(self._leads)
        except Exception as error:  # noqa: BLE001  (it is tried again in a moment)
            maillog.failed("renewing the scheduler's lease", error)

    async def _send(self) -> None:
        while True:
            try:
                await self.sender.drain()
            except Exception as error:  # noqa: BLE001  (an unknown failure means later; the sender itself must go on)
                maillog.failed("sending", error)
            if await self.sender.stopped(self.pace.idle):
                return

    async def tell(self) -> None:
        """Write down the digests and the reminder that are due, and send the letters; nothing else waits for them."""
        if not await asyncio.to_thread(self._leads):
            return
        await asyncio.to_thread(self._write_letters)
        what = "sending the letters"
        if self._rests(what):
            return
        try:
            transport = first_transport(self.app)
            await outbox.send(self.app.context, transport, until=self.sender.until_stopped)
        except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
            self._rest(what, error)

    async def _tell_on(self) -> None:
        while True:
            try:
                await self.tell()
            except Exception as error:  # noqa: BLE001  (it is tried again in a moment)
                maillog.failed("telling", error)
            if await self.sender.stopped(self.pace.tick):
                return

    async def _test(self, name: IssueName) -> None:
        what = f"test {name}"
        if self._rests(what):
            return
        try:
            ready = await asyncio.to_thread(prepare_test_mailing, self.app.context, name)
            failed = await send_test_mailing(self.app.context, first_transport(self.app), ready)
        except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
            self._rest(what, error)
        else:
            maillog.mailing_moved(str(name), f"was tested: {len(ready.messages) - len(failed)} messages to the editors")
            for line in failed:
                self._rest(what, MailerError(line))

    # --- jobs, each in a thread ---------------------------------------------------------------------------------------

    def _leads(self) -> bool:
        return hold_scheduler(self.app, self.owner)

    def _forget_old(self) -> None:
        """Once a day: of old reports only what was read from them is kept."""
        now, last = self.app.context.clock.now(), self._forgot
        if last is None or not last <= now < last + timedelta(days=1):
            self._forgot = now
            keep = timedelta(days=self.app.config.bounces.keep_days)
            self._do("letting go of old reports", partial(ingest.forget_old, self.app.context, keep))

    def _pull(self, newsletter: Newsletter) -> None:
        now = self.app.context.clock.now()
        last = self._polled.get(newsletter.id)
        if last is None or not last <= now < last + timedelta(seconds=newsletter.source.every_seconds):
            self._polled[newsletter.id] = now
            source = composition.source(self.app, newsletter)
            self._do(f"pull {newsletter.id}", partial(pull.pull, self.app.context, newsletter, source))

    def _plan_arrived(self) -> None:
        """Plan every issue that has no plan, or one of an older revision."""
        context = self.app.context
        with context.store.reading() as connection:
            arrived = [
                IssueName(newsletter=one.newsletter, serial=one.serial)
                for one in issues.latest_revisions(connection)
                if one.newsletter in context.newsletters
                and wants_plan(mailings.mailings_of(connection, one.newsletter, one.serial), one.content_hash)
            ]
        for name in arrived:
            self._do(f"plan {name}", partial(self._plan, name))

    def _plan(self, name: IssueName) -> None:
        made = plan_arrived(self.app.context, name)
        if made is not None:
            maillog.mailing_moved(made.issue, f"is planned: {made.copies} copies for {made.recipients} people")

    def _untested(self) -> list[IssueName]:
        """The planned issues of which no test mailing was sent as they are now."""
        context = self.app.context
        with context.store.reading() as connection:
            return [
                IssueName.parse(one.issue)
                for one in mailings.mailings_in(connection, [MailingState.PLANNED])
                if one.newsletter in context.newsletters
                and context.newsletters[one.newsletter].editors
                and not mailings.was_tested(connection, one.content_hash, one.editions_hash)
                and not drift_of(connection, context, one)  # then it is no longer what would be tested
            ]

    def _begin_due(self) -> None:
        for one in schedule.waiting(self.app.context):
            self._do(f"send {one.issue}", partial(self._begin_if_due, one))

    def _begin_if_due(self, found: Mailing) -> None:
        own = self.app.context.newsletter(found.newsletter).schedule
        if schedule.begin_if_due(self.app.context, found, partial(next_time, own)):
            maillog.mailing_moved(found.issue, "begins")

    def _write_letters(self) -> None:
        context = self.app.context
        self._do("the digest", partial(outbox.digests, context))
        now = context.clock.now()
        if self._asked is None or not self._asked <= now < self._asked + ASK:
            self._asked = now
            self._do("the reminder", partial(outbox.reminder, context))

    def _do(self, what: str, job: Callable[[], object]) -> None:
        """Do a job now, unless it failed a short while ago."""
        if self._rests(what):
            return
        try:
            job()
        except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
            self._rest(what, error)

    def _rests(self, what: str) -> bool:
        failed_at = self._failed.get(what)
        return failed_at is not None and failed_at <= self.app.context.clock.now() < failed_at + AGAIN

    def _rest(self, what: str, error: Exception) -> None:
        self._failed[what] = self.app.context.clock.now()
        maillog.failed(what, error)
