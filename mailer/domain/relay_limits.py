"""How many connections a relay allows at once and how many copies on each, as it makes us find out."""

from dataclasses import dataclass
from datetime import datetime
from math import inf

# So many seconds without a plea allow a further connection; a number that was too many is tried again after the other.
_ANOTHER_AFTER, _TOO_MANY_FOR = 60.0, 1800.0
# For so many seconds after a plea the relay may still count connections that were closed.
_STILL_COUNTED = 1.0
# So many copies refused on a connection that has carried none show that it is one too many, where others carry some.
_SURPLUS = 3


@dataclass(slots=True, kw_only=True)
class ConnectionLimit:
    """How many connections may be open at once: `most` by the settings, fewer after a plea for fewer."""

    most: int
    allowed: int
    too_many: int = 0  # at the last plea so many were open; 0: there was none
    changed_at: float = -inf

    def now(self, now: float) -> int:
        """How many may be open now: a minute without a plea allows a further one."""
        pause = _TOO_MANY_FOR if self.allowed + 1 == self.too_many else _ANOTHER_AFTER
        if self.allowed < self.most and now - self.changed_at >= pause:
            self.allowed, self.changed_at = self.allowed + 1, now
        return self.allowed

    def plea(self, now: float, open_now: int) -> bool:
        """The relay asks for fewer connections: halve them. False when there is only one, so that it asks for a pace."""
        is_old = now - self.changed_at < _STILL_COUNTED and self.too_many > 0
        if open_now > self.allowed or is_old:
            return True  # some are being closed already, or were a moment ago
        self.changed_at = now
        if open_now <= 1:
            return False
        self.allowed, self.too_many = open_now // 2, open_now
        return True


@dataclass(slots=True)
class SessionLimit:
    """How many copies the relay takes on one connection: `most`, 0 while no limit was found."""

    most: int = 0
    _suspected: int = 0
    _times: int = 0
    _since: float = -inf

    def ended(self, now: float, *, carried: int, opened_at: float, clear: bool) -> None:
        """The relay ended a connection, or refused a copy on it, after so many copies.

        The same number again, on a connection that was opened since, is the limit; where the words were not `clear`,
        the same number twice again.
        """
        if carried == 0:
            self._suspected = self._times = 0
        elif carried != self._suspected:
            self._suspected, self._times, self._since = carried, 1, now
        elif opened_at >= self._since:
            self._times, self._since = self._times + 1, now
            if self._times >= (2 if clear else 3):
                self.most = carried


@dataclass(slots=True)
class SessionTally:
    """What one connection has carried. `over`: another is to be opened in its place."""

    opened_at: float
    carried: int = 0
    over: bool = False
    _refused: int = 0  # copies, before it carried any
    _accepted: int = 0  # copies on all connections, when its first one was refused

    def is_surplus(self, accepted: int) -> bool:
        """Whether the connection is one too many, as a copy is refused on it: it carries none, while others do.

        `accepted` counts the copies on all connections.
        """
        if self.carried:
            return False
        if not self._refused:
            self._accepted = accepted
        self._refused += 1
        return self._refused >= _SURPLUS and accepted > self._accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRelay:
    """What is kept of a relay that asked to slow down: `since` when, and in which words.

    `per_second` 0: no pace was found; `closed_at`: since when it takes nothing, None while it does. `connections` and
    `messages` (on one connection) 0: as many as the settings allow.
    """

    relay: str
    since: datetime
    reply: str
    per_second: float = 0.0
    closed_at: datetime | None = None
    connections: int = 0
    messages: int = 0
