"""How fast copies may leave: shares by weight, a slow start, pleas to slow down, and whose limits a domain counts for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Throttled, Unknown
from mailer.domain.families import family_of
from mailer.domain.pacing import calls_for_a_rest, family_pause, levelled, shares, warm_up

NAMES = ("a", "b", "c", "d")
rooms = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 600), min_size=1)
weights = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(0, 20)))
carried = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 10**6))


# --- shares -----------------------------------------------------------------------------------------------------------


@given(rooms, weights, carried)
def test_nobody_is_given_more_than_there_is_room_for(
    room: dict[str, int], weights: dict[str, int], carried: dict[str, int]
) -> None:
    given = shares(room, weights, carried)
    assert given.keys() == room.keys()
    assert all(0 <= given[name] <= room[name] for name in room)


@given(rooms, weights, carried)
def test_something_is_given_unless_whoever_is_furthest_behind_is_full(
    room: dict[str, int], weights: dict[str, int], carried: dict[str, int]
) -> None:
    weighty = [name for name in room if weights[name]]
    given = shares(room, weights, carried)
    if not weighty:
        assert given == room
    elif room[min(weighty, key=lambda name: carried.get(name, 0) / weights[name])]:
        assert any(given.values())


@given(rooms, weights, carried)
def test_a_spare_gets_nothing_while_another_is_in_use_full_or_not(
    room: dict[str, int], weights: dict[str, int], carried: dict[str, int]
) -> None:
    given = shares(room, weights, carried)
    if any(weights[name] for name in room):
        assert not any(given[name] for name in room if not weights[name])
    else:
        assert given == room


@given(
    st.dictionaries(st.sampled_from(NAMES), st.integers(1, 9), min_size=2),
    st.lists(st.lists(st.integers(1, 64), min_size=4, max_size=4), min_size=1, max_size=20),
)
def test_in_the_long_run_each_carries_by_its_weight_and_nobody_starves(
    weights: dict[str, int], turns: list[list[int]]
) -> None:
    done = dict.fromkeys(weights, 0)
    most = max(max(turn) for turn in turns) * len(weights)
    for turn in turns * 40:
        room = dict(zip(weights, turn, strict=False))
        for name, number in shares(room, weights, done).items():
            done[name] += number
    total, sum_of = sum(done.values()), sum(weights.values())
    for name, weight in weights.items():
        # Never further from its share than a few turns' rooms, however many have gone.
        assert abs(done[name] - total * weight / sum_of) <= 2 * most
        assert total < 3 * most * sum_of or done[name] > 0


def test_a_full_relay_is_waited_for_so_that_weights_hold_where_relays_are_slow() -> None:
    both = {"a": 1, "b": 1}
    assert shares({"a": 10, "b": 0}, both, {"a": 50, "b": 0}) == {"a": 0, "b": 0}
    assert shares({"a": 10, "b": 10}, both, {"a": 50, "b": 44}) == {"a": 7, "b": 10}
    assert shares({"a": 0, "b": 0}, both, {}) == {"a": 0, "b": 0}


def test_who_was_away_for_long_is_not_waited_for() -> None:
    assert levelled({"a": 9000, "b": 10, "c": 5}, {"a": 3, "b": 1, "c": 0}) == {"a": 9000, "b": 2936, "c": 5}
    assert levelled({}, {}) == {}


# --- the first hours --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "most"),
    [
        (None, 50),
        (timedelta(0), 50),
        (timedelta(minutes=59), 50),
        (timedelta(hours=1), 100),
        (timedelta(hours=3, minutes=59), 400),
        (timedelta(hours=-5), 50),  # somebody has set the clock back
        (timedelta(days=9999), 50 << 30),
    ],
)
def test_a_new_relay_gets_twice_as_many_each_hour(age: timedelta | None, most: int) -> None:
    assert warm_up(50, age) == most


# --- pleas ------------------------------------------------------------------------------------------------------------


def reply(code: int, status: str = "", text: str = "") -> Reply:
    return Reply(code=code, status=status, text=text)


@pytest.mark.parametrize(
    ("outcome", "rests"),
    [
        (Throttled(reply=reply(421, "4.3.2", "Too many messages"), by_provider=True), True),
        (Throttled(reply=reply(421, "4.7.0", "Too many messages")), False),  # the relay asks
        (Deferred(reply=reply(450, "4.7.1", "Rate limited")), True),
        (Deferred(reply=reply(451, "4.7.28", "Unusual rate of mail")), True),
        (Deferred(reply=reply(451, "4.7.1", "Greylisted, come back in 300 seconds")), False),
        (Deferred(reply=reply(450, "4.7.0", "Gray-listing in action")), False),
        (Deferred(reply=reply(452, "4.2.2", "Mailbox full")), False),
        (Deferred(reply=reply(451)), False),
        (Rejected(reply=reply(550, "5.7.1", "Spam")), False),
        (Accepted(reply=reply(250, "2.0.0", "Ok")), False),
        (Unknown(reply=None), False),
    ],
)
def test_after_which_outcomes_a_provider_rests(outcome: Outcome, rests: bool) -> None:
    assert calls_for_a_rest(outcome) is rests


def test_the_rest_doubles_up_to_ten_minutes() -> None:
    assert [family_pause(times).total_seconds() for times in (1, 2, 3, 4, 10, 11, 99)] == [1, 2, 4, 8, 512, 600, 600]


# --- families ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "family"),
    [
        ("gmail.com", "gmail.com"),
        ("googlemail.com", "gmail.com"),
        ("bk.ru", "mail.ru"),
        ("ya.ru", "yandex.ru"),
        ("hotmail.com", "outlook.com"),
        ("members.example", "members.example"),
        ("mail.gmail.com", "mail.gmail.com"),
    ],
)
def test_domains_of_one_provider_count_together(domain: str, family: str) -> None:
    assert family_of(domain) == family
