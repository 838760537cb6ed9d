"""Sends the copies that are due: keeps each relay's connections supplied, and writes the results to the ledger."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from mailer.domain.pacing import levelled
from mailer.domain.ports import AttemptJournal
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending import recovery
from mailer.pipeline.sending.lane import AHEAD, BrokenConnections, DrainResult, Lane, Relay, RelayPause
from mailer.pipeline.sending.ledger_thread import LedgerThread
from mailer.pipeline.sending.recovery import JournalOfDead
from mailer.pipeline.sending.settings import SendSettings
from mailer.pipeline.sending.tray import OutTray
from mailer.pipeline.sending.turn import TurnRequest, TurnResult, Workbenches, run_turn
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.owners import Owner
from mailer.store.ledger.results import Result

Answer = TypeVar("Answer")

# Seconds after which a drain ends, even in the middle of a mailing. Between two drains dead senders' copies are taken over,
# relays that were down are tried again, mailings that are done are closed, and the journal is emptied.
DRAIN = 15.0
# Seconds at most until a reply is in the ledger, and until a pause is noticed.
TURN = 0.2
# How many times, and so many seconds apart, a ledger that cannot be written is tried again: its disk may be full.
RETRIES, PAUSE = 5, 1.0


class Sender:
    """One process's sender. `owner` is its row in the ledger; the caller holds its lock for as long as it lives."""

    def __init__(
        self,
        context: Context,
        relays: Sequence[Relay],
        settings: SendSettings,
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
        self._settings = settings
        self._owner = owner
        self._journal = journal
        self._journal_of_dead = journal_of_dead
        self._delete_journal = delete_journal
        self._save_epoch = save_epoch
        self._stop = asyncio.Event()
        self._nudged = asyncio.Event()
        self._ledger = LedgerThread(context)
        self._workbenches: Workbenches = {}
        self._broken_connections = BrokenConnections()
        self._handed_over = 0
        self._pauses: dict[str, RelayPause] = {relay.name: RelayPause() for relay in relays}
        # Results that are not in the ledger yet; they are kept while it cannot be written.
        self._results: dict[str, list[Result]] = {relay.name: [] for relay in relays}
        self._unmakable: list[tuple[Claim, str]] = []
        self._carried = dict.fromkeys(self._results, 0)  # how many copies each relay was given
        self._lanes: Mapping[str, Lane] = {}
        self._unsettled = False  # whether copies of ours may be in `sending`, or results are not written yet

    def stop(self) -> None:
        """Claim nothing more; copies that are being handed over are finished."""
        self._stop.set()
        for lane in self._lanes.values():
            lane.tray.close()

    async def stopped(self, seconds: float) -> bool:
        """Wait for `stop`, so many seconds at most; returns whether it was called."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        return self._stop.is_set()

    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    async def until_stopped(self) -> None:
        """Wait until `stop` is called."""
        await self._stop.wait()

    def use(self, context: Context) -> None:
        """Use other newsletters, fees and templates from the next claim on, and try a refused login again at once."""
        self._context = self._ledger.context = context
        self._workbenches = {}  # copies in hand keep theirs
        self._pauses = {name: RelayPause() for name in self._pauses}

    def close(self) -> bool:
        """End the ledger's thread; nothing may be drained afterwards. Returns whether every result is written."""
        self._ledger.close()
        return not self._unsettled

    async def drain(self, only: IssueName | None = None) -> DrainResult:
        """Hand over every copy that is due now, of every mailing or of one issue's.

        Afterwards this sender has no copy in `sending`, whatever was raised. Only if the ledger cannot be written, its
        results are kept, and written by the next drain. A relay that is down costs no copy an attempt; it is tried again
        after ever longer pauses, while the other relays carry its share.
        """
        maillog.troubles.look(self._context.clock.elapsed())
        if self._unsettled:
            await self._write_and_free()
        now = self._context.clock.now()
        usable = [relay for relay in self._relays if self._pauses[relay.name].may_try(now)]
        nothing_done = DrainResult(down="" if usable else "the relay was down a moment ago")
        if not await self._ledger.read(recovery.has_work):
            return nothing_done
        for owner in await self._ledger.write(recovery.take_over, self._owner, self._journal_of_dead):
            self._delete_journal(owner)
        if not usable or self._stop.is_set():
            await self._tidy()
            return nothing_done
        self._unsettled = True
        weights = {name: limit.weight for name, limit in self._settings.relays.items()}
        self._carried = levelled(self._carried, weights)
        self._lanes = lanes = {relay.name: self._lane(relay) for relay in usable}
        try:
            await self._run(lanes, only)
        finally:
            self._lanes = {}
            for lane in lanes.values():
                await _uncancelled(lane.tray.settled())
            self._gather(lanes)
            await _uncancelled(self._write_and_free())
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
        """Take turns, which write results and claim copies, until nothing is left that can be done now.

        After `stop`, or after DRAIN seconds, nothing more is claimed; copies that are being handed over are finished.
        """
        is_up, until = False, self._context.clock.elapsed() + DRAIN
        while True:
            if not is_up and any(lane.reached for lane in lanes.values()):
                await self._ledger.write(recovery.relay_is_up)
                is_up = True
            if self._stop.is_set() or self._context.clock.elapsed() >= until:
                for lane in lanes.values():
                    lane.tray.close()
            starved = {name: lane.tray.open and not len(lane.tray) for name, lane in lanes.items()}
            self._gather(lanes)
            room = {name: lane.room() for name, lane in lanes.items() if lane.in_use}
            turn = await _uncancelled(self._turn(room, only))
            for name, lane in lanes.items():
                self._carried[name] += len(turn.copies.get(name, ()))
                lane.adapt(starved[name])
                lane.tray.add(turn.copies.get(name, ()), turn.going)
                if not lane.carriers:
                    lane.tray.close()
            if not any(len(lane.tray) or lane.tray.taken for lane in lanes.values()):
                self._gather(lanes)
                if not any(self._results.values()) and not any(turn.copies.values()):
                    return
            self._nudged.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(TURN):
                    await self._nudged.wait()

    async def _turn(self, room: Mapping[str, int], only: IssueName | None) -> TurnResult:
        """Take one turn, tried again a few times: the ledger may be locked, or the disk full."""
        for tried in range(RETRIES + 1):
            request = self._request(room, self._carried, only)
            try:
                turn = await self._ledger.write(run_turn, self._settings, self._workbenches, request)
            except Exception as error:
                if tried == RETRIES or await self.stopped(PAUSE):
                    raise
                maillog.failed("writing the ledger", error)
            else:
                self._forget_written(request)
                if any(turn.copies.values()):
                    # Before a copy can leave: then a backup that is restored later has an older epoch.
                    await asyncio.to_thread(self._save_epoch, turn.epoch)
                return turn
        raise AssertionError("the last try returns or raises")

    def _gather(self, lanes: Mapping[str, Lane]) -> None:
        """Collect the results from the trays."""
        for name, lane in lanes.items():
            results, broken = lane.tray.collect()
            self._results[name] += results
            now, got_through = self._context.clock.now(), self._handed_over + lane.tray.handed_over
            for break_off in broken:
                result = self._broken_connections.result_of(break_off, now=now, got_through=got_through)
                lane.blamed += result.outcome is not None
                self._results[name].append(result)
            self._unmakable += lane.tray.unmakable
            lane.tray.unmakable = []

    def _request(self, room: Mapping[str, int], carried: Mapping[str, int], only: IssueName | None) -> TurnRequest:
        """A turn that writes all results and claims so many copies for each relay."""
        return TurnRequest(
            owner=self._owner,
            results={name: tuple(results) for name, results in self._results.items()},
            room=room,
            carried=carried,
            unmakable=tuple(self._unmakable),
            sizes={name: lane.size_limit for name, lane in self._lanes.items() if lane.size_limit is not None},
            elapsed=self._context.clock.elapsed(),
            only=only,
        )

    def _forget_written(self, request: TurnRequest) -> None:
        for name, results in request.results.items():
            del self._results[name][: len(results)]
        del self._unmakable[: len(request.unmakable)]

    async def _write_and_free(self) -> None:
        """Write all results; copies of ours that are still `sending` were claimed and never reached a tray: free them."""
        request = self._request({}, {}, None)
        await self._ledger.write(run_turn, self._settings, self._workbenches, request)
        self._forget_written(request)
        await self._ledger.write(recovery.free_own, self._owner, self._journal.read)
        self._journal.clear()
        self._unsettled = False

    async def _after(self, lanes: Mapping[str, Lane]) -> DrainResult:
        drained, now, failed = DrainResult(), self._context.clock.now(), 0
        for name, lane in lanes.items():
            drained.handed_over += lane.tray.handed_over
            pause = self._pauses[name]
            why = lane.down or (lane.broke if lane.breaks > lane.blamed else "")
            if lane.tray.handed_over:
                # It works, if not with as many connections as the settings ask for: that is no outage.
                self._pauses[name] = RelayPause()
            elif why:
                failed += 1
                pause.failed(now, login=lane.login_refused)
            drained.down = drained.down or lane.down or ("" if lane.tray.handed_over else why)
            drained.broke = drained.broke or lane.broke
        self._handed_over += drained.handed_over
        if failed and failed == len(lanes):  # no relay carries anything
            await self._ledger.write(recovery.relay_is_down, drained.down)
        await self._tidy()
        return drained

    async def _tidy(self) -> None:
        closed = await self._ledger.write(recovery.tidy)
        for mailing in closed & self._workbenches.keys():
            del self._workbenches[mailing]


async def _uncancelled(step: Coroutine[object, object, Answer]) -> Answer:
    """The step's answer. A cancellation waits for it, so that the sender knows what is in the ledger."""
    task = asyncio.ensure_future(step)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
