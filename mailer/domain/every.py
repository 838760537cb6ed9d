"""An interval at which something is done."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Every:
    """Something done at regular intervals."""

    interval: timedelta

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether it is time again, when it was last done at `last`; None: never.

        A time that lies in the future does not count: the clock was set back since.
        """
        return last is None or not last <= now < last + self.interval
