"""Runs the service until it is told to stop: pulls, plans, tests, begins what is due, sends, and reads reports."""

import asyncio
import signal
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from mailer.alarm_clock import AlarmClock
from mailer.app import installation as composition
from mailer.app.beside import Beside
from mailer.app.clock_watch import ClockWatch
from mailer.app.heartbeat import BEAT, Heartbeat
from mailer.app.inbound import WaysIn
from mailer.app.installation import App
from mailer.app.jobs import Jobs
from mailer.app.relays import first_transport, transports
from mailer.app.scheduler import Lead
from mailer.app.unless_stopped import unless_stopped
from mailer.domain.daemon_role import DaemonRole
from mailer.domain.errors import MailerError
from mailer.domain.every import Every
from mailer.domain.mailing import Mailing, MailingState
from mailer.domain.newsletter import Newsletter
from mailer.domain.trouble import Trouble
from mailer.gateways.service_manager import ServiceManager
from mailer.pipeline import maillog, servicelog
from mailer.pipeline.bounces import ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import pull
from mailer.pipeline.issues.clear_plans import clear_plans
from mailer.pipeline.letters import outbox
from mailer.pipeline.letters.not_taken import write_not_taken
from mailer.pipeline.letters.waiting_plans import write_waiting_plans
from mailer.pipeline.mailings import schedule
from mailer.pipeline.mailings.arrivals import issues_to_plan, issues_to_test
from mailer.pipeline.mailings.departure import departures
from mailer.pipeline.mailings.plan import plan_again, plan_arrived
from mailer.pipeline.mailings.test_mailing import TestMailing, prepare_test_mailing, send_test_mailing
from mailer.pipeline.mailings.watch import PlanWatch
from mailer.pipeline.register import drafts
from mailer.pipeline.sending.sender import STOP_WITHIN, Sender
from mailer.pipeline.upkeep.forget import forget_old
from mailer.pipeline.upkeep.nightly import check_and_back_up, check_what_was_met
from mailer.views.daemon_role import role_sentence
from mailer.views.progress import departure_sentence

