"""The result of planning a mailing, in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailer.domain.circulation_change import CirculationChange
from mailer.domain.remedy import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A frozen circulation in numbers; the people are in the rows of the mailing with this id.

    `gained` and `lost` count people against `previous`, the mailing of the issue before; None when there is none.
    `replaced` is how the plan whose place it takes differed from the register; None when it did not, or there was none.
    """

    issue: str
    mailing: int
    considered: int
    recipients: int
    copies: int
    excluded: Mapping[str, int]
    previous: int | None = None
    gained: int = 0
    lost: int = 0
    replaced: CirculationChange | None = None
    warnings: tuple[Note, ...] = ()
