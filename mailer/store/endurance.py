"""Waits while the database is away, and says so once; says once, too, that it answers again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from time import monotonic
from typing import TypeVar

from mailer.domain.trouble import Trouble
from mailer.store.trouble import trouble_of

T = TypeVar("T")

# Seconds between two tries.
PAUSE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What the database tells the process that uses it."""

    waits_for_writer: Callable[[], None] = lambda: None  # a writer has waited for another process for a second
    is_away: Callable[[BaseException], None] = lambda _error: None
    answers_again: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Endurance:
    """How long a step waits for a database that is away: a restart, a fail-over or a cut of the network.

    `seconds` may be changed at any time; 0: a step fails at once, and the process tries it again in its own time.
    """

    notices: Notices
    seconds: float = 0.0
    _away: bool = False
    _guard: Lock = field(default_factory=Lock)

    def wait_for(self, step: Callable[[], T]) -> T:
        """Take a step that has done nothing when it fails, again and again while the database is away."""
        began = monotonic()
        while True:
            try:
                done = step()
            except Exception as error:
                if not self.note(error) or monotonic() - began >= self.seconds:
                    raise
                Event().wait(PAUSE)
            else:
                self._note_answer()
                return done

    def note(self, error: BaseException) -> bool:
        """Whether the database is away by this error; that it is has been said then."""
        if trouble_of(error) is not Trouble.AWAY:
            return False
        with self._guard:
            first, self._away = not self._away, True
        if first:
            self.notices.is_away(error)
        return True

    def _note_answer(self) -> None:
        if not self._away:
            return
        with self._guard:
            again, self._away = self._away, False
        if again:
            self.notices.answers_again()
