"""What a relay's replies do to its pace, its connections and its sessions."""

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.relay_limits import SessionTally
from mailer.pipeline.sending.throttle import RelayThrottle
from tests.club import THURSDAY
from tests.doubles import FrozenClock

ENOUGH = Reply(code=421, status="4.3.2", text="Enough for now")
TOO_FAST = Reply(code=421, status="4.7.0", text="Too fast, slow down")
TOO_MANY = Reply(code=421, status="4.7.0", text="Too many concurrent connections")


class Hand:
    """The hand of a clock that is turned by the test."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def throttle(hand: Hand) -> RelayThrottle:
    return RelayThrottle("relay", FrozenClock(THURSDAY), connections=4, elapsed=hand)


def ended(throttle: RelayThrottle, reply: Reply, phase: Phase = Phase.MAIL, *, carried: int) -> SessionTally:
    """A reply ends a session that has carried so many copies."""
    session = throttle.begin_session()
    session.carried = carried
    assert throttle.connection_refused(reply, phase, session)
    assert session.over
    return session


def test_the_end_of_a_session_that_carried_copies_leaves_the_pace_alone(throttle: RelayThrottle) -> None:
    for _ in range(20):
        ended(throttle, ENOUGH, carried=10)
    assert (throttle.wait(), throttle.slow, throttle.session.most) == (0.0, False, 10)


def test_sessions_of_few_copies_are_told_by_their_pace(throttle: RelayThrottle) -> None:
    ended(throttle, ENOUGH, carried=10)
    ended(throttle, ENOUGH, carried=2)
    assert throttle.pace.closed


@pytest.mark.parametrize(("reply", "carried"), [(TOO_FAST, 10), (ENOUGH, 0)])
def test_a_word_about_a_rate_and_a_first_copy_refused_are_about_the_pace(
    throttle: RelayThrottle, reply: Reply, carried: int
) -> None:
    ended(throttle, reply, carried=carried)
    assert throttle.pace.closed


def test_connections_that_are_being_opened_count(throttle: RelayThrottle, hand: Hand) -> None:
    throttle.open_now = 3  # beside the one that was refused
    assert throttle.connection_refused(TOO_MANY, Phase.CONNECT, None)
    assert (throttle.connections_now(), throttle.pace.closed) == (2, False)
    assert throttle.wait_to_open(0) > 0
    throttle.open_now = 1
    assert throttle.connection_refused(TOO_MANY, Phase.CONNECT, None)  # the relay counts the old ones
    assert (throttle.connections_now(), throttle.pace.closed) == (2, False)
    hand.at = 5.0
    assert throttle.wait_to_open(0) <= 0


def test_a_greeting_that_is_refused_for_a_while_slows_no_copy_afterwards(throttle: RelayThrottle, hand: Hand) -> None:
    for hand.at in (0.0, 0.5, 1.0):
        assert throttle.connection_refused(ENOUGH, Phase.CONNECT, None)
    assert throttle.pace.closed
    assert throttle.wait_to_open(1) > 0  # one connection is enough to try it
    hand.at = 2.0
    probe = throttle.pace.left(hand.at)
    throttle.pace.accepted(hand.at, probe=probe)
    assert (throttle.pace.closed, throttle.pace.rate, throttle.slow) == (False, 0, False)


def test_one_that_closes_again_after_a_few_copies_has_a_pace(throttle: RelayThrottle, hand: Hand) -> None:
    for hand.at in (0.0, 10.0):
        throttle.connection_refused(ENOUGH, Phase.CONNECT, None)
        probe = throttle.pace.left(hand.at + 1)
        throttle.pace.accepted(hand.at + 1, probe=probe)
    assert throttle.pace.rate > 0
