"""How long the signed addresses in a copy are valid: two weeks for reports, over a year to unsubscribe."""

from datetime import datetime, timedelta

from mailer.domain.delivery import State

# Servers try for four to five days (RFC 5321 §4.5.4.1), the slowest for a week; a report later than twice that is about
# no attempt of ours.
REPORTS_FOR = timedelta(days=14)
# A reader of a yearly bulletin can still unsubscribe when the next one is due. The law asks for 30 days
# (15 U.S.C. 7704 (a) (3)).
UNSUBSCRIBES_FOR = timedelta(days=400)

_WITHHELD = frozenset({State.HELD, State.CANCELLED})


def takes_reports(state: State, attempts: int, last_attempt_at: datetime | None, now: datetime) -> bool:
    """Whether a report may be about a delivery in this state, with this number of recorded attempts.

    About one that is being sent it always may: a fast bounce comes before the result is recorded. `last_attempt_at` is
    when the last attempt began or, when none is recorded, when the mailing began to leave; None: neither.
    """
    if state in _WITHHELD or (state is State.PENDING and not attempts):
        return False
    if state is State.SENDING:
        return True
    return last_attempt_at is not None and now <= last_attempt_at + REPORTS_FOR


def takes_unsubscribe(state: State, attempts: int, last_attempt_at: datetime | None, now: datetime) -> bool:
    """Whether the reader of a copy can still unsubscribe by the address in it, which is valid once it was handed over."""
    if state in _WITHHELD | {State.PENDING} and not attempts:
        return False
    return last_attempt_at is not None and now <= last_attempt_at + UNSUBSCRIBES_FOR
