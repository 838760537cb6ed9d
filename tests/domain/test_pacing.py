"""How fast copies may leave: who asks us to slow down, for how long, the first hours of a relay, the shares of several."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown
from mailer.domain.pacing import HOUR, asks_to_slow_down, rest, shares, warm_up


def reply(code: int, status: str = "", text: str = "") -> Reply:
    return Reply(code=code, status=status, text=text)


@pytest.mark.parametrize(
    ("outcome", "asks"),
    [
        (Deferred(reply=reply(421)), True),
        (Deferred(reply=reply(421, "4.3.2", "Shutting down")), True),
        (Deferred(reply=reply(450, "4.7.28", "Our system has detected an unusual rate")), True),
        (Deferred(reply=reply(451, "4.7.0")), True),
        (Deferred(reply=reply(450, "4.2.1", "Mailbox busy")), False),
        (Deferred(reply=reply(450, "", "Try again later")), False),
        (Deferred(reply=reply(450, "4.7.1", "Greylisted, come back in 300 s")), False),
        (Deferred(reply=reply(451, "4.7.1", "You have been gray-listed")), False),
        (Deferred(reply=reply(421, "4.7.0", "Grey list in action")), False),
        (Rejected(reply=reply(550, "5.7.1", "Policy")), False),
        # A status whose class contradicts the code is no plea (RFC 2034 §4).
        (Rejected(reply=reply(550, "4.7.1", "Policy")), False),
        (Accepted(reply=reply(250, "2.0.0")), False),
        (Unknown(reply=None, detail="lost"), False),
    ],
)
def test_who_asks_us_to_slow_down(outcome: Outcome, asks: bool) -> None:
    assert asks_to_slow_down(outcome) is asks


def test_a_provider_is_left_alone_twice_as_long_each_time_but_never_over_ten_minutes() -> None:
    rests = [rest(failures) for failures in range(1, 30)]
    assert [one.total_seconds() for one in rests[:11]] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600]
    assert all(one <= two <= timedelta(minutes=10) for one, two in pairwise(rests))


def test_a_new_relay_is_given_twice_as_many_each_hour() -> None:
    assert warm_up(100, None) == warm_up(100, timedelta(0)) == warm_up(100, HOUR - timedelta(seconds=1)) == 100
    assert warm_up(100, HOUR) == 200
    assert warm_up(100, 3 * HOUR + timedelta(minutes=59)) == 800
    assert warm_up(100, -HOUR) == 100  # a clock that was set back
    assert warm_up(1, timedelta(days=10_000)) == 1 << 30


# --- shares -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("room", "weights", "carried", "given"),
    [
        ({}, {}, {}, {}),
        ({"a": 7}, {"a": 1}, {}, {"a": 7}),
        ({"a": 7}, {"a": 0}, {}, {"a": 7}),
        ({"a": 0, "b": 5}, {"a": 9, "b": 1}, {"a": 1000}, {"a": 0, "b": 5}),
        # The spare is used only where no other has room.
        ({"a": 3, "b": 5}, {"a": 1, "b": 0}, {}, {"a": 3, "b": 0}),
        ({"a": 0, "b": 5}, {"a": 1, "b": 0}, {}, {"a": 0, "b": 5}),
        ({"a": 0, "b": 0}, {"a": 1, "b": 0}, {}, {"a": 0, "b": 0}),
        ({"a": 100, "b": 100}, {"a": 3, "b": 1}, {}, {"a": 100, "b": 50}),
        ({"a": 100, "b": 100}, {"a": 1, "b": 1}, {"a": 400, "b": 300}, {"a": 50, "b": 100}),
        # Far ahead of its share: it waits.
        ({"a": 10, "b": 10}, {"a": 1, "b": 1}, {"a": 1000}, {"a": 0, "b": 10}),
        # Too little to divide: whoever has room takes it.
        ({"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1, "c": 1}, {"a": 5, "b": 5, "c": 5}, {"a": 1, "b": 1, "c": 1}),
    ],
)
def test_who_is_given_how_many(
    room: dict[str, int], weights: dict[str, int], carried: dict[str, int], given: dict[str, int]
) -> None:
    assert shares(room, weights, carried) == given


names = st.sampled_from("abcd")


@given(room=st.dictionaries(names, st.integers(-3, 500)), data=st.data())
def test_nobody_is_given_more_than_there_is_room_for_and_somebody_is_given_something(
    room: dict[str, int], data: st.DataObject
) -> None:
    weights = {name: data.draw(st.integers(0, 9)) for name in room}
    carried = data.draw(st.dictionaries(names, st.integers(0, 10**6)))
    given = shares(room, weights, carried)
    assert given.keys() == room.keys()
    assert all(0 <= given[name] <= max(0, free) for name, free in room.items())
    assert any(given.values()) == any(free > 0 for free in room.values())
    if any(free > 0 and weights[name] for name, free in room.items()):
        assert all(not given[name] for name in room if not weights[name])


@given(weights=st.dictionaries(names, st.integers(1, 9), min_size=1), data=st.data())
def test_in_the_end_each_has_had_its_weight(weights: dict[str, int], data: st.DataObject) -> None:
    carried = dict.fromkeys(weights, 0)
    for _ in range(60):
        room = {name: data.draw(st.integers(50, 100)) for name in weights}
        for name, count in shares(room, weights, carried).items():
            carried[name] += count
    total, whole = sum(carried.values()), sum(weights.values())
    assert total > 0
    for name, weight in weights.items():
        assert abs(carried[name] - total * weight / whole) <= 200
