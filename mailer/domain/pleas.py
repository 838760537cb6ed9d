"""Whose a plea to slow down is, the relay's or one provider's, and whether a refusal is a plea since it is repeated."""

import re
from collections import deque
from dataclasses import dataclass, field

from mailer.domain.delivery import Reply

# A provider alone asks, where so many copies to others were accepted in the last so many seconds, and no other asked.
_OTHERS, _LATELY = 3, 60.0
# The same refusal to so many providers in a row, with nothing accepted in between, is no matter of their readers.
_IN_A_ROW = 3
# So often a copy is excused while others are accepted in between, and at all: that is for many hours.
_EXCUSES, _EXCUSES_AT_ALL = 3, 50
# So many accepted copies are remembered.
_REMEMBERED = 32
# What like replies have in common.
Key = tuple[int, str, str]
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
class _Excuses:
    """How often a copy was excused: at all, and with others accepted in between; and what was accepted by then."""

    at_all: int = 0
    apart: int = 0
    accepted: int = -1


@dataclass(slots=True)
class Repetition:
    """Notices the same refusal to unrelated readers in a row: then the relay has a trouble, whatever it says.

    As long as the relay is slow for it, these words excuse every copy, but one that was refused in them again and again
    while others were accepted: that one is refused for its own sake.
    """

    _key: Key | None = None
    _families: set[str] = field(default_factory=set)
    _row: list[int] = field(default_factory=list)
    _trouble: Key | None = None  # what the relay says in its trouble
    _accepted: int = 0
    _alone: dict[int, tuple[Key, float]] = field(
        default_factory=dict
    )  # copies refused while others were accepted, when
    _excused: dict[int, _Excuses] = field(default_factory=dict)

    def accepted(self, now: float) -> None:
        """A copy was accepted: no refusal is repeated."""
        self._accepted += 1
        if self._key is not None:
            self._alone |= dict.fromkeys(self._row, (self._key, now))
            self._key = None

    def refused(self, delivery: int, family: str, reply: Reply, now: float, *, slow: bool) -> list[int] | None:
        """The copies that were refused for the relay's trouble, up to this one; None: this refusal is about the copy.

        `slow`: whether the relay is closed, or has a pace.
        """
        key = alike(reply)
        if delivery in self._alone or self._is_own_fault(delivery):
            return None
        if slow and key == self._trouble:
            return self._excuse([delivery])
        if key != self._key:
            self._key, self._families, self._row = key, set(), []
        self._families.add(family)
        self._row.append(delivery)
        if len(self._families) < _IN_A_ROW:
            return None
        # At first the trouble showed itself at some copies only.
        earlier = [copy for copy, (words, at) in self._alone.items() if words == key and now - at < _LATELY]
        copies, self._row, self._trouble = [*earlier, *self._row], [], key
        for copy in earlier:
            del self._alone[copy]
        return self._excuse(copies)

    def _is_own_fault(self, delivery: int) -> bool:
        excuses = self._excused.get(delivery, _Excuses())
        often = excuses.apart >= _EXCUSES and excuses.accepted != self._accepted
        return often or excuses.at_all >= _EXCUSES_AT_ALL

    def _excuse(self, copies: list[int]) -> list[int]:
        for delivery in copies:
            excuses = self._excused.setdefault(delivery, _Excuses())
            excuses.at_all += 1
            excuses.apart += excuses.accepted != self._accepted
            excuses.accepted = self._accepted
        return copies


def alike(reply: Reply) -> Key:
    """What like replies have in common: code, status, and the words without addresses, hosts, ids and numbers."""
    return reply.code, reply.status, " ".join(_PARTICULARS.sub(" ", reply.text).lower().split())
