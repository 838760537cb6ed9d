"""Says once in the log that the disk is full or the database damaged, and once that it is over, however many jobs fail."""

import logging

from mailer.domain.remedy import Action
from mailer.domain.trouble import Trouble
from mailer.pipeline import events
from mailer.views.remedies import advise

# Seconds without a failure after which a trouble is over.
QUIET = 15.0
_BEGINS = {
    Trouble.DISK_FULL: "the disk is full: %(what)s failed. Nothing is lost, what waits goes on by itself; make room on the disk",
    Trouble.NEARLY_FULL: (
        "the disk is nearly full: %(what)s waits, so that what is under way can be written down. Nothing is lost, it goes on by "
        "itself; make room on the disk"
    ),
    Trouble.READ_ONLY: (
        "the disk or the database can only be read: %(what)s failed. Nothing is lost, what waits goes on by itself; correct the "
        "mount or the owner"
    ),
    Trouble.LOCKED: (
        "another process keeps the database locked: %(what)s failed. Nothing is lost, what waits goes on by itself; if it does "
        "not end, find it (`fuser mailer.db`) and stop it"
    ),
    Trouble.DAMAGED: advise(
        "the database is damaged: %(what)s failed, and will again. Stop the service and keep a copy of the database as it is",
        Action.CHECK_DATABASE.of(),
        Action.RESTORE.of(),
    ),
}
# Damage is over once the database is another one, for which the service is stopped.
_ENDS = {
    Trouble.DISK_FULL: "the disk has room again; everything goes on",
    Trouble.NEARLY_FULL: "the disk has room again; sending goes on",
    Trouble.READ_ONLY: "the disk and the database can be written again; everything goes on",
    Trouble.LOCKED: "the database is no longer locked; everything goes on",
}


class TroubleLog:
    """The troubles that this process has now."""

    def __init__(self) -> None:
        self.said_by_another = False  # another process of ours meets them too, and is the one that says so
        self._failures: dict[Trouble, int] = {}
        self._seen: dict[Trouble, tuple[int, float]] = {}

    @property
    def any(self) -> bool:
        """Whether there is one now."""
        return bool(self._failures)

    def has(self, trouble: Trouble) -> bool:
        """Whether there is this one now."""
        return trouble in self._failures

    def failed(self, what: str, trouble: Trouble) -> None:
        """A job failed because of this trouble."""
        first = trouble not in self._failures and not self.said_by_another
        self._failures[trouble] = self._failures.get(trouble, 0) + 1
        events.say(logging.ERROR if first else logging.DEBUG, _BEGINS[trouble], what=what, trouble=trouble)

    def look(self, elapsed: float) -> None:
        """Say which troubles are over: nothing has failed because of them for a while. `elapsed` cannot be set back."""
        for trouble in _ENDS.keys() & self._failures.keys():
            failures = self._failures[trouble]
            before, since = self._seen.get(trouble, (0, elapsed))
            if before != failures:
                self._seen[trouble] = (failures, elapsed)
            elif elapsed - since >= QUIET:
                del self._failures[trouble], self._seen[trouble]
                events.say(logging.DEBUG if self.said_by_another else logging.WARNING, _ENDS[trouble])
