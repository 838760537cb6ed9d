"""A ledger or a journal that cannot be written for a while: what came is kept, nothing is lost, nothing leaves twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from mailer.app.installation import App
from mailer.domain.delivery import JournalState, Outcome
from mailer.domain.errors import MailerError
from mailer.domain.ports import Envelope
from mailer.gateways.process.journal import Journal
from mailer.pipeline.sending import sender_ledger
from mailer.pipeline.sending.sender import Sender
from mailer.store import Connection, DatabaseError, Store
from mailer.store.sqlite import dbapi
from tests.club import Club, attempts, begin, copies, members, states
from tests.doubles import ACCEPTED, FrozenClock, Mark, ScriptedTransport
from tests.pipeline.sending.test_sending_together import BOUND, Gate, end, stopped_at, waits_for
from tests.scripted_relay import Sink


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is tried again without a wait."""
    monkeypatch.setattr(sender_ledger, "PAUSE", 0.0)


async def accepting(_envelope: Envelope, mark: Mark) -> Outcome:
    await mark()
    return ACCEPTED


async def comes_to(is_so: object) -> None:
    for _ in range(int(BOUND / 0.01)):
        if is_so():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")


# --- the ledger -------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
async def test_while_another_writer_has_the_database_what_is_in_hand_leaves_and_is_written_afterwards(
    club: Club, clock: FrozenClock
) -> None:
    gate = Gate(through=3)
    transport = ScriptedTransport(gate)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender):
        begin(app, members(30))
        draining = await stopped_at(gate, sender)
        await waits_for(app, accepted=3)
        with closing(dbapi().connect(club.folder / "mailer.db", isolation_level=None)) as backup:
            backup.execute("BEGIN IMMEDIATE")
            in_hand = states(app)["sending"]
            gate.open.set()
            await comes_to(lambda: len(transport.left) == 3 + in_hand)
            assert states(app)["accepted"] == 3  # nobody could write it down
            backup.execute("COMMIT")
        await end(draining)
        assert states(app) == {"accepted": 30}
        assert max(Counter(transport.left).values()) == 1


class Disk:
    """How many pages a database may have: as many as it likes, or no more than it has."""

    full = False

    def limit(self, connection: Any, *_rest: object) -> None:
        connection.execute(f"PRAGMA max_page_count={1 if self.full else 2**30}")


@contextmanager
def disk_of(app: App) -> Iterator[Disk]:
    disk = Disk()
    event.listen(app.store._engine, "checkout", disk.limit)
    yield disk
    event.remove(app.store._engine, "checkout", disk.limit)


@pytest.mark.sqlite
async def test_on_a_full_disk_what_came_is_kept_and_written_when_there_is_room(
    club: Club, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_ledger, "RETRIES", 0)

    gate = Gate(through=3)
    transport = ScriptedTransport(gate)
    with club.sending(clock, transport, smtp={"connections": 2}) as (app, sender), disk_of(app) as disk:
        begin(app, members(300))
        draining = await stopped_at(gate, sender)
        disk.full = True
        gate.open.set()
        with pytest.raises(DatabaseError, match="full"):
            await end(draining)
        for _ in range(3):  # as long as something of the last time is not written, nothing further leaves
            kept = states(app).get("accepted", 0), len(transport.left)
            with pytest.raises(DatabaseError, match="full"):
                await sender.drain()
            assert states(app)["accepted"] > kept[0] or len(transport.left) == kept[1] < 300
            assert "uncertain" not in states(app)
        disk.full = False
        await sender.drain()
        assert states(app) == {"accepted": 300}
        assert {copy.attempts for copy in copies(app).values()} == {1}
        assert max(Counter(transport.left).values()) == 1


@pytest.mark.sqlite
async def test_what_one_sender_could_not_write_the_next_one_reads_in_its_journal(
    club: Club, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_ledger, "RETRIES", 0)

    gate = Gate(through=3)
    transport = ScriptedTransport(gate)
    with ExitStack() as stack:
        app, sender = stack.enter_context(club.sending(clock, transport, smtp={"connections": 2}))
        disk = stack.enter_context(disk_of(app))
        begin(app, members(300))
        draining = await stopped_at(gate, sender)
        disk.full = True
        gate.open.set()
        with pytest.raises(DatabaseError):
            await end(draining)
    left = len(transport.left)
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            await sender.drain()
            assert states(app) == {"accepted": 300}
            reached = [received.recipient for received in sink.received]
            assert not set(reached) & set(transport.left)
            assert len(reached) + left == 300


