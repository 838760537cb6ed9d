"""The out-tray as one connection sees it: at the relay's pace, as many copies as it takes, each outcome judged."""

from collections.abc import Callable

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected
from mailer.pipeline.sending.outgoing_copy import OutgoingCopy
from mailer.pipeline.sending.throttle import RelayThrottle
from mailer.pipeline.sending.tray import OutTray


class Session:
    """One connection's copies. It is over when the relay takes no more on it, and another is opened in its place."""

    def __init__(self, tray: OutTray, throttle: RelayThrottle) -> None:
        self._tray = tray
        self._throttle = throttle
        self.tally = throttle.begin_session()
        self._taken = 0

    @property
    def open(self) -> bool:
        """Whether there may be more copies for this connection."""
        return self._tray.open and not self.tally.over

    def take(self, wake: Callable[[], None]) -> OutgoingCopy | None:
        """The next copy, if it may leave now."""
        throttle, tally = self._throttle, self.tally
        if throttle.open_now > throttle.connections.allowed or 0 < throttle.session.most <= self._taken:
            tally.over = True
        if tally.over:
            return None
        if (wait := throttle.wait()) > 0:
            self._tray.await_more(wake, within=wait)
            return None
        copy = self._tray.take(wake)
        if copy is not None:
            self._taken += 1
            throttle.left(copy)
        return copy

    def begin(self, copy: OutgoingCopy) -> bool:
        """Note that its content begins to leave."""
        begins = self._tray.begin(copy)
        if not begins:
            self._throttle.returned(copy)
        return begins

    def end(self, copy: OutgoingCopy, outcome: Outcome) -> None:
        """Put it down with what its outcome means for it."""
        if isinstance(outcome, Accepted):
            self._throttle.accepted(copy, self.tally)
        elif isinstance(outcome, Deferred | Rejected) and outcome.phase is not Phase.UNKNOWN:
            judged = self._throttle.hear(copy, outcome, self.tally)
            if judged is None:
                self._stop(copy)
                return
            outcome = judged
        else:
            self._throttle.returned(copy)
        self._tray.end(copy, outcome)
        if copy.probe:
            self._tray.wake()

    def refuse(self, copy: OutgoingCopy, why: str) -> None:
        """Put it down untried: this relay would never take it."""
        self._throttle.returned(copy)
        self._tray.refuse(copy, why)

    def put_back(self, copy: OutgoingCopy, why: str, *, blamed: bool) -> None:
        """Put it down untried. A connection that closed right behind an answer blames no copy."""
        behind_answer = self.tally.carried > 0
        if blamed and behind_answer:
            self._throttle.closed_behind_answer(self.tally)
        self._throttle.returned(copy)
        self._tray.put_back(copy, why, blamed=blamed and not behind_answer)

    def _stop(self, copy: OutgoingCopy) -> None:
        """The relay refuses us: the copy is put down untried, and where that is certain, so are all others."""
        if self._throttle.refused:
            self._tray.put_back(copy, self._throttle.refused, blamed=False)
            self._tray.close()
        else:
            self._tray.defer(copy)
