"""Makes the copies that are in hand, and signs them where we sign: in threads then, a few ahead of the connections."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from mailer.domain.errors import CannotRender
from mailer.domain.ports import Envelope, Message
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import Workbench
from mailer.store.ledger.claims import Claim


@dataclass(slots=True, eq=False, kw_only=True)
class Work:
    """A claimed copy in hand. It may begin to leave until `until`, on the clock that nobody can set."""

    claim: Claim
    bench: Workbench
    envelope: Envelope
    until: float
    message: Message = field(default=Message(b""))
    started_at: datetime | None = None
    begun: bool = False

    def make(self, context: Context) -> None:
        """Afterwards `message` is there, signed where we sign. Raises CannotRender."""
        copy, bench = self.claim, self.bench
        message = bench.print_copy(
            copy.language,
            copy.variant,
            copy.copy_number,
            copy.address,
            copy.name,
            copy.salutation,
            copy.paid_until,
            copy.message_id,
            unsubscribe=context.unsubscribe(copy.delivery),
        )
        self.message = context.signed(message, bench.date)


# What is raised when a copy cannot be made: by a value, an edition or a header.
UNMAKABLE = (CannotRender, LookupError, ValueError)
# Threads that make and sign: signing takes several times as long as all the rest of a copy, and lets others run meanwhile.
THREADS = 2
_AT_ONCE = 8  # copies: handing one to a thread costs as much as a fifth of signing it
_AHEAD = 48  # copies made before they are asked for


class MadeAhead:
    """Makes and signs copies in threads, a few ahead of the connections; `done` gets them back in the loop's own thread."""

    def __init__(self, context: Context, done: Callable[[list[tuple[Work, Exception | None]]], None]) -> None:
        self._context = context
        self._done = done
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="signing")
        self._waiting: deque[Work] = deque()
        self._under_way: set[asyncio.Future[list[tuple[Work, Exception | None]]]] = set()
        self._in_threads = 0

    def __len__(self) -> int:
        return len(self._waiting) + self._in_threads

    def add(self, works: Iterable[Work]) -> None:
        """These are to be made, too."""
        self._waiting.extend(works)

    def withdraw(self) -> list[Work]:
        """What no thread has begun with; it is not made any more."""
        works = list(self._waiting)
        self._waiting.clear()
        return works

    def go_on(self, ready: int) -> None:
        """Hand further copies to the threads, when few are `ready`."""
        while self._waiting and ready + self._in_threads < _AHEAD:
            works = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            future = asyncio.get_running_loop().run_in_executor(self._pool, self._make, works)
            self._in_threads += len(works)
            self._under_way.add(future)
            future.add_done_callback(self._made)

    async def settled(self) -> None:
        """Wait until the threads are done, and let go of them."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))
        self._pool.shutdown(wait=False)

    def _make(self, works: list[Work]) -> list[tuple[Work, Exception | None]]:
        made: list[tuple[Work, Exception | None]] = []
        for work in works:
            try:
                work.make(self._context)
            except Exception as error:  # noqa: BLE001  (in a thread nobody else would hear of it)
                made.append((work, error))
            else:
                made.append((work, None))
        return made

    def _made(self, future: asyncio.Future[list[tuple[Work, Exception | None]]]) -> None:
        self._under_way.discard(future)
        works = future.result()
        self._in_threads -= len(works)
        self._done(works)