class Stumbling(Store):
    """A database of which one transaction fails: before it is committed, or with the answer to its commit lost."""

    nth, committed = 0, False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        self.nth -= 1
        stumbles = self.nth == 0
        with super().transaction() as connection:
            yield connection
            if stumbles and not self.committed:
                raise DatabaseError("it stumbled")
        if stumbles:
            raise DatabaseError("it stumbled, after all was done")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("nth", range(1, 9))
async def test_whichever_transaction_fails_every_copy_leaves_once(
    club: Club, clock: FrozenClock, nth: int, committed: bool
) -> None:
    transport = ScriptedTransport(accepting)
    with club.sending(clock, transport, smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        store = Stumbling(app.store._engine)
        store.nth, store.committed = nth, committed
        sender.use(replace(app.context, store=store))
        for _ in range(3):
            try:
                await sender.drain()
            except DatabaseError:
                assert "sending" not in states(app) or store.nth <= 0
        assert states(app) == {"accepted": 20}
        assert max(Counter(transport.left).values()) == 1


async def test_a_ledger_that_stays_shut_ends_the_drain_and_what_is_under_way_is_finished(
    club: Club, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_ledger, "RETRIES", 0)

    gate = Gate(through=3, after_mark=True)
    with club.sending(clock, ScriptedTransport(gate), smtp={"connections": 1}) as (app, sender):
        begin(app, members(20))
        draining = await stopped_at(gate, sender)
        await waits_for(app, accepted=3)
        store = Stumbling(app.store._engine)
        store.nth = 1
        sender.use(replace(app.context, store=store))
        await comes_to(lambda: not any(lane.tray.open for lane in sender._lanes.values()))
        gate.open.set()
        with pytest.raises(DatabaseError):
            await end(draining)
        # The fourth was leaving: its answer was waited for, and is written.
        assert states(app) == {"accepted": 4, "pending": 16}


# --- the journal ------------------------------------------------------------------------------------------------------


class FullJournal(Journal):
    """A journal that takes nothing of this kind while its disk is full."""

    refused: frozenset[JournalState] = frozenset()

    def write(self, delivery: int, epoch: int, state: JournalState, code: int = 0) -> None:
        if state in self.refused:
            raise MailerError("the journal cannot be written: no space left")
        super().write(delivery, epoch, state, code)


def full_journal(club: Club, sender: Sender, *refused: JournalState) -> FullJournal:
    journal = FullJournal(club.folder / "journal")
    journal.refused = frozenset(refused)
    sender._journal = journal
    return journal


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_copy_that_the_journal_cannot_take_waits_and_nothing_of_it_left(
    club: Club, clock: FrozenClock, connections: int
) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink, smtp={"connections": connections}) as (app, sender):
            begin(app, members(10))
            with full_journal(club, sender, JournalState.BEGUN) as journal:
                for _ in range(3):
                    await asyncio.wait_for(sender.drain(), BOUND)
                assert sink.received == []
                assert sink.connections <= 3 * connections
                assert (states(app), attempts(app, "P001")) == ({"pending": 10}, [])
                journal.refused = frozenset()
                await sender.drain()
                assert states(app) == {"accepted": 10}
                assert len(sink.received) == 10


async def test_an_answer_that_the_journal_cannot_take_is_written_into_the_ledger(
    club: Club, clock: FrozenClock
) -> None:
    async with Sink() as sink:
        with club.sending(clock, sink) as (app, sender):
            begin(app, members(10))
            with full_journal(club, sender, JournalState.ACCEPTED):
                await sender.drain()
            assert states(app) == {"accepted": 10}
            assert len(sink.received) == 10


async def test_before_the_disk_is_full_nothing_more_is_claimed_and_it_goes_on_by_itself(
    club: Club, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    gate, room = Gate(through=3), {"there": True}
    transport = ScriptedTransport(gate)
    with club.sending(clock, transport, smtp={"connections": 2}) as (app, sender):
        sender.use(replace(app.context, has_room=lambda: room["there"]))
        begin(app, members(300))
        draining = await stopped_at(gate, sender)
        in_hand = states(app)["sending"] + states(app).get("accepted", 0)
        room["there"] = False
        gate.open.set()
        await end(draining)  # what is in hand leaves and is written down; no more is claimed
        assert states(app) == {"accepted": in_hand, "pending": 300 - in_hand}
        await sender.drain()
        assert len(transport.left) == in_hand
        assert caplog.text.count("the disk is nearly full: sending waits") == 1
        room["there"] = True
        await sender.drain()
        assert states(app) == {"accepted": 300}
        assert max(Counter(transport.left).values()) == 1
