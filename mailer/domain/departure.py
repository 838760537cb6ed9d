"""When a mailing leaves by itself."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.standstill import Standstill


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """The moment at which a planned mailing is begun by its schedule, with the schedule's time zone.

    `missed`: it has passed so long ago that the mailing is held. `unapproved`: an approval given now would make it so.
    `stopped`: a person stopped its countdown, and only a person begins it again. `standstill`: nothing leaves, for this reason.
    """

    at: datetime
    timezone: str
    missed: bool = False
    unapproved: bool = False
    stopped: bool = False
    standstill: Standstill | None = None

    @property
    def by_itself(self) -> bool:
        """Whether it leaves at that moment without further action, or gives no more than the approval."""
        return self.standstill is None and not (self.missed or self.stopped)
