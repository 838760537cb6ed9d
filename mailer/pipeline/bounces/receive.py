"""Takes mails from the listener, several in one transaction; each sender waits until its mail is stored."""

import asyncio
from collections import deque
from collections.abc import Callable

from mailer.domain.bounce import RawReport
from mailer.domain.errors import TryLater
from mailer.pipeline import maillog
from mailer.pipeline.bounces import match
from mailer.pipeline.bounces.ingest import ingest
from mailer.pipeline.context import Context
from mailer.store.trouble import trouble_of

# At most so many mails share a transaction.
AT_ONCE = 50


class ReportReceiver:
    """Answers the listener and takes its mails. `context` is read for each mail, since settings may be reloaded."""

    def __init__(self, context: Callable[[], Context]) -> None:
        self._context = context
        self._waiting: deque[tuple[RawReport, asyncio.Future[None]]] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def admit(self, recipient: str) -> bool:
        """Whether mail to this address is accepted."""
        return await asyncio.to_thread(match.admit, self._context(), recipient)

    async def take(self, mail: RawReport) -> None:
        """Store and read the mail; it is not stored when this raises. TryLater: the log says why."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((mail, done))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        try:
            await done
        except Exception as error:
            if trouble_of(error) is None:
                raise
            maillog.failed("storing a report, whose sender will try again,", error)
            raise TryLater("nothing can be stored now") from error

    async def _work(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            if not await self._ingest(batch):
                for waiting in batch:  # one mail that the database refuses must not keep the others out
                    await self._ingest([waiting])

    async def _ingest(self, batch: list[tuple[RawReport, asyncio.Future[None]]]) -> bool:
        try:
            await asyncio.to_thread(ingest, self._context(), [mail for mail, _ in batch])
        except Exception as error:  # noqa: BLE001  (whatever it is, the sending server keeps the mail and tries again)
            if len(batch) > 1 and trouble_of(error) is None:
                return False  # it may be about one of them
            failure: Exception | None = error
        else:
            failure = None
        for _, done in batch:
            _answer(done, failure)
        return True


def _answer(done: asyncio.Future[None], error: Exception | None) -> None:
    if done.done():  # the sender has hung up
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
