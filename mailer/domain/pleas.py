"""Whose a plea to slow down is, the relay's or one provider's, and whether a refusal is a plea since it is repeated."""

import re
from collections import deque
from dataclasses import dataclass, field

from mailer.domain.delivery import Reply

# A provider alone asks, where so many copies to others were accepted in the last so many seconds, and no other asked.
_OTHERS, _LATELY = 3, 60.0
# The same refusal to so many providers in a row, with nothing accepted in between, is no matter of their readers.
_IN_A_ROW = 3
# So many accepted copies are remembered.
_REMEMBERED = 32
_PARTICULARS = re.compile(r"<[^>]*>|\S*@\S*|\S*\d\S*|\S+\.\S+")


@dataclass(slots=True)
class PleaOwner:
    """Tells the pleas of one provider, while others accept, from those of the relay."""

    _accepted: deque[tuple[str, float]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _asked: dict[str, float] = field(default_factory=dict)

    def accepted(self, family: str, now: float) -> None:
        """A copy to this provider was accepted."""
        self._accepted.append((family, now))

    def is_providers(self, family: str, now: float) -> bool:
        """Whether this plea, in reply to a copy for this provider, is the provider's alone.

        So is the first of all: while that provider waits, the copies for others show whether the relay asks too.
        """
        self._asked = {other: at for other, at in self._asked.items() if now - at < _LATELY}
        first = not self._asked
        self._asked[family] = now
        accepting = sum(now - at < _LATELY for other, at in self._accepted if other != family)
        return len(self._asked) == 1 and (first or accepting >= _OTHERS)


@dataclass(slots=True)
class Repetition:
    """Notices the same refusal to unrelated readers in a row: then the relay has a trouble, whatever it says.

    Each copy is excused in this way once only: else one that is refused for its own sake would never be given up.
    """

    _key: tuple[int, str, str] | None = None
    _families: set[str] = field(default_factory=set)
    _copies: list[int] = field(default_factory=list)
    _excused: set[int] = field(default_factory=set)

    def accepted(self) -> None:
        """A copy was accepted: no refusal is repeated."""
        if self._key is not None:
            self._key = None

    def refused(self, delivery: int, family: str, reply: Reply) -> list[int] | None:
        """The copies that were refused for the relay's trouble, up to this one; None: this refusal is about the copy."""
        if delivery in self._excused:
            return None
        key = alike(reply)
        if key != self._key:
            self._key, self._families, self._copies = key, set(), []
        self._families.add(family)
        self._copies.append(delivery)
        if len(self._families) < _IN_A_ROW:
            return None
        copies, self._copies = self._copies, []
        self._excused.update(copies)
        return copies


def alike(reply: Reply) -> tuple[int, str, str]:
    """What like replies have in common: code, status, and the words without addresses, hosts, ids and numbers."""
    return reply.code, reply.status, " ".join(_PARTICULARS.sub(" ", reply.text).lower().split())
