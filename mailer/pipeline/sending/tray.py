"""A relay's out-tray: its connections take the copies in hand from it, and put the results into it."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import inf

from mailer.domain.delivery import (
    Accepted,
    Event,
    JournalState,
    Outcome,
    Throttled,
    Unknown,
    event_of,
    journal_state_of,
)
from mailer.domain.errors import CannotRender, MailerError
from mailer.domain.ports import AttemptJournal
from mailer.pipeline import maillog
from mailer.pipeline.context import Context
from mailer.pipeline.sending.outgoing_copy import NO_MESSAGE, UNMAKABLE, OutgoingCopy
from mailer.store.ledger.claims import Claim
from mailer.store.ledger.results import Result

# After so many results that are no acceptance, or one lost answer, the ledger is asked first: it may pause the mailing.
FAILED_SOON = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakOff:
    """A copy at which a connection broke off without a stated reason, and the error."""

    copy: OutgoingCopy
    why: str


class OutTray:
    """What one relay's connections take from. No call waits; `nudge` is called when the ledger has something to do."""

    def __init__(self, context: Context, journal: AttemptJournal, nudge: Callable[[], None]) -> None:
        self._clock = context.clock
        self._journal = journal
        self._nudge = nudge
        self._queue: deque[OutgoingCopy] = deque()
        self._wakers: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._going: Collection[int] = ()
        self._results: list[Result] = []
        self._broken: list[BreakOff] = []
        self._failed = 0  # results that are no acceptance
        self._awaits_turn = False  # nothing is given out before the next turn, which may pause the mailing
        self.unmakable: list[tuple[Claim, str]] = []
        self.open = True
        self.taken = 0  # copies that connections hold now
        self.handed_over = 0
        self.lost_in_a_row = 0  # contents whose replies were lost, since the last one was answered
        self.mark = 1  # `nudge` is called when so many copies are left, or so many results wait

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def careful(self) -> bool:
        """Whether one copy at a time is given out, since the last content was not answered."""
        return self.lost_in_a_row > 0

    # --- the ledger's side --------------------------------------------------------------------------------------------

    def add(self, copies: Iterable[OutgoingCopy], going: Collection[int]) -> None:
        """Add copies. Those of mailings that are not among the `going` ones are put down untried, old and new."""
        self._awaits_turn = False
        if going != self._going:
            self._going = going
            copies = [*self._withdraw(), *copies]
        self._queue.extend(self._kept(copies))
        if self._queue:
            self.wake()

    def close(self) -> None:
        """Give out no more copies; those that wait are put down untried."""
        self.open = False
        self.give_back()
        self.wake()

    def give_back(self) -> None:
        """Put down untried the copies that wait."""
        for copy in self._withdraw():
            self._put_back(copy)

    def _withdraw(self) -> deque[OutgoingCopy]:
        waiting, self._queue = self._queue, deque()
        return waiting

    def _kept(self, copies: Iterable[OutgoingCopy]) -> Iterator[OutgoingCopy]:
        """The copies that may still leave; the others are put down untried."""
        for copy in copies:
            if self.open and copy.claim.mailing in self._going:
                yield copy
            else:
                self._put_back(copy)

    def collect(self) -> tuple[list[Result], list[BreakOff]]:
        """Take out the results, and the copies at which connections broke, since the last call."""
        results, self._results = self._results, []
        broken, self._broken = self._broken, []
        self._failed = 0
        return results, broken

    def wake(self) -> None:
        """Let every connection that waits ask again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wakers, self._wakers = self._wakers, []
        for waker in wakers:
            waker()

    # --- the connections' side ----------------------------------------------------------------------------------------

    def take(self, wake: Callable[[], None]) -> OutgoingCopy | None:
        """The next copy with its message made; None when none may be taken now, and `wake` is called once that changes."""
        if self._awaits_turn or (self.careful and self.taken):
            self.await_more(wake)
            return None
        while self._queue:
            copy = self._queue.popleft()
            if len(self._queue) == self.mark:
                self._nudge()
            if self._clock.elapsed() >= copy.until:
                self._put_back(copy)  # this process was frozen, or the relay is very slow: any sender may take it now
                continue
            if not self._made(copy):
                continue
            copy.started_at = self._clock.now()
            self.taken += 1
            return copy
        if self.open:
            self.await_more(wake)
            self._nudge()
        return None

    def await_more(self, wake: Callable[[], None], *, within: float = inf) -> None:
        """Call `wake` once: when copies have been added or may be taken again, when the tray closes, or in so many seconds."""
        self._wakers.append(wake)
        if within < inf:
            loop = asyncio.get_running_loop()
            if self._timer is None or self._timer.when() > loop.time() + within:
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = loop.call_later(within, self.wake)

    def begin(self, copy: OutgoingCopy) -> bool:
        """Note in the journal that the content begins to leave. False: it may not leave, and is put down untried.

        It may not when the tray is closed, when the mailing was paused, when the lease is over (this process may have
        been frozen meanwhile), or when the journal cannot be written.
        """
        if not self.open:
            pass
        elif copy.claim.mailing in self._going and self._clock.elapsed() < copy.until:
            try:
                self._journal.write(copy.claim.delivery, copy.claim.epoch, JournalState.BEGUN)
            except MailerError as error:
                maillog.failed(f"delivery {copy.claim.delivery} waits:", error)
                self.close()  # the next copy could not begin either
            else:
                copy.begun = True
                return True
        else:
            maillog.claim_lost(copy.claim.delivery)
        self._let_go()
        self._put_back(copy)
        return False

    def end(self, copy: OutgoingCopy, outcome: Outcome) -> None:
        """Put the copy down with the outcome of the attempt."""
        claim, reply = copy.claim, outcome.reply
        self._let_go()  # it wakes those who wait while the tray is careful
        if isinstance(outcome, Unknown):
            self.lost_in_a_row += 1
        elif copy.begun:
            self.lost_in_a_row = 0
        self.handed_over += not isinstance(outcome, Throttled)
        try:
            self._journal.write(claim.delivery, claim.epoch, journal_state_of(outcome), reply.code if reply else 0)
        except MailerError as error:
            # The ledger will record it. The copy is in doubt only if this process ends before that.
            maillog.failed(f"noting the answer to delivery {claim.delivery}", error)
        maillog.handed_over(claim.delivery, outcome)
        # A copy that was asked to slow down is due at once, after those not tried yet.
        later = self._clock.now() if isinstance(outcome, Throttled) else None
        self._put_down(copy, event_of(outcome), outcome, later)

    def defer(self, copy: OutgoingCopy) -> None:
        """Put the copy down untried, behind those that were not tried yet."""
        self._let_go()
        self._put_down(copy, Event.UNUSED, None, self._clock.now())

    def refuse(self, copy: OutgoingCopy, _why: str) -> None:
        """Put the copy down untried: the next turn knows the relay's size, and gives it no more of this mailing."""
        self._let_go()
        self._put_back(copy)

    def put_back(self, copy: OutgoingCopy, why: str, *, blamed: bool) -> None:
        """Put the copy down untried: no content of it has left. `blamed`: the connection broke off at it."""
        self._let_go()
        if blamed:
            self._broken.append(BreakOff(copy=copy, why=why))
        else:
            self._put_back(copy)

    def _let_go(self) -> None:
        self.taken -= 1
        if self.careful:
            self.wake()

    def _made(self, copy: OutgoingCopy) -> bool:
        try:
            copy.make()
        except UNMAKABLE as error:
            # Every copy was proved before the first one left, yet this one cannot be made: a person must look.
            why = error.unnamed if isinstance(error, CannotRender) else str(error)
            self.unmakable.append((copy.claim, why))
            self._put_back(copy)
            return False
        return True

    def _put_back(self, copy: OutgoingCopy) -> None:
        self._put_down(copy, Event.UNUSED, None)

    def _put_down(
        self, copy: OutgoingCopy, event: Event, outcome: Outcome | None, next_attempt_at: datetime | None = None
    ) -> None:
        now = self._clock.now()
        copy.message = NO_MESSAGE  # the connection may hold the copy on, and needs its content no longer
        self._results.append(
            Result(copy.claim, event, outcome, copy.begun, copy.started_at or now, now, next_attempt_at)
        )
        if outcome is not None and not isinstance(outcome, Accepted):
            self._failed += 1
            self._awaits_turn |= isinstance(outcome, Unknown) or self._failed >= FAILED_SOON
        if len(self._results) == self.mark or self._awaits_turn:
            self._nudge()
