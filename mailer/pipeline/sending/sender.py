"""Sends what is due: keeps copies in hand for each relay's connections, and the ledger told. The only async stage."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from typing import Concatenate, ParamSpec, TypeVar

from mailer.domain.pacing import levelled
from mailer.domain.ports import AttemptJournal
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending import recovery
from mailer.pipeline.sending.lane import AHEAD, Blame, Drained, Lane, Relay, Rest
from mailer.pipeline.sending.recovery import JournalOfDead
from mailer.pipeline.sending.settings import SendSettings
from mailer.pipeline.sending.tray import OutTray
from mailer.pipeline.sending.turn import TurnRequest, TurnResult, Workbenches, run_turn
from mailer.store import Connection
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.owners import Owner
from mailer.store.ledger.results import Result

Answer = TypeVar("Answer")
Words = ParamSpec("Words")

# Seconds: after so long a drain ends, even in mid-mailing. Between two of them the dead are taken over, relays that were
# down are asked again, mailings that are done are closed, and the journal begins anew.
DRAIN = 15.0
# Seconds: so long at most until an answer stands in the ledger, and until a pause is noticed.
TURN = 0.2
# How often the ledger is tried again, so many seconds apart, when it cannot be written: its disk may be full.
PATIENCE, AGAIN = 5, 1.0


class Sender:
    """One process's sender. `owner` is its row in the ledger; the caller holds its lock for as long as it lives."""

    def __init__(
        self,
        context: Context,
        relays: Sequence[Relay],
        manner: SendSettings,
        *,
        owner: int,
        journal: AttemptJournal,
        journal_of_dead: JournalOfDead,
        delete_journal: Callable[[Owner], None],
        save_epoch: Callable[[int], None],
    ) -> None:
        """`delete_journal` deletes a dead sender's journal, once the ledger has what stood in it.

        `save_epoch` keeps the epoch of a claim outside the database, so that a restored backup is noticed.
        """
        self._context = context
        self._relays = tuple(relays)
        self._manner = manner
        self._owner = owner
        self._journal = journal
        self._journal_of_dead = journal_of_dead
        self._delete_journal = delete_journal
        self._save_epoch = save_epoch
        self._stop = asyncio.Event()
        self._nudged = asyncio.Event()
        # One thread writes the ledger for this process: writers of one database wait for each other anyway.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._workbenches: Workbenches = {}
        self._blame = Blame()
        self._handed_over = 0
        self._rests: dict[str, Rest] = {relay.name: Rest() for relay in relays}
        # What came of copies and is not written yet: kept when the ledger could not be written.
        self._results: dict[str, list[Result]] = {relay.name: [] for relay in relays}
        self._unmakable: list[tuple[Claim, str]] = []
        self._given = dict.fromkeys(self._results, 0)  # how many copies each relay was given
        self._lanes: Mapping[str, Lane] = {}
        self._owes = False  # something of ours may be `sending`, or is not written yet

    def stop(self) -> None:
        """Claim nothing more; what is being handed over is finished."""
        self._stop.set()
        for lane in self._lanes.values():
            lane.tray.close()

    async def stopped(self, seconds: float) -> bool:
        """Wait for `stop`, so long at most; whether it came."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        return self._stop.is_set()

    def is_stopped(self) -> bool:
        """Whether `stop` came."""
        return self._stop.is_set()

    async def until_stopped(self) -> None:
        """Wait for `stop`, however long."""
        await self._stop.wait()

    def use(self, context: Context) -> None:
        """Work with other newsletters, fees and templates from the next claim on, and try a refused login again."""
        self._context = context
        self._workbenches = {}  # a claim that is under way keeps its own
        self._rests = {name: Rest() for name in self._rests}

    def close(self) -> bool:
        """Let go of the ledger's thread; nothing may be drained afterwards. Whether all that came is written."""
        self._thread.shutdown(wait=True)
        return not self._owes

    async def drain(self, only: IssueName | None = None) -> Drained:
        """Hand over every copy that is due now, of every mailing or of one issue's.

        Afterwards nothing is `sending` on our behalf, whatever was raised, unless the ledger could not be written: then
        what came is kept, and written by the next drain. A relay that is down uses up no attempt, and is left alone for
        a while that grows; the others carry what it cannot.
        """
        if self._owes:
            await self._write_and_free()
        if not await self._in_thread(self._context.store.reading, recovery.has_work):
            return Drained()
        for owner in await self._ledger(recovery.take_over, self._owner, self._journal_of_dead):
            self._delete_journal(owner)
        now = self._context.clock.now()
        usable = [relay for relay in self._relays if self._rests[relay.name].may_try(now)]
        if not usable or self._stop.is_set():
            await self._tidy()
            return Drained(down="" if usable else "the relay was down a moment ago")
        self._owes = True
        weights = {name: limit.weight for name, limit in self._manner.relays.items()}
        self._given = levelled(self._given, weights)
        self._lanes = lanes = {relay.name: self._lane(relay) for relay in usable}
        try:
            await self._run(lanes, only)
        finally:
            self._lanes = {}
            for lane in lanes.values():
                await _whole(lane.tray.settled())
            self._gather(lanes)
            await _whole(self._write_and_free())
        return await self._after(lanes)

    # --- one drain ----------------------------------------------------------------------------------------------------

    def _lane(self, relay: Relay) -> Lane:
        return Lane(
            relay=relay,
            tray=OutTray(self._context, self._journal, self._nudged.set),
            size=relay.connections * AHEAD,
            carriers=relay.connections,
        )

    async def _run(self, lanes: Mapping[str, Lane], only: IssueName | None) -> None:
        failed: Exception | None = None
        async with asyncio.TaskGroup() as group:
            for lane in lanes.values():
                for _ in range(lane.relay.connections):
                    group.create_task(lane.carry(self._nudged.set))
            try:
                await self._keep_in_hand(lanes, only)
            except Exception as error:  # noqa: BLE001  (what is being handed over is finished all the same)
                failed = error
            finally:
                for lane in lanes.values():
                    lane.tray.close()
        if failed is not None:
            raise failed

    async def _keep_in_hand(self, lanes: Mapping[str, Lane], only: IssueName | None) -> None:
        """Turn after turn: write what came, claim what is due; until nothing is left that can be done now.

        Told to stop, or after DRAIN, nothing more is claimed; what is being handed over is finished and written.
        """
        told, until = False, self._context.clock.elapsed() + DRAIN
        while True:
            if not told and any(lane.reached for lane in lanes.values()):
                await self._ledger(recovery.relay_is_up)
                told = True
            if self._stop.is_set() or self._context.clock.elapsed() >= until:
                for lane in lanes.values():
                    lane.tray.close()
            starved = {name: lane.tray.open and not len(lane.tray) for name, lane in lanes.items()}
            self._gather(lanes)
            room = {name: lane.room() for name, lane in lanes.items() if lane.in_use}
            given = await _whole(self._turn(room, only))
            for name, lane in lanes.items():
                self._given[name] += len(given.copies.get(name, ()))
                lane.adapt(starved[name])
                lane.tray.add(given.copies.get(name, ()), given.going)
                if not lane.carriers:
                    lane.tray.close()
            if not any(len(lane.tray) or lane.tray.taken for lane in lanes.values()):
                self._gather(lanes)
                if not any(self._results.values()) and not any(given.copies.values()):
                    return
            self._nudged.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(TURN):
                    await self._nudged.wait()

    async def _turn(self, room: Mapping[str, int], only: IssueName | None) -> TurnResult:
        """One step of the ledger, tried again a few times: it may be locked, or the disk full."""
        for tried in range(PATIENCE + 1):
            asked = self._asked(room, self._given, only)
            try:
                given = await self._ledger(run_turn, self._manner, self._workbenches, asked)
            except Exception as error:
                if tried == PATIENCE or await self.stopped(AGAIN):
                    raise
                maillog.failed("writing the ledger, it is tried again:", error)
            else:
                self._written(asked)
                if any(given.copies.values()):
                    # Before any of them can leave: a backup restored later is older than this.
                    await asyncio.to_thread(self._save_epoch, given.epoch)
                return given
        raise AssertionError("the last try returns or raises")

    def _gather(self, lanes: Mapping[str, Lane]) -> None:
        """Take what was put down into what is to be written."""
        for name, lane in lanes.items():
            results, broken = lane.tray.collect()
            self._results[name] += results
            now, got_through = self._context.clock.now(), self._handed_over + lane.tray.handed_over
            for one in broken:
                result = self._blame.judge(one, now=now, got_through=got_through)
                lane.blamed += result.outcome is not None
                self._results[name].append(result)
            self._unmakable += lane.tray.unmakable
            lane.tray.unmakable = []

    def _asked(self, room: Mapping[str, int], carried: Mapping[str, int], only: IssueName | None) -> TurnRequest:
        """All that came is to be written; and so many copies are wanted for each relay."""
        return TurnRequest(
            owner=self._owner,
            results={name: tuple(kept) for name, kept in self._results.items()},
            room=room,
            carried=carried,
            unmakable=tuple(self._unmakable),
            elapsed=self._context.clock.elapsed(),
            only=only,
        )

    def _written(self, asked: TurnRequest) -> None:
        for name, done in asked.results.items():
            del self._results[name][: len(done)]
        del self._unmakable[: len(asked.unmakable)]

    async def _write_and_free(self) -> None:
        """Write what came; whatever is ours then was claimed and never reached a tray, and goes back."""
        asked = self._asked({}, {}, None)
        await self._ledger(run_turn, self._manner, self._workbenches, asked)
        self._written(asked)
        await self._ledger(recovery.free_own, self._owner, self._journal.read)
        self._journal.clear()
        self._owes = False

    async def _after(self, lanes: Mapping[str, Lane]) -> Drained:
        drained, now, failed = Drained(), self._context.clock.now(), 0
        for name, lane in lanes.items():
            drained.handed_over += lane.tray.handed_over
            rest = self._rests[name]
            why = lane.down or (lane.broke if lane.breaks > lane.blamed else "")
            if lane.tray.handed_over:
                # It works, if not for so many connections as the settings ask for: that is no outage.
                self._rests[name] = Rest()
            elif why:
                failed += 1
                rest.failed(now, login=lane.login_refused)
            drained.down = drained.down or lane.down or ("" if lane.tray.handed_over else why)
            drained.broke = drained.broke or lane.broke
        self._handed_over += drained.handed_over
        if failed and failed == len(lanes):  # no relay carries anything
            await self._ledger(recovery.relay_is_down, drained.down)
        await self._tidy()
        return drained

    async def _tidy(self) -> None:
        closed = await self._ledger(recovery.tidy)
        for identity in [known for known in self._workbenches if known in closed]:
            del self._workbenches[identity]

    async def _ledger(
        self, step: Callable[Concatenate[Connection, Context, Words], Answer], *given: Words.args, **named: Words.kwargs
    ) -> Answer:
        """Take one step in one transaction."""
        return await self._in_thread(self._context.store.transaction, step, *given, **named)

    async def _in_thread(
        self,
        transaction: Callable[[], AbstractContextManager[Connection]],
        step: Callable[Concatenate[Connection, Context, Words], Answer],
        *given: Words.args,
        **named: Words.kwargs,
    ) -> Answer:
        """Take one step in the ledger's thread: the only way from here to the database."""

        def in_transaction() -> Answer:
            with transaction() as connection:
                return step(connection, self._context, *given, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, in_transaction)


async def _whole(step: Coroutine[object, object, Answer]) -> Answer:
    """The step's answer. A cancellation waits until the step is done: what is in the ledger must be known here too."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
