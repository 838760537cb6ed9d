"""Sends what is due: claims copies, hands each to the relay, and records what came of it. The only async stage."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from mailer.domain.delivery import Deferred, Outcome
from mailer.domain.errors import MailerError, TransportDown
from mailer.domain.mailing import MailingState
from mailer.domain.ports import Connection as Relay
from mailer.domain.ports import Transport
from mailer.domain.retry import LONGEST_PAUSE, relay_pause
from mailer.pipeline import maillog
from mailer.pipeline.approving import cancel_waiting, close_done
from mailer.pipeline.handing import MINUTE, Benches, Manner, Work, claim_due, record, settle_by_policy
from mailer.pipeline.press import IssueName, Press
from mailer.store import Connection, claims, mailings
from mailer.store.owners import Owner, owners_with_copies

Answer = TypeVar("Answer")
Given = ParamSpec("Given")

# Copies in hand for each connection: few, so that a pause takes hold at once.
AHEAD = 4
# After so many connections in a row that broke before any content was asked for, the relay counts as down.
BROKEN = 3


class LostClaim(MailerError):
    """The copy may not leave now: another process took it over, or its mailing was paused. Nothing of it was sent."""


@dataclass(slots=True)
class Drained:
    """How a drain ended. `down` says why the relay could not be used; `broke` what became of a connection at last."""

    handed_over: int = 0
    down: str = ""
    broke: str = ""


class Sender:
    """One process's sender. `owner` is its row in the ledger; the caller holds its lock for as long as it lives."""

    def __init__(
        self,
        press: Press,
        transport: Transport,
        manner: Manner,
        *,
        owner: int,
        is_dead: Callable[[Owner], bool],
        reach: Callable[[int], None],
    ) -> None:
        """`is_dead` tells whether another process is proved to have ended; `reach` keeps the epoch of a claim safe."""
        self._press = press
        self._transport = transport
        self._manner = manner
        self._owner = owner
        self._is_dead = is_dead
        self._reach = reach
        self._stop = asyncio.Event()
        # One thread writes the ledger for this process: writers of one database wait for each other anyway.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._benches: Benches = {}
        # Copies that connections broke at: how often, and how many had been handed over at the first time.
        self._broke: dict[int, tuple[int, int]] = {}
        self._handed_over = 0
        self._failures = 0
        self._down_until: datetime | None = None

    def stop(self) -> None:
        """Claim nothing more; what is being handed over is finished."""
        self._stop.set()

    async def stopped(self, seconds: float) -> bool:
        """Wait for `stop`, so long at most; whether it came."""
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def until_stopped(self) -> None:
        """Wait for `stop`, however long."""
        await self._stop.wait()

    def use(self, press: Press) -> None:
        """Work with other newsletters, fees and templates from the next claim on."""
        self._press = press
        self._benches = {}  # a claim that is under way keeps its own

    def close(self) -> None:
        """Let go of the ledger's thread; nothing may be drained afterwards."""
        self._thread.shutdown(wait=True)

    async def drain(self, only: IssueName | None = None) -> Drained:
        """Hand over every copy that is due now, of every mailing or of one issue's.

        Afterwards nothing is `sending` on our behalf, whatever was raised. A relay that is down ends the drain and
        uses up no attempt; it is left alone for a while that grows.
        """
        now = self._press.clock.now()
        # Never for longer than the longest pause, even when the clock was set back meanwhile.
        if self._down_until is not None and now < self._down_until <= now + LONGEST_PAUSE:
            return Drained(down="the relay was down a moment ago")
        await self._ledger(_take_over, self._manner, self._owner, self._is_dead)
        drained, queue, refill = Drained(), deque[Work](), asyncio.Lock()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._manner.connections):
                    group.create_task(self._work(queue, refill, drained, only))
        finally:
            await self._ledger(_let_go, self._manner, self._owner)
        await self._after(drained)
        return drained

    async def _after(self, drained: Drained) -> None:
        if drained.handed_over:
            # It works, if not for so many connections as the settings ask for: that is no outage.
            self._failures, self._down_until = 0, None
        else:
            drained.down = drained.down or drained.broke
        if drained.down and not drained.handed_over:
            self._failures += 1
            self._down_until = self._press.clock.now() + relay_pause(self._failures)
            await self._ledger(_outage, drained.down)
        closed = await self._ledger(_tidy)
        for identity in [known for known in self._benches if known in closed]:
            del self._benches[identity]

    async def _work(self, queue: deque[Work], refill: asyncio.Lock, drained: Drained, only: IssueName | None) -> None:
        """One connection's life: copy after copy while there are any, a new conversation when one broke."""
        broken = 0
        while broken < BROKEN and (work := await self._next(queue, refill, only)) is not None:
            connected, began = False, self._press.clock.now()
            try:
                async with self._transport.connect() as relay:
                    connected = True
                    await self._ledger(_relay_is_up)
                    while work is not None:
                        began = self._press.clock.now()
                        await self._hand_over(relay, work)
                        drained.handed_over += 1
                        self._handed_over += 1
                        broken = 0
                        work = await self._next(queue, refill, only) if relay.usable else None
            except TransportDown as error:
                if connected and work is not None and self._to_blame(work):
                    await self._ledger(_record, self._manner, work, Deferred(reply=None, detail=str(error)), began)
                    continue
                if connected:
                    maillog.broke_off(work.claim.delivery if work else 0, str(error))
                    drained.broke = str(error)
                broken = broken + 1 if connected else BROKEN
                # Behind the others, in case it is this copy that breaks connections.
                later = self._press.clock.now() + MINUTE if connected else None
                await self._ledger(_give_back, [work] if work else [], later)
                if broken == BROKEN:
                    drained.down = str(error)
            except LostClaim as error:
                maillog.claim_lost(str(error))
                # What waits behind it was claimed with it: let the claim decide anew.
                waiting = [work, *queue] if work else [*queue]
                queue.clear()
                await self._ledger(_give_back, waiting, None)

    def _to_blame(self, work: Work) -> bool:
        """Whether it is this copy that breaks connections: it did so again and again, and others got through since."""
        times, handed_over = self._broke.get(work.claim.delivery, (0, self._handed_over))
        self._broke[work.claim.delivery] = (times + 1, handed_over)
        return times + 1 >= BROKEN and self._handed_over > handed_over

    async def _next(self, queue: deque[Work], refill: asyncio.Lock, only: IssueName | None) -> Work | None:
        async with refill:
            if not queue and not self._stop.is_set():
                limit = self._manner.connections * AHEAD
                works, epoch = await self._ledger(_claim, self._manner, self._benches, self._owner, limit, only)
                # Before any of them can leave: a backup restored later is older than this.
                await asyncio.to_thread(self._reach, epoch)
                queue.extend(works)
            return queue.popleft() if queue and not self._stop.is_set() else None

    async def _hand_over(self, relay: Relay, work: Work) -> None:
        started_at = self._press.clock.now()

        async def mark() -> None:
            if not await self._ledger(_mark, work):
                raise LostClaim(
                    f"delivery {work.claim.delivery} was taken over, or its mailing paused; nothing of it left"
                )

        outcome = await relay.send(work.envelope, work.message, mark)
        # Once the relay has answered, the answer is written, whatever else happens to this task.
        writing = asyncio.ensure_future(
            self._ledger(_record, self._manner, work, outcome, started_at),
        )
        await asyncio.shield(writing)

    async def _ledger(
        self, step: Callable[Concatenate[Connection, Press, Given], Answer], *given: Given.args, **named: Given.kwargs
    ) -> Answer:
        """Take one step in one transaction, in the ledger's thread: the only way from here to the database."""

        def in_transaction() -> Answer:
            with self._press.store.transaction() as connection:
                return step(connection, self._press, *given, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, in_transaction)


