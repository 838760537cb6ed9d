"""For how long an answer to a copy counts: a report for two weeks after the last attempt, an unsubscribe for a year."""

from datetime import datetime, timedelta

from mailer.domain.delivery import State

# Servers try for four to five days (RFC 5321 §4.5.4.1), the slowest for a week or more; a report later than twice that
# speaks of no attempt of ours.
REPORTS_FOR = timedelta(days=14)
# A yearly bulletin can still be left when the next one is due. The law asks for less: 30 days (15 U.S.C. 7704 (a) (3)).
UNSUBSCRIBES_FOR = timedelta(days=400)

_WITHHELD = frozenset({State.HELD, State.CANCELLED})


def takes_reports(state: State, attempts: int, last_attempt_at: datetime | None, now: datetime) -> bool:
    """Whether a report may speak of a delivery in this state, with so many attempts recorded.

    Of one in hand it always may: a fast bounce comes before its result is written. `last_attempt_at` is when the last
    attempt began or, where none was recorded, when the mailing began to leave; None: neither.
    """
    if state in _WITHHELD or (state is State.PENDING and not attempts):
        return False
    if state is State.SENDING:
        return True
    return last_attempt_at is not None and now <= last_attempt_at + REPORTS_FOR


def takes_unsubscribe(state: State, attempts: int, last_attempt_at: datetime | None, now: datetime) -> bool:
    """Whether a reader of this copy may still unsubscribe by the address in it: not before it was handed over."""
    if state in _WITHHELD | {State.PENDING} and not attempts:
        return False
    return last_attempt_at is not None and now <= last_attempt_at + UNSUBSCRIBES_FOR
