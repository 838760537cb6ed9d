"""Does a daemon's jobs: when each was done last, which of them failed a short while ago, and what its failure means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.domain.every import Every
from mailer.domain.ports import Clock
from mailer.pipeline import maillog
from mailer.store import is_away

# What failed is tried again this often, and at once after SIGHUP.
RETRY = Every(timedelta(minutes=5))


@dataclass(slots=True)
class Jobs:
    """The jobs of one daemon, by name. No failure of one reaches the others."""

    clock: Clock
    _done_at: dict[str, datetime] = field(default_factory=dict)  # of those done every so often
    _failed_at: dict[str, datetime] = field(default_factory=dict)

    def repeat(self, name: str, every: Every, job: Callable[[], object]) -> None:
        """Do a job if it is due."""
        now = self.clock.now()
        if every.is_due(self._done_at.get(name), now):
            self._done_at[name] = now
            self.do(name, job)

    def do(self, name: str, job: Callable[[], object]) -> None:
        """Do a job, unless it failed a short while ago."""
        if self.failed_lately(name):
            return
        try:
            job()
        except Exception as error:  # noqa: BLE001  (an unknown failure means later; the daemon goes on)
            self.failed(name, error)

    def failed_lately(self, name: str) -> bool:
        """Whether it is too early to try this job again."""
        return not RETRY.is_due(self._failed_at.get(name), self.clock.now())

    def failed(self, name: str, error: Exception) -> None:
        """Note that a job failed. One that waits for the database alone is done as soon as that answers."""
        if is_away(error):
            self._done_at.pop(name, None)
        else:
            self._failed_at[name] = self.clock.now()
        maillog.failed(name, error)

    def forget(self) -> None:
        """Do everything at once, as after a start."""
        self._done_at.clear()
        self._failed_at.clear()
