"""Only what two looks a day apart have seen as old is deleted, however the clock jumps."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.looks import Look, look_to_keep, seen_twice

NOW = datetime(2018, 7, 12, 7, 0, tzinfo=UTC)
KEEP = timedelta(days=180)
DAY = 86_400.0


def a_look(*, days: float, wrong: float = 0, boot: str = "a") -> Look:
    """A look so many days after the first one, by a clock that is so many days wrong."""
    at = NOW + timedelta(days=days + wrong)
    return Look(at=at, boot=boot, elapsed=days * DAY, before=at - KEEP)


def test_a_day_apart_the_older_of_both_decides() -> None:
    first = a_look(days=0)
    assert seen_twice(None, first) is None
    assert seen_twice(first, a_look(days=0.9)) is None
    assert seen_twice(first, a_look(days=1)) == first.before
    assert look_to_keep(first, a_look(days=0.9)) == first
    assert look_to_keep(first, a_look(days=1)) == a_look(days=1)


def test_within_a_boot_the_clock_that_cannot_be_set_counts() -> None:
    wrong, more = a_look(days=0, wrong=200), a_look(days=0.1, wrong=202)
    assert seen_twice(wrong, more) is None
    assert look_to_keep(wrong, more) == wrong


def test_a_first_look_by_a_clock_that_was_ahead_is_void() -> None:
    wrong, right = a_look(days=0, wrong=200), a_look(days=2)
    assert seen_twice(wrong, right) is None
    assert look_to_keep(wrong, right) == right


def test_after_a_restart_of_the_machine_the_clock_counts() -> None:
    assert seen_twice(a_look(days=0), a_look(days=1, boot="b")) == NOW - KEEP
    assert seen_twice(a_look(days=0), a_look(days=0.5, boot="b")) is None


@given(jumps=st.lists(st.tuples(st.floats(0, 0.2), st.sampled_from([0, 200, -200, 365, -4000])), max_size=30))
def test_a_clock_that_is_wrong_for_less_than_a_day_deletes_nothing_young(jumps: list[tuple[float, int]]) -> None:
    first, days, ahead_since = None, 0.0, None
    for passed, wrong in jumps:
        days += passed
        ahead_since = (days if ahead_since is None else ahead_since) if wrong > 0 else None
        look = a_look(days=days, wrong=wrong)
        before = seen_twice(first, look)
        if ahead_since is None or days - ahead_since < 1:
            assert before is None or before <= NOW + timedelta(days=days) - KEEP
        first = look_to_keep(first, look)
