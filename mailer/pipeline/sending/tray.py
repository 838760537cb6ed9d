"""A relay's out-tray: the copies in hand for it, where its connections take the next one and put down what came of it."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from mailer.domain.delivery import Event, Noted, Outcome, event_of, noted_of
from mailer.domain.errors import MailerError
from mailer.domain.ports import AttemptJournal, Message, Parcel
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.pipeline.sending.signing import UNMAKABLE, MadeAhead, Work
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.results import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A copy at which a connection broke off for no stated reason, and why."""

    work: Work
    why: str


class OutTray:
    """What one relay's connections take from. Nothing is waited for here; `nudge` is called when there is much to do."""

    def __init__(self, context: Context, journal: AttemptJournal, nudge: Callable[[], None]) -> None:
        self._context = context
        self._clock = context.clock
        self._journal = journal
        self._nudge = nudge
        self._queue: deque[Work] = deque()
        self._ahead = MadeAhead(context, self._made_ahead) if context.signer is not None else None
        self._wakers: list[Callable[[], None]] = []
        self._going: Collection[int] = ()
        self._results: list[Result] = []
        self._broken: list[Broken] = []
        self.spoiled: list[tuple[Claim, str]] = []
        self.open = True
        self.taken = 0  # in the connections' hands
        self.handed_over = 0
        self.mark = 1  # from so few left on, or so many put down, the ledger is to be asked

    def __len__(self) -> int:
        return len(self._queue) + (len(self._ahead) if self._ahead is not None else 0)

    # --- the ledger's side --------------------------------------------------------------------------------------------

    def add(self, works: Iterable[Work], going: Collection[int]) -> None:
        """There is more to take; copies of mailings that are not among those `going` on are put down untried."""
        if going != self._going:
            self._going = going
            waiting = [*self._queue, *(self._ahead.withdraw() if self._ahead is not None else ())]
            self._queue.clear()
            works = [*waiting, *works]
        works = list(self._kept(works))
        if self._ahead is not None:
            self._ahead.add(works)
            self._ahead.go_on(len(self._queue))
        else:
            self._queue.extend(works)
        if len(self):
            self._wake()

    def close(self) -> None:
        """Nothing more is taken; what nobody took is put down untried."""
        self.open = False
        waiting = [*self._queue, *(self._ahead.withdraw() if self._ahead is not None else ())]
        self._queue.clear()
        for work in waiting:
            self._put_back(work)
        self._wake()

    async def settled(self) -> None:
        """Wait until no thread has a copy any more; the tray is closed, so all of them have been put down then."""
        if self._ahead is not None:
            await self._ahead.settled()

    def _kept(self, works: Iterable[Work]) -> Iterator[Work]:
        """Those that may still leave; the others are put down untried."""
        for work in works:
            if self.open and work.claim.mailing in self._going:
                yield work
            else:
                self._put_back(work)

    def _made_ahead(self, works: Iterable[tuple[Work, Exception | None]]) -> None:
        """Threads have made these, or could not."""
        good = [work for work, error in works if error is None or not self._spoil(work, error)]
        self._queue.extend(self._kept(good))
        self._wake()

    def collect(self) -> tuple[list[Result], list[Broken]]:
        """What was put down since the last time."""
        results, self._results = self._results, []
        broken, self._broken = self._broken, []
        return results, broken

    def _wake(self) -> None:
        wakers, self._wakers = self._wakers, []
        for waker in wakers:
            waker()

    # --- the connections' side ----------------------------------------------------------------------------------------

    def take(self, wake: Callable[[], None]) -> Parcel | None:
        """The next copy with its bytes made; None when there is none now, and `wake` is called once that changes."""
        while self._queue:
            work = self._queue.popleft()
            if len(self._queue) == self.mark:
                self._nudge()
            if self._clock.elapsed() >= work.until:
                self._put_back(work)  # this process was frozen, or the relay very slow: another one may have it
                continue
            if self._ahead is not None:
                self._ahead.go_on(len(self._queue))
            elif not self._made(work):
                continue
            work.started_at = self._clock.now()
            self.taken += 1
            return work
        if self.open:
            self.await_more(wake)
            self._nudge()
        return None

    def await_more(self, wake: Callable[[], None]) -> None:
        """`wake` is called once: when there is more to take, or when there will be none."""
        self._wakers.append(wake)

    def begin(self, parcel: Parcel) -> bool:
        """Note in the journal that its content begins to leave; False when it may not: then it is put down untried.

        It may not when the mailing was paused, the lease is over (this process may have been frozen meanwhile), or the
        journal cannot be written.
        """
        work = _work(parcel)
        if work.claim.mailing in self._going and self._clock.elapsed() < work.until:
            try:
                self._journal.write(work.claim.delivery, work.claim.epoch, Noted.BEGUN)
            except MailerError as error:
                maillog.failed(f"delivery {work.claim.delivery} waits:", error)
                self.close()  # the next one could not begin either
            else:
                work.begun = True
                return True
        else:
            maillog.claim_lost(work.claim.delivery)
        self.taken -= 1
        self._put_back(work)
        return False

    def end(self, parcel: Parcel, outcome: Outcome) -> None:
        """Put it down with what came of the attempt."""
        work = _work(parcel)
        claim, reply = work.claim, outcome.reply
        self.taken -= 1
        self.handed_over += 1
        try:
            self._journal.write(claim.delivery, claim.epoch, noted_of(outcome), reply.code if reply else 0)
        except MailerError as error:
            # The ledger will know it; only if this process ends before that, the copy is in doubt.
            maillog.failed(f"noting the answer to delivery {claim.delivery}", error)
        maillog.handed_over(claim.delivery, outcome)
        self._put_down(work, event_of(outcome), outcome)

    def back(self, parcel: Parcel, why: str, *, blamed: bool) -> None:
        """Put it down untried: nothing of it has left."""
        work = _work(parcel)
        self.taken -= 1
        if blamed:
            self._broken.append(Broken(work=work, why=why))
        else:
            self._put_back(work)

    def _made(self, work: Work) -> bool:
        try:
            work.make(self._context)
        except UNMAKABLE as error:
            return not self._spoil(work, error)
        return True

    def _spoil(self, work: Work, error: Exception) -> bool:
        # Every copy was made once before the first left; this one cannot be made any more. A person must look.
        self.spoiled.append((work.claim, str(error)))
        self._put_back(work)
        return True

    def _put_back(self, work: Work) -> None:
        self._put_down(work, Event.UNUSED, None)

    def _put_down(self, work: Work, event: Event, outcome: Outcome | None) -> None:
        now = self._clock.now()
        work.message = Message(b"")  # whoever holds the copy on needs no longer what it says
        self._results.append(
            Result(
                claim=work.claim,
                event=event,
                outcome=outcome,
                begun=work.begun,
                started_at=work.started_at or now,
                finished_at=now,
            )
        )
        if len(self._results) == self.mark:
            self._nudge()


def _work(parcel: Parcel) -> Work:
    assert isinstance(parcel, Work), "a tray gets back what was taken from it"
    return parcel
