"""Decides when a relay that takes contents and answers none is to get no more of a mailing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

# Copies lost one after another once the first loss was noticed. A relay that restarts cuts every connection once, and
# what was under way then counts as one loss; the next copy is answered, or the relay is down.
LOST_IN_A_ROW = 3
# So many attempts of a relay are looked at: more than its connections lose at once.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A content handed over to a relay, from when to when; `answered`: the relay accepted it, else the answer was lost."""

    started_at: datetime
    finished_at: datetime
    answered: bool


def losses(attempts: Iterable[HandOver]) -> int:
    """How many answers a relay has lost since the last that it gave, by its last attempts in any order."""
    lost = 0
    for attempt in sorted(attempts, key=lambda attempt: attempt.finished_at, reverse=True):
        if attempt.answered:
            break
        lost += 1
    return lost


def lost_in_a_row(attempts: Iterable[HandOver]) -> int:
    """How many of these began after the first of them was noticed: what was under way together counts as one loss."""
    newest_first = sorted(attempts, key=lambda attempt: attempt.finished_at, reverse=True)
    run = newest_first[: losses(newest_first)]
    if not run:
        return 0
    noticed_at = run[-1].finished_at
    return sum(attempt.started_at >= noticed_at for attempt in run[:-1])
