"""Makes the copies in hand. Where we sign, threads make and sign them, a few ahead of the connections."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.errors import CannotRender
from mailer.domain.ports import Envelope, Message
from mailer.pipeline.issues.copies import Workbench
from mailer.store.ledger.claims import Claim

NO_MESSAGE = Message(b"")  # of a copy that is not made yet, or needed no longer


@dataclass(slots=True, eq=False, kw_only=True)
class OutgoingCopy:
    """A claimed copy in hand. It may begin to leave until `until`, on the clock that cannot be set."""

    claim: Claim
    bench: Workbench
    envelope: Envelope
    until: float
    message: Message = NO_MESSAGE
    started_at: datetime | None = None
    begun: bool = False
    probe: bool = False  # whether it tries a relay that asked to slow down

    def make(self) -> None:
        """Fill in `message`, signed where we sign. Raises what `Workbench.make` raises."""
        claim = self.claim
        self.message = self.bench.make(claim.copy, claim.message_id, delivery=claim.delivery)


# What is raised when a copy cannot be made: because of a value, a missing edition or a header.
UNMAKABLE = (CannotRender, LookupError, ValueError)
# Signing takes several times as long as the rest of a copy, and lets other threads run meanwhile.
THREADS = 2
_BATCH = 8  # copies: giving work to a thread costs as much as a fifth of signing one
_AHEAD = 48  # copies made before a connection asks for them

MadeBatch = list[tuple[OutgoingCopy, Exception | None]]


class SigningThreads:
    """Makes and signs copies in threads, a few ahead of the connections.

    `done` is called in the loop's own thread with each batch: every copy with the error that stopped it, or None.
    """

    def __init__(self, done: Callable[[MadeBatch], None]) -> None:
        self._done = done
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="signing")
        self._waiting: deque[OutgoingCopy] = deque()
        self._under_way: set[asyncio.Future[MadeBatch]] = set()
        self._in_threads = 0

    def __len__(self) -> int:
        return len(self._waiting) + self._in_threads

    def add(self, copies: Iterable[OutgoingCopy]) -> None:
        """Queue these copies."""
        self._waiting.extend(copies)

    def withdraw(self) -> list[OutgoingCopy]:
        """Take back the copies that no thread has begun; they are not made."""
        copies = list(self._waiting)
        self._waiting.clear()
        return copies

    def start_more(self, ready: int) -> None:
        """Hand copies to the threads while fewer than `_AHEAD` are made; `ready` of them are made already."""
        while self._waiting and ready + self._in_threads < _AHEAD:
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            future = asyncio.get_running_loop().run_in_executor(self._pool, _make, batch)
            self._in_threads += len(batch)
            self._under_way.add(future)
            future.add_done_callback(self._batch_done)

    async def settled(self) -> None:
        """Wait until the threads are done, then end them."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))
        self._pool.shutdown(wait=False)

    def _batch_done(self, future: asyncio.Future[MadeBatch]) -> None:
        self._under_way.discard(future)
        batch = future.result()
        self._in_threads -= len(batch)
        self._done(batch)


def _make(batch: list[OutgoingCopy]) -> MadeBatch:
    results: MadeBatch = []
    for copy in batch:
        try:
            copy.make()
        except Exception as error:  # noqa: BLE001  (raised in a thread, it would be lost)
            results.append((copy, error))
        else:
            results.append((copy, None))
    return results
