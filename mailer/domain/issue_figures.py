"""What became of the copies of an issue, in a few figures beside those of other issues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mailer.domain.delivery import State


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFigures:
    """Copies by state, over the mailing and its supplements, and the people excluded at last."""

    issue: str
    title: str
    date: date
    states: Mapping[str, int]
    excluded: int

    @property
    def accepted(self) -> int:
        """Copies that our mail server has accepted, and that have not come back."""
        return self.states[State.ACCEPTED]

    @property
    def bounced(self) -> int:
        """Copies that came back."""
        return self.states[State.BOUNCED]

    @property
    def refused(self) -> int:
        """Copies that our mail server refused."""
        return self.states[State.REJECTED]

    @property
    def others(self) -> int:
        """The copies in all other states: not sent yet, in doubt, held back or cancelled."""
        return sum(self.states.values()) - self.accepted - self.bounced - self.refused