# How often the scheduler's lease is looked at by a job of its own (seconds): a slow pull must not cost the lease.
RENEW = 10
# How often it is looked whether the work of a night is due, and how often what failed of it is tried again (seconds).
NIGHT = 3600
# How often the database is checked anew while jobs fail by damage of it.
CHECK_DAMAGE = Every(timedelta(hours=1))
# How often open items are looked for: all copies are read for that.
LIST_OPEN_ITEMS = Every(timedelta(minutes=10))
# How often old reports are looked for; what two looks a day apart have seen as old is cut down to what was read from it.
DELETE_OLD_REPORTS = Every(timedelta(hours=1))
CLEAR_PLANS, DELETE_OLD_DRAFTS = Every(timedelta(minutes=5)), Every(timedelta(hours=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often the daemon looks for work (seconds), and within how many it ends when told to stop."""

    tick: float = 2.0
    idle: float = 1.0
    stop_within: float = STOP_WITHIN


@dataclass(slots=True)
class Daemon:
    """One running daemon. It always sends; it pulls, plans, tests and begins only while it holds the scheduler's lease."""

    app: App
    sender: Sender
    owner: int
    pace: Pace = field(default_factory=Pace)
    beside: Beside | None = None  # the console; it must not raise
    manager: ServiceManager = field(default_factory=ServiceManager)
    _clock: ClockWatch = field(default_factory=ClockWatch)
    _watch: PlanWatch = field(default_factory=PlanWatch)
    _lead: Lead = field(default_factory=Lead)
    _reloaded: asyncio.Event = field(default_factory=asyncio.Event)
    _jobs: Jobs = field(init=False)

    def __post_init__(self) -> None:
        """Nothing was done yet."""
        self._jobs = Jobs(self.app.context.clock)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT. Afterwards what was in flight is recorded and nothing is `sending`."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.sender.stop, self.pace.stop_within)
        self.manager.reload_by(self.reload)
        inbound = WaysIn(app=lambda: self.app, sender=self.sender, leads=self._reads_inboxes, reloaded=self._reloaded)
        sending = asyncio.create_task(self._send())
        serving = [self.beside(lambda: self.app, self.sender.stopped)] if self.beside is not None else []
        working = asyncio.gather(sending, inbound.listen(), inbound.fetch(), *serving)
        # It rings only: cronsim reads cron lines, and the database keeps what is due, so that a restart loses nothing.
        alarm = AlarmClock()
        alarm.every(self.pace.tick, "looking for work", self.tick)
        alarm.every(RENEW, "renewing the scheduler's lease", self._renew)
        alarm.every(self.pace.tick, "writing the letters", self.send_letters)
        heart = Heartbeat(leads=self._leads, answers=self.sender.ledger_answers)
        alarm.every(BEAT, "telling that all is well", lambda: heart.beat(self.app))
        alarm.every(NIGHT, "the work of the night", self.work_at_night)
        ringing = asyncio.create_task(alarm.run(self.sender.stopped))
        pulsing = asyncio.create_task(self.manager.pulse(self.sender.ledger_answers))
        try:
            await self.sender.until_stopped()
            self.manager.stopping()
            await asyncio.wait_for(working, self.pace.stop_within)
        except TimeoutError:
            if sending.cancelled():
                servicelog.stopped_before_replies()
            else:
                servicelog.stopped_before_reports()
        finally:
            if self.sender.abandoned:
                maillog.abandoned(self.sender.abandoned)
            await ringing  # work that has begun ends first; a letter that is being handed over is tried again later
            pulsing.cancel()

    async def _send(self) -> None:
        while True:
            try:
                if await asyncio.to_thread(self._clock.is_right, self.app):
                    await self.sender.drain()
            except Exception as error:  # noqa: BLE001  (an unknown failure means later; the sender itself must go on)
                maillog.failed("sending", error)
            if await self.sender.stopped(self.pace.idle):
                return

    def reload(self) -> None:
        """Read schedules/ again; with a bad file the old ones are kept and the file is named."""
        with self.manager.reloading():
            self._reload()

    def _reload(self) -> None:
        try:
            self.app = composition.reload(self.app)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with them, the service goes on by the old ones)
            maillog.failed("reload of schedules/, the old ones are kept,", error)
            return
        self.sender.use(self.app.context)
        self._jobs.forget()
        self._reloaded.set()
        servicelog.reloaded(sorted(self.app.schedules.newsletters))

    async def tick(self) -> None:
        """Do once what is due: pull, plan and test what arrived, begin mailings whose time has come."""
        if not await asyncio.to_thread(self._leads):
            return
        for newsletter in list(self.app.schedules.newsletters.values()):
            await asyncio.to_thread(self._pull, newsletter)
        await asyncio.to_thread(self._plan_arrived)
        await asyncio.to_thread(self._compare_plans)
        if not await asyncio.to_thread(self._leads):
            return  # the lease was lost meanwhile: another daemon tests and begins
        for name in await asyncio.to_thread(issues_to_test, self.app.context):
            await self._test(name)
        await asyncio.to_thread(self._begin_due)
        await asyncio.to_thread(self._forget_old)

    async def _renew(self) -> None:
        """Renew the lease; once it is clear who has it, all is there that sending needs."""
        role = await asyncio.to_thread(self._role)
        self.manager.status(role_sentence(role))
        if role is not DaemonRole.DOUBTS_CLOCK:
            self.manager.ready()

    async def work_at_night(self) -> None:
        """Check the database, back it up, and delete what is old, once a night; nothing else waits for it."""
        if not await asyncio.to_thread(self._leads):
            return
        try:
            check = partial(check_and_back_up, self.app.context, self.app.nightly_backups)
            await unless_stopped(self.app.store, self.sender, check)
        finally:
            await asyncio.to_thread(forget_old, self.app.context, self.app.retention, self.sender.is_stopped)

    async def send_letters(self) -> None:
        """Write the letters that are due and send those that wait; nothing else waits for them."""
        if await asyncio.to_thread(self._leads):
            if maillog.troubles.has(Trouble.DAMAGED):
                check = partial(check_what_was_met, self.app.context)
                repeat = partial(self._jobs.repeat, "checking the damaged database", CHECK_DAMAGE, check)
                await unless_stopped(self.app.store, self.sender, repeat)
            await asyncio.to_thread(self._write_letters)
            await self.hand_letters_over()

    async def hand_letters_over(self) -> None:
        """Hand the letters that wait over to a relay."""
        job = "sending the letters"
        if self._jobs.failed_lately(job):
            return
        try:
            await outbox.send(self.app.context, transports(self.app), until=self.sender.until_stopped)
        except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
            self._jobs.failed(job, error)

    async def _test(self, name: IssueName) -> None:
        job = f"test {name}"
        if self._jobs.failed_lately(job):
            return
        try:
            mailing = await asyncio.to_thread(prepare_test_mailing, self.app.context, name)
            refusals = await self._hand_over_test(mailing)
        except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
            self._jobs.failed(job, error)
            return
        if refusals is not None:
            accepted = len(mailing.messages) - len(refusals)
            maillog.mailing_moved(str(name), f"was tested: {accepted} messages to the editors")
            for refusal in refusals:
                self._jobs.failed(job, MailerError(refusal))

    async def _hand_over_test(self, mailing: TestMailing) -> list[str] | None:
        """A line for each message that was not accepted; None when a stop broke it off: if none was, it is tested again."""
        context, relay = self.app.context, first_transport(self.app)
        surely_leads = partial(self._lead.surely_lasts, context.clock)
        test = asyncio.create_task(
            send_test_mailing(context, relay, mailing, take_lead=self._leads, surely_leads=surely_leads)
        )
        stopping = asyncio.create_task(self.sender.until_stopped())
        await asyncio.wait((test, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not test.done():
            test.cancel()
            await asyncio.wait([test])
        return None if test.cancelled() else test.result()

    def _leads(self) -> bool:
        return self._role() is DaemonRole.LEADS

    def _role(self) -> DaemonRole:
        if not self._clock.is_right(self.app):
            return DaemonRole.DOUBTS_CLOCK
        return DaemonRole.LEADS if self._lead.take(self.app, self.owner) else DaemonRole.FOLLOWS

    def _reads_inboxes(self) -> bool:
        return self._leads()

    def _forget_old(self) -> None:
        keep = timedelta(days=self.app.config.bounces.keep_days)
        self._jobs.repeat(
            "deleting old reports", DELETE_OLD_REPORTS, partial(ingest.forget_old, self.app.context, keep)
        )
        self._jobs.repeat("deleting what is left of plans", CLEAR_PLANS, partial(clear_plans, self.app.context))
        self._jobs.repeat("deleting old drafts", DELETE_OLD_DRAFTS, partial(drafts.forget_old, self.app.context))

    def _pull(self, newsletter: Newsletter) -> None:
        self._jobs.repeat(f"pull {newsletter.id}", newsletter.source.every, partial(self._pull_now, newsletter))

    def _pull_now(self, newsletter: Newsletter) -> None:
        folders = pull.pull(self.app.context, newsletter, composition.source(self.app, newsletter))
        write_not_taken(self.app.context, newsletter, folders)

    def _plan_arrived(self) -> None:
        for name in issues_to_plan(self.app.context):
            self._jobs.do(f"plan {name}", partial(self._plan, name))

    def _plan(self, name: IssueName) -> None:
        plan = plan_arrived(self.app.context, name)
        if plan is not None:
            maillog.mailing_moved(plan.issue, f"is planned: {plan.copies} copies for {plan.recipients} people")
            departure = departures(self.app.context).get(plan.issue)
            if departure is not None:
                maillog.mailing_moved(plan.issue, departure_sentence(plan.issue, departure))

    def _compare_plans(self) -> None:
        for mailing, state in self._watch.unseen(self.app.context):
            self._jobs.do(f"comparing {mailing.issue} with the register", partial(self._compare_plan, mailing, state))

    def _compare_plan(self, mailing: Mailing, state: object) -> None:
        change = self._watch.compare(self.app.context, mailing)
        if change is not None:
            maillog.plan_differs(change)
            if change.state is MailingState.PLANNED:
                plan_again(self.app.context, change)
            else:
                outbox.write_changed_plan(self.app.context, change)
        self._watch.has_seen(mailing, state)

    def _begin_due(self) -> None:
        for mailing in schedule.scheduled_mailings(self.app.context):
            self._jobs.do(f"send {mailing.issue}", partial(self._begin_if_due, mailing))

    def _begin_if_due(self, mailing: Mailing) -> None:
        if schedule.begin_if_due(self.app.context, mailing):
            maillog.mailing_moved(mailing.issue, "begins")

    def _write_letters(self) -> None:
        self._jobs.do("the digest", partial(outbox.write_digests, self.app.context))
        self._jobs.do("the letters about plans", partial(write_waiting_plans, self.app.context))
        self._jobs.repeat("the daily letter", LIST_OPEN_ITEMS, partial(outbox.write_daily_letter, self.app.context))
