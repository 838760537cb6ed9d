"""Decides when a relay that takes contents and answers none is to get no more of a mailing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

# Copies lost one after another once the first loss was noticed. A relay that restarts cuts every connection once, and
# what was under way then counts as one loss; the next copy is answered, or the relay is down.
LOST_IN_A_ROW = 3
# Or so many losses, each begun after the one before was noticed, when they are as large a share of the copies looked at: a
# relay that loses answers now and then, with good ones between.
LOST_AT_LEAST, LOST_SHARE = 5, 0.1
# So many attempts of a relay are looked at: more than its connections lose at once.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A content handed over to a relay, from when to when; `answered`: the relay accepted it, else the answer was lost."""

    started_at: datetime
    finished_at: datetime
    answered: bool


def too_many_lost(attempts: Sequence[HandOver]) -> tuple[int, int] | None:
    """How many answers a relay has lost, and of how many copies, where it is to get no more; None: it may go on."""
    if lost_in_a_row(attempts) >= LOST_IN_A_ROW:
        lost = losses(attempts)
        return lost, lost
    lost = sum(not attempt.answered for attempt in attempts)
    if _lost_apart(attempts) >= LOST_AT_LEAST and lost >= LOST_SHARE * len(attempts):
        return lost, len(attempts)
    return None


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


def _lost_apart(attempts: Iterable[HandOver]) -> int:
    """How many of these losses began after the one before was noticed."""
    apart, noticed_at = 0, None
    for attempt in sorted(attempts, key=lambda attempt: attempt.finished_at):
        if not attempt.answered and (noticed_at is None or attempt.started_at >= noticed_at):
            apart, noticed_at = apart + 1, attempt.finished_at
    return apart
