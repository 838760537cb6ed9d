"""How much each network may ask of the public pages; kept in memory, and bounded."""

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

# So many answers at once, and so many a second afterwards. A gateway that follows every link of every copy of a small club
# stays below; an answer that says no costs ten, so that guessing of tokens ends after sixty.
AT_ONCE, EACH_SECOND, REFUSAL_COSTS = 600.0, 10.0, 10.0
# How many networks are remembered; the one that has asked nothing for the longest time is forgotten first.
NETWORKS = 10_000


@dataclass(slots=True)
class Allowances:
    """What is left to each network. One that is not remembered has its whole allowance."""

    _left: OrderedDict[str, tuple[float, datetime]] = field(default_factory=OrderedDict)

    def wait(self, network: str, now: datetime) -> int:
        """Seconds until this network may ask again; 0: now."""
        left = self._left_to(network, now)
        return 0 if left >= 1 else math.ceil((1 - left) / EACH_SECOND)

    def charge(self, network: str, now: datetime, *, refused: bool) -> None:
        """Take an answer off the network's allowance."""
        left = max(self._left_to(network, now) - (REFUSAL_COSTS if refused else 1.0), -REFUSAL_COSTS)
        self._left[network] = (left, now)
        self._left.move_to_end(network)
        if len(self._left) > NETWORKS:
            self._left.popitem(last=False)

    def _left_to(self, network: str, now: datetime) -> float:
        left, at = self._left.get(network, (AT_ONCE, now))
        passed = max((now - at).total_seconds(), 0.0)  # a clock that was set back gives nothing and takes nothing
        return min(AT_ONCE, left + passed * EACH_SECOND)
