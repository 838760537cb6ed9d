"""Sends the copies that are due: keeps each relay's connections supplied, and writes the results to the ledger."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from math import inf

from mailer.domain.pacing import levelled
from mailer.domain.ports import AttemptJournal
from mailer.pipeline import maillog, servicelog
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending.carrier import Relay
from mailer.pipeline.sending.company import Alone, Companions, Company
from mailer.pipeline.sending.lane import AHEAD, DrainResult, Lane, StartTask
from mailer.pipeline.sending.ledger_thread import happens, uncancelled
from mailer.pipeline.sending.recovery import JournalOfDead
from mailer.pipeline.sending.relay_trouble import RelayPause, memories_of
from mailer.pipeline.sending.sender_ledger import SenderLedger
from mailer.pipeline.sending.settings import SendSettings
from mailer.pipeline.sending.tray import OutTray
from mailer.pipeline.sending.turn import TurnResult
from mailer.store.ledger.owners import Owner

# Seconds within which a sender ends after `stop`, whatever the relays do (systemd kills it after 90, see docs/operating.md);
# the last of them are for writing down what is known.
STOP_WITHIN, WRITING = 75.0, 5.0
# Seconds at most until a reply is in the ledger, and until a pause is noticed.
TURN = 0.2


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
        companions: Companions | None = None,
    ) -> None:
        # `delete_journal` deletes a dead sender's journal, once the ledger has what stood in it; `save_epoch` keeps the epoch
        # of a claim outside the database, so that a restored backup is noticed.
        self._context = context
        self._relays = tuple(relays)
        self._settings = settings
        self._weights = {relay.name: settings.relays[relay.name].weight for relay in relays}
        self._journal = journal
        self._journal_of_dead = journal_of_dead
        self._delete_journal = delete_journal
        self._save_epoch = save_epoch
        self._stop = asyncio.Event()
        self._claim_until = inf  # of this drain
        self._abandon_at = inf  # when no reply is waited for any more
        self.abandoned: set[int] = set()  # deliveries whose replies were not waited for
        self._nudged = asyncio.Event()
        self._memories = memories_of(relays, context.clock, settings)
        self._ledger = SenderLedger(context, settings, owner, self._memories)
        self.company = Company(companions or Alone(), self._relays, self._memories, self._weights)
        self._carried = dict.fromkeys(self._memories, 0)  # how many copies each relay was given
        self._lanes: dict[str, Lane] = {}
        self._start: StartTask = asyncio.ensure_future  # starts a lane's connection

    def stop(self, within: float = STOP_WITHIN) -> None:
        """Claim nothing more, and end within so many seconds; when called again, at once.

        A connection without a content that has begun ends at once, and its copies wait untried. Replies to contents are
        waited for; a copy that has none in the end is uncertain, and among `abandoned`.
        """
        again = self._abandon_at < inf
        self.company.companions.stop(0.0 if again else within)
        patience = 0.0 if again else within - min(WRITING, within / 5)
        self._abandon_at = self._elapsed() + patience
        self._stop.set()
        replies = sum(len(lane.begun()) for lane in self._lanes.values())
        if replies and patience:
            servicelog.waits_for_replies(replies, patience)
        self._obey_stop()
        self._nudged.set()

    def finish(self) -> None:
        """Claim nothing more, and end once every content that has begun is answered, however long that takes."""
        self._stop.set()
        self._nudged.set()

    async def stopped(self, seconds: float) -> bool:
        """Wait for `stop`, so many seconds at most; returns whether it was called."""
        return await happens(self._stop, seconds)

    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stop.is_set()

    async def until_stopped(self) -> None:
        """Wait until `stop` is called."""
        await self._stop.wait()

    def use(self, context: Context) -> None:
        """Use other newsletters, fees and templates from the next claim on, and try a refused login again at once."""
        self._context = context
        self._ledger.use(context)
        self.company.companions.use(context)
        for memory in self._memories.values():
            memory.pause = RelayPause()

    async def ledger_answers(self) -> None:
        """Return once the ledger's thread has taken the steps before this one."""
        await self._ledger.answers()

    def close(self) -> bool:
        """End the ledger's thread; nothing may be drained afterwards. Returns whether every result is written."""
        self._ledger.close()
        return not self._ledger.unsettled

    async def write_kept(self) -> None:
        """Write what was kept while the ledger could not be written; not within a drain."""
        if self._ledger.unsettled:
            await self._ledger.write_and_free(self._journal)

    async def drain(self, only: IssueName | None = None, *, within: float = inf) -> DrainResult:
        """Hand over every copy that is due now, of every mailing or of one issue's; nothing is claimed after so many seconds.

        Each relay's lane begins, rests and ends by itself; a relay that hangs keeps none but its own copies waiting. A
        relay that is down costs no copy an attempt; it is tried again after ever longer pauses, while the others carry
        its share. Afterwards this sender has no copy in `sending`, whatever was raised. Only if the ledger cannot be
        written, its results are kept, and written by the next drain.
        """
        maillog.troubles.look(self._elapsed())
        self._claim_until = self._elapsed() + within
        self.company.companions.has_ended()  # notes it; what it left is taken over below
        await self.write_kept()
        for memory in self._memories.values():
            memory.ended = False
        usable = any(self._may_begin(relay) for relay in self._relays)
        nothing_done = DrainResult(down="" if usable else "the relay was down a moment ago")
        if not await self._ledger.has_work():
            return nothing_done
        await self._ledger.take_over(self._journal_of_dead, self._delete_journal)
        if not usable or self._stop.is_set():
            await self._ledger.tidy()
            return nothing_done
        await self._ledger.read_paces()
        self._carried = levelled(self._carried, self._weights)
        self._ledger.unsettled, drained = True, DrainResult()
        failures: list[Exception] = []
        try:
            await self._run(drained, failures, only)
        finally:
            for lane in list(self._lanes.values()):
                self._end_lane(lane, drained, failures)
            await uncancelled(self._ledger.write_and_free(self._journal))
        await self.company.note_trouble(drained, self._ledger)
        await self._ledger.tidy()
        if failures:
            raise ExceptionGroup("copies could not be handed over", failures)
        return drained

    # --- one drain ----------------------------------------------------------------------------------------------------

    async def _run(self, drained: DrainResult, failures: list[Exception], only: IssueName | None) -> None:
        failed: Exception | None = None
        async with asyncio.TaskGroup() as group:  # a cancellation reaches every connection
            self._start = group.create_task
            try:
                await self._keep_in_hand(drained, failures, only)
            except Exception as error:  # noqa: BLE001  (what is being handed over is finished all the same)
                failed = error
            for lane in self._lanes.values():
                lane.tray.close()
            while any(lane.carriers for lane in self._lanes.values()):
                self._obey_stop()
                await self._nudge()
        if failed is not None:
            raise failed

    async def _keep_in_hand(self, drained: DrainResult, failures: list[Exception], only: IssueName | None) -> None:
        """Take turns, which write results and claim copies, until nothing can be done now; after `stop` nothing is claimed."""
        next_round = self._elapsed() + self._settings.round_seconds
        while True:
            self._obey_stop()
            if self.company.companions.has_ended() or self._elapsed() >= next_round:
                next_round = self._elapsed() + self._settings.round_seconds
                await self._do_round()
            for lane in list(self._lanes.values()):
                if lane.health.reached and not lane.noted:
                    await self._ledger.relay_is_up()
                    lane.noted = True
                if not lane.carriers:
                    self._end_lane(lane, drained, failures)
            turn = await self._take_turn(only)
            if not any(lane.busy for lane in self._lanes.values()):
                self._gather()
                if not self._ledger.anything_unwritten() and not any(turn.copies.values()) and not turn.judged:
                    return
            await self._nudge()

    async def _take_turn(self, only: IssueName | None) -> TurnResult:
        """Write what was put down, and give each lane the copies that were claimed for it."""
        room = self._room()
        for name, lane in self._lanes.items():
            lane.look(self._elapsed(), alone=room.keys() <= {name})
        room = self._room()
        starved = {name: lane.tray.open and not len(lane.tray) for name, lane in self._lanes.items()}
        self._gather()
        turn = await uncancelled(self._turn(room, only))
        if self.company.look(self._lanes, room, turn, only):
            self.finish()
        await uncancelled(self.company.note_left_out(self._ledger))
        for name, copies in turn.copies.items():
            self._carried[name] += len(copies)
            if copies and name not in self._lanes:
                self._begin_lane(name)
        for name, lane in self._lanes.items():
            lane.adapt(starved.get(name, True))
            lane.tray.add(turn.copies.get(name, ()), turn.going)
        return turn

    async def _turn(self, room: Mapping[str, int], only: IssueName | None) -> TurnResult:
        turn = await self._ledger.turn(self._lanes, room, self._carried, only, self.stopped)
        if any(turn.copies.values()):
            # Before a copy can leave: then a backup that is restored later has an older epoch.
            await asyncio.to_thread(self._save_epoch, turn.epoch)
        return turn

    def _gather(self) -> None:
        for name, lane in self._lanes.items():
            self._ledger.gather(lane, self._memories[name])

    async def _do_round(self) -> None:
        """What is done every so often, while lanes go on: nothing here waits for a relay."""
        maillog.troubles.look(self._elapsed())
        await self._ledger.renew()
        await self._ledger.take_over(self._journal_of_dead, self._delete_journal)
        await self._ledger.read_paces()
        await self._ledger.tidy()
        self._carried = levelled(self._carried, self._weights)
        for memory in self._memories.values():
            memory.ended = False
        for lane in self._lanes.values():
            if lane.in_use:
                lane.fill(self._start)
        self._gather()
        self._journal.keep(self._ledger.begun().union(*(lane.begun() for lane in self._lanes.values())))

    async def _nudge(self) -> None:
        """Wait until a lane has something for the ledger, or for a turn's time."""
        self._nudged.clear()
        await happens(self._nudged, TURN)

    # --- lanes --------------------------------------------------------------------------------------------------------

    def _may_begin(self, relay: Relay) -> bool:
        return not self._memories[relay.name].ended and self._memories[relay.name].pause.may_try(self._elapsed())

    def _room(self) -> dict[str, int]:
        """How many copies each relay in use needs, and one without a lane that may be used."""
        if self._elapsed() >= self._claim_until:
            return {}
        room = {name: lane.room() for name, lane in self._lanes.items() if lane.in_use}
        if not self._stop.is_set():
            idle = (relay for relay in self._relays if relay.name not in self._lanes and self._may_begin(relay))
            room |= {relay.name: relay.connections * AHEAD for relay in idle}
        return {relay.name: room[relay.name] for relay in self._relays if relay.name in room}

    def _begin_lane(self, name: str) -> None:
        relay, memory = next(relay for relay in self._relays if relay.name == name), self._memories[name]
        tray = OutTray(self._context, self._journal, self._nudged.set)
        tray.lost_in_a_row, memory.throttle.refused = memory.lost_in_a_row, ""
        size, ended = relay.connections * AHEAD, self._nudged.set
        self._lanes[name] = lane = Lane(relay=relay, tray=tray, throttle=memory.throttle, size=size, ended=ended)
        lane.fill(self._start)

    def _end_lane(self, lane: Lane, drained: DrainResult, failures: list[Exception]) -> None:
        """Put down what is left in a lane without connections, and remember how it fared."""
        lane.tray.close()
        memory = self._memories[lane.relay.name]
        self._ledger.gather(lane, memory)
        del self._lanes[lane.relay.name]
        self.company.lane_ended(lane, self._elapsed())
        drained.add(lane.tray.handed_over, lane.health)
        if lane.health.failure is not None:
            failures.append(lane.health.failure)

    def _obey_stop(self) -> None:
        if not self._stop.is_set():
            return
        given_up = self._elapsed() >= self._abandon_at
        for lane in self._lanes.values():
            lane.stop()
            if given_up:
                self.abandoned |= {delivery for delivery, _epoch in lane.begun()}
                lane.abandon()

    def _elapsed(self) -> float:
        return self._context.clock.elapsed()
