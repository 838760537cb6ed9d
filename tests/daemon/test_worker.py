"""A worker: what it does when it is rung for, what it rings for, and where it refuses to work."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from mailer import worker as worker_module
from mailer.app.dead_senders import take_over_left
from mailer.app.relays import worker_settings
from mailer.app.sender import open_sender
from mailer.domain.errors import Refused
from mailer.domain.worker_task import WorkerTask, batches
from mailer.gateways.clock import SystemClock
from mailer.pipeline.mailings.pause import pause_mailing, resume_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.sending.suspend import suspend
from mailer.store import Connection, mailings
from mailer.store.ledger import owners
from mailer.worker import BATCH_SECONDS, Worker, refuse_unfit
from tests.away import lost
from tests.club import ISSUE, LETTER, THURSDAY, Club, begin, make_ready, members, states
from tests.databases import POSTGRES
from tests.doubles import FrozenClock
from tests.pipeline.relayed import claim
from tests.scripted_relay import Sink

UNDO = {"send": {"undo_minutes": 10}}
Rung = tuple[WorkerTask, Mapping[int, int], datetime | None]


@dataclass(slots=True)
class Recorder:
    """A bell that is heard by no worker, and knows what it was rung for."""

    rung: list[Rung] = field(default_factory=list)

    def __call__(
        self, _connection: Connection, task: WorkerTask, wanted: Mapping[int, int], at: datetime | None = None
    ) -> None:
        self.rung.append((task, wanted, at))

    def heard(self) -> list[Rung]:
        """What it was rung for since the last call."""
        rung, self.rung = self.rung, []
        return rung


@contextmanager
def a_worker(club: Club, clock: FrozenClock, relay: Sink, **tables: object) -> Iterator[tuple[Worker, Recorder]]:
    club.settle(smtp={"port": relay.port}, **tables)
    bell = Recorder()
    with club.opened(clock, who="worker") as opened:
        app = replace(opened, context=replace(opened.context, bell=bell))
        with open_sender(app, settings=worker_settings(app.config)) as (sender, owner):
            yield Worker(app=app, sender=sender, owner=owner), bell


def mailing_of(worker: Worker) -> int:
    with worker.app.store.reading() as connection:
        (mailing,) = mailings.mailings_of(connection, LETTER, ISSUE.serial)
    return mailing.id


async def test_a_batch_is_what_is_due_of_a_mailing_within_a_while(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_worker(club, clock, sink) as (worker, _bell):
        begin(worker.app, members(3))
        mailing = mailing_of(worker)
        assert await worker.deliver(mailing + 1) is False
        assert states(worker.app) == {"pending": 3}
        assert await worker.deliver(mailing) is False
        assert states(worker.app) == {"accepted": 3}


async def test_a_batch_that_takes_long_is_rung_for_again(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_worker(club, clock, sink) as (worker, _bell):
        begin(worker.app, members(2))
        drain = worker.sender.drain

        async def slow(*words: object, within: float) -> object:
            assert within == BATCH_SECONDS
            clock.advance(seconds=within)
            return replace(await drain(*words, within=0), handed_over=1)

        worker.sender.drain = slow
        assert await worker.deliver(mailing_of(worker)) is True
        assert states(worker.app) == {"pending": 2}


async def test_a_mailing_that_must_wait_keeps_no_other_waiting(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_worker(club, clock, sink) as (worker, _bell):
        begin(worker.app, members(2))
        suspend(worker.app.context, "members.example", until=None, reason="asked to")
        async with asyncio.timeout(30):  # the clock stands still
            assert await worker.deliver(mailing_of(worker)) is False
        assert states(worker.app) == {"pending": 2}


async def test_a_batch_of_a_bell_that_was_lost_ends_before_the_worker(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    hears, deaf = asyncio.Event(), asyncio.Event()

    async def listen(_worker: Worker) -> None:
        hears.set()
        try:
            await asyncio.Event().wait()
        finally:
            deaf.set()

    monkeypatch.setattr(Worker, "_listen", listen)
    with a_worker(club, clock, sink) as (worker, _bell):
        async with worker._draining:
            sending = asyncio.create_task(worker._send())
            await asyncio.wait_for(hears.wait(), 30)
            worker.sender.stop(5)
            await asyncio.wait_for(deaf.wait(), 30)
            for _ in range(10):
                await asyncio.sleep(0)
            assert not sending.done()
        await asyncio.wait_for(sending, 30)


def test_beginning_and_resuming_a_mailing_ring_within_their_transactions(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    club.reschedule(UNDO)
    with a_worker(club, clock, sink) as (worker, bell):
        make_ready(worker.app, members(2))
        assert bell.heard() == []
        send_mailing(worker.app.context, ISSUE)
        mailing = mailing_of(worker)
        assert bell.heard() == [(WorkerTask.DELIVER, {mailing: 1}, THURSDAY + timedelta(minutes=10))]
        pause_mailing(worker.app.context, ISSUE)
        assert bell.heard() == []
        resume_mailing(worker.app.context, ISSUE)
        assert bell.heard() == [(WorkerTask.DELIVER, {mailing: 1}, None)]


async def test_the_one_that_leads_rings_again_for_what_is_due(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_worker(club, clock, sink) as (worker, bell):
        await worker.sweep()
        assert bell.heard() == []
        begin(worker.app, members(3))
        bell.heard()
        await worker.sweep()
        assert bell.heard() == [(WorkerTask.DELIVER, {mailing_of(worker): 1}, None)]
        with a_worker(club, clock, sink) as (other, unheard):
            await other.sweep()
            assert unheard.heard() == []  # the first one leads
        await worker.deliver(mailing_of(worker))
        bell.heard()
        await worker.sweep()
        assert bell.heard() == []


def test_as_many_bells_as_batches() -> None:
    assert [batches(copies) for copies in (0, 1, 64, 65, 6400)] == [0, 1, 1, 2, 100]


def test_what_a_lost_worker_left_is_freed_by_any_other_and_rung_for(club: Club, clock: FrozenClock, sink: Sink) -> None:
    with a_worker(club, clock, sink) as (worker, bell):
        begin(worker.app, members(3))
        outgoing = claim(worker.app, 2)
        bell.heard()
        take_over_left(worker.app, worker.owner)
        assert (states(worker.app), bell.heard()) == ({"pending": 1, "sending": 2}, [])
        clock.advance(minutes=10)
        take_over_left(worker.app, worker.owner)
        assert states(worker.app) == {"pending": 1, "uncertain": 2}
        assert bell.heard() == [(WorkerTask.DELIVER, {mailing_of(worker): 1}, None)]
        with worker.app.store.reading() as connection:
            assert len(owners.owners_of_uncertain(connection)) == len({copy.claim.epoch for copy in outgoing}) == 1


async def test_letters_and_inboxes_are_rung_for_by_the_one_that_leads(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    with a_worker(club, clock, sink, notify={"secretary": "secretary@club.example"}) as (worker, bell):
        await worker.send_letters()
        assert bell.heard() == []
        begin(worker.app, members(1))
        await worker.deliver(mailing_of(worker))
        bell.heard()
        await worker.send_letters()  # the distribution report
        assert bell.heard() == [(WorkerTask.LETTERS, {0: 1}, None)]
        before = len(sink.received)
        await worker.letters(0)
        assert len(sink.received) == before + 1
        await worker.send_letters()
        assert bell.heard() == []
        assert not worker._reads_inboxes()
        assert bell.heard() == [(WorkerTask.INGEST, {0: 1}, None)]


async def test_a_task_is_done_by_one_worker_at_a_time(club: Club, clock: FrozenClock, sink: Sink) -> None:
    done = []
    with a_worker(club, clock, sink) as (worker, _), a_worker(club, clock, sink) as (other, _unheard):

        async def alone() -> None:
            done.append("other")

        async def job() -> None:
            done.append("worker")
            await other._exclusively(WorkerTask.LETTERS, alone)

        await worker._exclusively(WorkerTask.LETTERS, job)
        assert done == ["worker"]
        await other._exclusively(WorkerTask.LETTERS, alone)
        assert done == ["worker", "other"]


async def test_letters_are_sent_once_by_one_worker_that_hears_two_bells(
    club: Club, clock: FrozenClock, sink: Sink
) -> None:
    with a_worker(club, clock, sink, notify={"secretary": "secretary@club.example"}) as (worker, _bell):
        begin(worker.app, members(1))
        await worker.deliver(mailing_of(worker))
        await worker.send_letters()
        before = len(sink.received)
        await asyncio.gather(worker.letters(0), worker.letters(0))
        assert len(sink.received) == before + 1


async def test_a_lease_is_renewed_though_the_database_was_away_once(
    club: Club, clock: FrozenClock, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed = asyncio.Event()
    answers = iter([True, lost(), True])
    loop = asyncio.get_running_loop()

    def hold(*_words: object) -> bool:
        answer = next(answers, None)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            loop.call_soon_threadsafe(renewed.set)
        return True

    monkeypatch.setattr(worker_module, "RENEW", 0.001)
    monkeypatch.setattr(worker_module, "hold_lease", hold)
    with a_worker(club, clock, sink) as (worker, _bell):
        await worker._exclusively(WorkerTask.LETTERS, lambda: asyncio.wait_for(renewed.wait(), 30))
    assert renewed.is_set()


@pytest.mark.skipif(not POSTGRES, reason="is about PostgreSQL's clock")
@pytest.mark.parametrize("seconds", [-3, 3])
def test_a_worker_needs_the_time_of_the_database(club: Club, seconds: float) -> None:
    clock = SystemClock()
    with club.opened(clock) as app:
        refuse_unfit(app)
        other = FrozenClock(clock.now() + timedelta(seconds=seconds))
        with pytest.raises(Refused, match=r"differ by [23]\.\d s"):
            refuse_unfit(replace(app, context=replace(app.context, clock=other)))


@pytest.mark.skipif(not POSTGRES, reason="no worker works on SQLite")
def test_a_worker_needs_a_key_of_those_that_signed_the_newest_copies(club: Club) -> None:
    with club.opened(SystemClock()) as app:
        begin(app, members(1))
        refuse_unfit(app)
    (club.folder / "mailer.key").write_text(f"{'ab' * 32}\n")
    with club.opened(SystemClock()) as app, pytest.raises(Refused, match="no key in"):
        refuse_unfit(app)


@pytest.mark.skipif(not POSTGRES, reason="is about PostgreSQL's clock")
async def test_a_worker_whose_clock_goes_wrong_says_so_once_and_once_when_it_is_right(
    club: Club, clock: FrozenClock, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    with a_worker(club, clock, sink) as (worker, _bell):
        right = SystemClock()
        clock.set(right.now() + timedelta(seconds=3))
        for _ in range(2):
            await worker.compare_clocks()
        worker.app = replace(worker.app, context=replace(worker.app.context, clock=right))
        for _ in range(2):
            await worker.compare_clocks()
    said = [line.getMessage() for line in caplog.records if "the clock of this machine" in line.getMessage()]
    assert [line.partition(" differ by ")[0] == line for line in said] == [False, True]


@pytest.mark.sqlite
def test_a_worker_needs_a_database_that_other_machines_reach(club: Club, clock: FrozenClock) -> None:
    with club.opened(clock) as app, pytest.raises(Refused, match="PostgreSQL"):
        refuse_unfit(app)
