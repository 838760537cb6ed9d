"""An instant that is waited for comes, whatever the clock said when it was stored."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.due import has_come

NOW = datetime(2018, 7, 12, 7, 0, tzinfo=UTC)
LONGEST = timedelta(hours=4)


def test_it_waits_for_as_long_as_it_was_meant_and_not_longer() -> None:
    assert has_come(NOW, NOW, longest=LONGEST)
    assert not has_come(NOW + LONGEST, NOW, longest=LONGEST)
    assert has_come(NOW + LONGEST + timedelta(seconds=1), NOW, longest=LONGEST)


@given(
    jump=st.timedeltas(min_value=timedelta(days=-4000), max_value=timedelta(days=4000)),
    wait=st.timedeltas(min_value=timedelta(0), max_value=LONGEST),
)
def test_after_a_jump_nothing_waits_longer_than_the_longest_wait(jump: timedelta, wait: timedelta) -> None:
    stored = NOW + jump + wait  # by a clock that was wrong by so much
    assert any(has_come(stored, NOW + later, longest=LONGEST) for later in (timedelta(0), LONGEST))
