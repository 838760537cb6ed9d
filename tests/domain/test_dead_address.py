"""What counts as a dead address: the table of the thresholds, what counts only once, and what counts no more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.domain.bounce import SCOPES, FailureReason, Scope
from mailer.domain.dead_address import failures_that_count, why_hold
from mailer.domain.hold import Failure, HoldReason

NOW = datetime(2018, 7, 12, 10, tzinfo=UTC)
OF_SCOPE = {
    Scope.ADDRESS: FailureReason.USER_UNKNOWN,
    Scope.MAILBOX: FailureReason.MAILBOX_FULL,
    Scope.CONTENT: FailureReason.SPAM,
    Scope.SENDER: FailureReason.AUTHENTICATION,
    Scope.TRANSPORT: FailureReason.TIMEOUT,
    Scope.UNKNOWN: FailureReason.FILTERED,
}


def failed(issue=1, scope=Scope.ADDRESS, *, days_ago=0.0, hard=None, refused=False, forwarded=False):
    return Failure(
        issue=f"letter/{issue}",
        reason=OF_SCOPE[scope],
        hard=scope is Scope.ADDRESS if hard is None else hard,
        refused=refused,
        forwarded=forwarded,
        at=NOW - timedelta(days=days_ago),
    )


def every(count, scope, *, apart):
    """So many issues, the last of them today, so many days between two."""
    return [failed(number, scope, days_ago=(count - number) * apart) for number in range(1, count + 1)]


# --- how many are enough ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "reason"),
    [
        ([], None),
        (every(1, Scope.ADDRESS, apart=0), None),
        (every(2, Scope.ADDRESS, apart=0), HoldReason.ADDRESS),
        ([failed(1, hard=False), failed(2, hard=False)], None),
        ([failed(1), failed(1, refused=True)], HoldReason.ADDRESS),
        ([failed(1, refused=True)], None),
        ([failed(1), failed(1, Scope.MAILBOX, refused=True)], None),
        ([failed(1, days_ago=30), failed(1)], None),
        (every(4, Scope.MAILBOX, apart=30), None),
        (every(5, Scope.MAILBOX, apart=7.4), None),
        (every(5, Scope.MAILBOX, apart=7.5), HoldReason.MAILBOX),
        (every(3, Scope.TRANSPORT, apart=30), None),
        (every(4, Scope.TRANSPORT, apart=4.6), None),
        (every(4, Scope.TRANSPORT, apart=4.7), HoldReason.TRANSPORT),
        ([*every(4, Scope.MAILBOX, apart=10), failed(5), failed(6, Scope.TRANSPORT)], None),
        (
            [*every(4, Scope.MAILBOX, apart=10), failed(4, Scope.TRANSPORT), failed(5, Scope.MAILBOX)],
            HoldReason.MAILBOX,
        ),
        ([*every(5, Scope.MAILBOX, apart=10), failed(5)], None),
        ([failed(1, forwarded=True), failed(2, forwarded=True)], None),
    ],
)
def test_so_many_issues_hold_an_address_and_no_fewer(failures, reason):
    assert why_hold(failures) == reason


@pytest.mark.parametrize("scope", [Scope.CONTENT, Scope.SENDER, Scope.UNKNOWN])
def test_what_is_not_the_readers_fault_never_holds(scope):
    assert why_hold(every(50, scope, apart=7)) is None


SOME = st.lists(
    st.builds(
        failed,
        st.integers(1, 6),
        st.sampled_from(Scope),
        days_ago=st.integers(0, 500),
        hard=st.none() | st.booleans(),
        refused=st.booleans(),
        forwarded=st.booleans(),
    ),
    max_size=12,
)


@given(SOME)
def test_a_hold_always_has_its_failures(failures):
    found = sorted(failures, key=lambda one: one.at)
    match why_hold(found):
        case HoldReason.ADDRESS:
            dead = [one for one in found if one.scope is Scope.ADDRESS and one.hard and not one.forwarded]
            assert len({one.issue for one in dead}) >= 2 or {one.refused for one in dead} == {True, False}
        case HoldReason.MAILBOX:
            assert len({one.issue for one in found if one.scope is Scope.MAILBOX}) >= 5
        case HoldReason.TRANSPORT:
            assert len({one.issue for one in found if one.scope is Scope.TRANSPORT}) >= 4
        case nothing:
            assert nothing is None


# --- what counts no more ----------------------------------------------------------------------------------------------


def count(failures, *, accepted=(), lifted_at=None, now=NOW):
    counted = failures_that_count(failures, accepted=accepted, lifted_at=lifted_at, now=now)
    return [failure.issue for failure in counted]


@pytest.mark.parametrize(
    ("at", "now", "counts"),
    [
        (datetime(2017, 7, 12, 10, tzinfo=UTC), NOW, False),
        (datetime(2017, 7, 12, 10, 0, 1, tzinfo=UTC), NOW, True),
        (datetime(2017, 2, 28, tzinfo=UTC), datetime(2018, 2, 28, tzinfo=UTC), False),
        (datetime(2019, 2, 28, 1, tzinfo=UTC), datetime(2020, 2, 29, tzinfo=UTC), True),
        (datetime(2019, 2, 27, 23, tzinfo=UTC), datetime(2020, 2, 29, tzinfo=UTC), False),
        (datetime(2019, 12, 31, tzinfo=UTC), datetime(2020, 12, 31, tzinfo=UTC), False),
    ],
)
def test_a_failure_lapses_after_twelve_months(at, now, counts):
    one = Failure(issue="letter/1", reason=FailureReason.USER_UNKNOWN, hard=True, refused=False, forwarded=False, at=at)
    assert bool(count([one], now=now)) is counts


def test_a_failure_lapses_when_a_later_copy_was_accepted_and_seven_quiet_days_followed():
    old = failed(1, days_ago=40)
    assert count([old], accepted=[NOW - timedelta(days=7)]) == []
    assert count([old], accepted=[NOW - timedelta(days=6.9)]) == ["letter/1"]
    assert count([old], accepted=[NOW - timedelta(days=41)]) == ["letter/1"]


def test_days_in_which_something_came_back_are_not_quiet():
    known = [failed(1, days_ago=40), failed(2, days_ago=16)]
    accepted = [NOW - timedelta(days=20)]
    assert count(known, accepted=accepted) == ["letter/1", "letter/2"]
    assert count([failed(1, days_ago=40), failed(2, days_ago=12)], accepted=accepted) == ["letter/2"]


def test_what_was_before_a_lift_counts_no_more():
    known = [failed(1, days_ago=40), failed(2, days_ago=10)]
    assert count(known, lifted_at=NOW - timedelta(days=20)) == ["letter/2"]
    assert count(known, lifted_at=NOW - timedelta(days=10)) == []


@given(SOME, st.lists(st.integers(0, 100), max_size=4))
def test_what_counts_is_some_of_what_there_is_oldest_first(failures, accepted):
    at = [NOW - timedelta(days=days) for days in accepted]
    found = failures_that_count(failures, accepted=at, lifted_at=None, now=NOW)
    assert all(one in failures for one in found)
    assert found == sorted(found, key=lambda one: one.at)


def test_each_reason_of_a_failure_has_its_scope():
    assert {failed(1, scope).scope for scope in Scope} == set(Scope)
    assert set(SCOPES) == set(FailureReason)
