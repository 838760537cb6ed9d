"""What keeps the service from pulling, planning and sending, and what it refuses meanwhile."""

from collections.abc import Mapping
from enum import StrEnum

from mailer.domain.remedy import Action


class Standstill(StrEnum):
    """Why the service stands still, whatever the state of an issue."""

    RESTORED = "restored"  # the database is a backup: a person says first what left since
    MOVED = "moved"  # the database was copied elsewhere, to go on there
    CLOCK = "clock"  # the clock is behind what the service has seen


_LEAVES = frozenset({Action.PULL, Action.TEST, Action.SEND, Action.SEND_UNSENT})
# What cannot be done meanwhile: a verb refuses it, and no page offers it.
REFUSED: Mapping[Standstill, frozenset[Action]] = {
    Standstill.RESTORED: _LEAVES | {Action.PLAN, Action.APPROVE},
    Standstill.MOVED: _LEAVES | {Action.PLAN, Action.APPROVE},
    Standstill.CLOCK: _LEAVES,
}
