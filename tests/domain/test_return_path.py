"""How long an answer to a copy counts, in every state of its delivery."""

from datetime import UTC, datetime, timedelta

import pytest

from mailer.domain.delivery import State
from mailer.domain.return_path import takes_reports, takes_unsubscribe

SENT = datetime(2031, 3, 5, 10, tzinfo=UTC)
TICK = timedelta(microseconds=1)
AGES = [-TICK, timedelta(0), timedelta(days=14), timedelta(days=14) + TICK, timedelta(days=400)]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("age", AGES)
def test_a_report_is_taken_in_time_about_what_was_handed_over(state: State, age: timedelta) -> None:
    taken = takes_reports(state, 1, SENT, SENT + age)
    match state:
        case State.SENDING:
            assert taken
        case State.HELD | State.CANCELLED:
            assert not taken
        case _:
            assert taken == (age <= timedelta(days=14))


@pytest.mark.parametrize("state", State)
def test_without_an_attempt_only_what_may_have_left_counts(state: State) -> None:
    assert takes_reports(state, 0, None, SENT) == (state is State.SENDING)
    # No attempt recorded, but its mailing has begun to leave: its sender died, and it was settled, say.
    left = {State.SENDING, State.UNCERTAIN, State.ACCEPTED, State.BOUNCED, State.REJECTED}
    assert takes_reports(state, 0, SENT, SENT) == (state in left)
    assert takes_unsubscribe(state, 0, SENT, SENT) == (state in left)


@pytest.mark.parametrize("state", State)
def test_a_reader_can_leave_for_400_days(state: State) -> None:
    assert not takes_unsubscribe(state, 1, None, SENT)
    assert takes_unsubscribe(state, 1, SENT, SENT + timedelta(days=400))
    assert not takes_unsubscribe(state, 1, SENT, SENT + timedelta(days=400) + TICK)
