"""Connections and copies on a connection are as many as the relay allows, found out with few refusals."""

from mailer.domain.relay_limits import ConnectionLimit, SessionLimit, SessionTally


def test_a_plea_halves_the_connections_once_and_time_brings_them_back():
    limit = ConnectionLimit(most=4, allowed=4)
    assert limit.plea(0.0, 4)
    assert limit.now(0.0) == 2
    assert limit.plea(0.1, 4)  # from another connection that was open at that time
    assert limit.plea(0.2, 3)
    assert limit.plea(0.3, 1)  # the others have closed, but the relay may still count them
    assert limit.now(1.0) == 2
    assert [limit.now(61.0), limit.now(62.0)] == [3, 3]
    assert limit.now(1000.0) == 3  # four were too many
    assert limit.now(2000.0) == 4


def test_a_single_connection_is_not_halved():
    limit = ConnectionLimit(most=4, allowed=1)
    assert not limit.plea(0.0, 1)
    assert limit.now(0.0) == 1


def test_the_same_number_on_a_later_connection_is_the_limit():
    limit = SessionLimit()
    for _ in range(4):  # all were open at once
        limit.ended(1.0, carried=10, opened_at=0.0, clear=True)
    assert limit.most == 0
    limit.ended(2.0, carried=10, opened_at=1.1, clear=True)
    assert limit.most == 10


def test_unclear_words_need_the_number_once_more():
    limit = SessionLimit()
    for at in (1.0, 2.0):
        limit.ended(at, carried=1, opened_at=at - 0.1, clear=False)
    assert limit.most == 0
    limit.ended(3.0, carried=1, opened_at=2.5, clear=False)
    assert limit.most == 1


def test_different_numbers_are_no_limit():
    limit = SessionLimit()
    for at, carried in enumerate([3, 5, 3, 4, 5, 3]):
        limit.ended(at, carried=carried, opened_at=at - 0.5, clear=True)
    assert limit.most == 0


def test_a_refusal_of_the_first_copy_is_about_no_session():
    limit = SessionLimit()
    limit.ended(1.0, carried=3, opened_at=0.0, clear=True)
    limit.ended(2.0, carried=0, opened_at=1.1, clear=True)
    limit.ended(3.0, carried=3, opened_at=2.1, clear=True)
    assert limit.most == 0


def test_a_connection_that_gets_no_copy_through_while_others_do_is_one_too_many():
    session = SessionTally(0.0)
    assert [session.is_surplus(accepted) for accepted in (5, 5, 5, 6)] == [False, False, False, True]
    session.carried = 1
    assert not session.is_surplus(9)
