"""The ledger as a sender uses it: turns that are tried again, and results that are kept until they are written."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from mailer.domain.pacing import within
from mailer.domain.ports import AttemptJournal
from mailer.pipeline import maillog
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending import recovery
from mailer.pipeline.sending.lane import Lane
from mailer.pipeline.sending.ledger_thread import LedgerThread
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.pipeline.sending.recovery import JournalOfDead
from mailer.pipeline.sending.relay_trouble import RelayMemory
from mailer.pipeline.sending.settings import SendSettings
from mailer.pipeline.sending.turn import TurnRequest, TurnResult, Workbenches, run_turn
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.owners import Owner
from mailer.store.ledger.results import Result

# How many times, and so many seconds apart, a ledger that cannot be written is tried again: its disk may be full.
RETRIES, PAUSE = 5, 1.0


class SenderLedger:
    """What one sender reads and writes. `owner` is its row in the ledger."""

    def __init__(
        self, context: Context, settings: SendSettings, owner: int, memories: Mapping[str, RelayMemory]
    ) -> None:
        self._thread = LedgerThread(context)
        self._settings = settings
        self._owner = owner
        self._throttles = {name: memory.throttle for name, memory in memories.items()}
        self._workbenches: Workbenches = {}
        # Results by relay that are not in the ledger yet; they are kept while it cannot be written.
        self._results: Mapping[str, list[Result]] = {name: [] for name in self._throttles}
        self._unmakable: list[tuple[Claim, str]] = []
        self._in_hand: dict[int, OutgoingCopy] = {}  # by delivery, from the claim until the result is put down
        self._taken_back: list[int] = []  # copies with results that their relay's trouble is to blame for
        self._unsure = False  # whether the last turn failed: it may be in the ledger all the same
        self.unsettled = False  # whether copies of ours may be in `sending`, or results are not written yet

    def use(self, context: Context) -> None:
        """Use another context from the next step on; copies in hand keep theirs."""
        self._thread.context = context
        self._workbenches = {}

    def close(self) -> None:
        """End the thread, once the step that it takes is done."""
        self._thread.close()

    async def answers(self) -> None:
        """Return once the thread has taken the steps before this one."""
        await self._thread.answers()

    async def has_work(self) -> bool:
        """Whether there is anything to do now."""
        return await self._thread.read(recovery.has_work)

    async def take_over(self, journal_of_dead: JournalOfDead, delete_journal: Callable[[Owner], None]) -> None:
        """Free the copies of dead senders."""
        for owner in await self._thread.write(recovery.take_over, self._owner, journal_of_dead):
            delete_journal(owner)

    async def renew(self) -> None:
        """Renew the leases of our copies. One whose lease has ended may begin no more."""
        until = self._thread.context.clock.elapsed() + self._settings.lease.total_seconds()
        for delivery in await self._thread.write(recovery.renew, self._owner, self._settings.lease):
            if delivery in self._in_hand:
                self._in_hand[delivery].until = until

    async def tidy(self) -> None:
        """Close mailings that are done."""
        closed = await self._thread.write(recovery.tidy)
        for mailing in closed & self._workbenches.keys():
            del self._workbenches[mailing]

    async def relay_is_up(self) -> None:
        """Note that a relay can be used."""
        await self._thread.write(recovery.relay_is_up)

    async def relay_is_down(self, reason: str) -> None:
        """Note that no relay can be used."""
        await self._thread.write(recovery.relay_is_down, reason)

    async def relays_are_left_out(self, relays: Mapping[str, str]) -> None:
        """Note that these relays cannot be used, with the reason, and that all others can."""
        await self._thread.write(recovery.relays_are_left_out, relays)

    async def pause_refused(self, words: str) -> None:
        """Pause what is under way, since no relay works for us."""
        await self._thread.write(recovery.pause_refused, words)

    async def read_paces(self) -> None:
        """Take up what other processes, or this one before a restart, have found out about relays."""
        relays = await self._thread.read(recovery.slow_relays)
        for name, throttle in self._throttles.items():
            if name in relays:
                throttle.take_up(relays[name])

    # --- results and turns --------------------------------------------------------------------------------------------

    def gather(self, lane: Lane, memory: RelayMemory) -> None:
        """Take what a lane's connections put down since the last call."""
        results, now = self._results[lane.relay.name], self._thread.context.clock.now()
        put_down, broken = lane.tray.collect()
        for result in put_down:
            self._in_hand.pop(result.claim.delivery, None)
        results += put_down
        for break_off in broken:
            self._in_hand.pop(break_off.copy.claim.delivery, None)
            got_through = memory.handed_over + lane.tray.handed_over
            result = memory.broken.result_of(break_off, now=now, got_through=got_through)
            lane.health.blamed += result.outcome is not None
            results.append(result)
        self._unmakable += lane.tray.unmakable
        lane.tray.unmakable = []
        self._taken_back += memory.throttle.taken_back
        memory.throttle.taken_back = []

    def anything_unwritten(self) -> bool:
        """Whether results wait to be written."""
        return any(self._results.values())

    def begun(self) -> set[tuple[int, int]]:
        """The copies with results not written yet whose content had begun, by delivery and epoch."""
        unwritten = (result for results in self._results.values() for result in results)
        return {(result.claim.delivery, result.claim.epoch) for result in unwritten if result.begun}

    async def turn(
        self,
        lanes: Mapping[str, Lane],
        room: Mapping[str, int],
        carried: Mapping[str, int],
        only: IssueName | None,
        stopped: Callable[[float], Awaitable[bool]],
    ) -> TurnResult:
        """Write all results and claim so many copies for each relay.

        Tried again a few times: the ledger may be locked, or the disk full.
        """
        for tried in range(RETRIES + 1):
            request = self._request(lanes, room, carried, only)
            try:
                return await self._run(request)
            except Exception as error:
                if tried == RETRIES or await stopped(PAUSE):
                    raise
                maillog.failed("writing the ledger", error)
        raise AssertionError("the last try returns or raises")

    async def write_and_free(self, journal: AttemptJournal) -> None:
        """Write all results; copies of ours that are still `sending` were claimed and never reached a tray: free them."""
        await self._run(self._request({}, {}, {}, None))
        await self._thread.write(recovery.free_own, self._owner, journal.read)
        journal.clear()
        self.unsettled = False

    async def _run(self, request: TurnRequest) -> TurnResult:
        self._unsure = True
        turn = await self._thread.write(run_turn, self._settings, self._workbenches, request)
        self._unsure = False
        for name, results in request.results.items():
            del self._results[name][: len(results)]
        del self._unmakable[: len(request.unmakable)]
        del self._taken_back[: len(request.taken_back)]
        for name, pace in request.paces.items():
            self._throttles[name].kept = pace
        for copies in turn.copies.values():
            self._in_hand.update((copy.claim.delivery, copy) for copy in copies)
        return turn

    def _request(
        self, lanes: Mapping[str, Lane], room: Mapping[str, int], carried: Mapping[str, int], only: IssueName | None
    ) -> TurnRequest:
        results: Mapping[str, Sequence[Result]] = {name: tuple(each) for name, each in self._results.items()}
        paced = {
            name: throttle.room(lanes[name].in_hand() if name in lanes else 0)
            for name, throttle in self._throttles.items()
        }
        paces = {name: throttle.state() for name, throttle in self._throttles.items() if throttle.is_changed()}
        return TurnRequest(
            owner=self._owner,
            results=results,
            room=within(room, len(self._in_hand), self._settings.marked_at_most),
            carried=carried,
            unmakable=tuple(self._unmakable),
            sizes={name: lane.health.size_limit for name, lane in lanes.items() if lane.health.size_limit is not None},
            elapsed=self._thread.context.clock.elapsed(),
            only=only,
            paced={name: room for name, room in paced.items() if room is not None},
            paces=paces,
            closed=[name for name, throttle in self._throttles.items() if throttle.pace.closed],
            taken_back=tuple(self._taken_back),
            stalled=[name for name, lane in lanes.items() if lane.stalled],
            unsure=self._unsure,
        )