# --- steps: each is one transaction -----------------------------------------------------------------------------------


def _claim(
    connection: Connection,
    press: Press,
    manner: Manner,
    benches: Benches,
    owner: int,
    limit: int,
    only: IssueName | None,
) -> tuple[list[Work], int]:
    works = claim_due(connection, press, manner, benches, owner=owner, limit=limit, only=only)
    return works, claims.advance_epoch(connection) if works else claims.ledger_epoch(connection)


def _mark(connection: Connection, press: Press, work: Work) -> bool:
    return claims.mark(connection, work.claim, press.clock.now())


def _record(
    connection: Connection, press: Press, manner: Manner, work: Work, outcome: Outcome, started_at: datetime
) -> None:
    record(connection, press, manner, work.claim, outcome, started_at=started_at)


def _give_back(connection: Connection, _press: Press, works: list[Work], later: datetime | None) -> None:
    claims.give_back(connection, [work.claim for work in works], next_attempt_at=later)


def _take_over(
    connection: Connection, press: Press, manner: Manner, own: int, is_dead: Callable[[Owner], bool]
) -> None:
    dead = [owner.id for owner in owners_with_copies(connection) if owner.id != own and is_dead(owner)]
    _free(connection, press, manner, dead, maillog.taken_over)


def _let_go(connection: Connection, press: Press, manner: Manner, own: int) -> None:
    # What is still ours was not tried, or was cut off after its mark: the same rule as for the dead.
    _free(connection, press, manner, [own], maillog.let_go)


def _free(
    connection: Connection, press: Press, manner: Manner, owners: list[int], log: Callable[[int, int], None]
) -> None:
    now = press.clock.now()
    pending, uncertain = claims.take_over(connection, dead=owners, now=now)
    if manner.resend_unknown:
        for identity in uncertain:
            settle_by_policy(connection, press, identity, now + manner.backoff.first)
    if pending or uncertain:
        log(pending, len(uncertain))


def _relay_is_up(connection: Connection, press: Press) -> None:
    claims.outage_ends(connection, press.clock.now())


def _outage(connection: Connection, press: Press, reason: str) -> None:
    claims.outage_begins(connection, press.clock.now(), reason)
    maillog.relay_down(reason)


def _tidy(connection: Connection, _press: Press) -> set[int]:
    """Cancel what came back to a cancelled mailing, close what is done; returns the mailings that were closed."""
    for one in mailings.mailings_in(connection, [MailingState.CANCELLED]):
        cancel_waiting(connection, one.id)
    closed = close_done(connection)
    for one in closed:
        maillog.mailing(one.issue, "closed")
    return {one.id for one in closed}
