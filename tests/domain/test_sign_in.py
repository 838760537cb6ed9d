"""How far a browser has come in signing in, and for how long that counts."""

from datetime import UTC, datetime, timedelta

import pytest

from mailer.domain.access import Right, Role
from mailer.domain.sign_in import (
    HALF_SESSION,
    IDLE,
    LONGEST_SESSION,
    ConsoleSession,
    SecondWays,
    SignInStage,
    may_now,
)
from mailer.domain.user import User, same_name

NOW = datetime(2026, 7, 9, 10, tzinfo=UTC)
NONE, APP, SHEET, USED_UP = (
    SecondWays(),
    SecondWays(app=True),
    SecondWays(sheet=True, codes_left=10),
    SecondWays(sheet=True),
)
PASSKEY = SecondWays(passkeys=1)
USED_UP_BUT_APP = SecondWays(app=True, sheet=True)
SECOND, SET_UP, FULL = SignInStage.SECOND, SignInStage.SET_UP, SignInStage.FULL


def session(
    ways: SecondWays, *, second: bool, began: timedelta = timedelta(), seen: timedelta = timedelta()
) -> ConsoleSession:
    return ConsoleSession(
        token="t",
        user=User(id=1, name="Anna", role=Role.SECRETARY),
        ways=ways,
        began_at=NOW - began,
        seen_at=NOW - seen,
        second_at=NOW - began if second else None,
        challenge="",
        browser="",
        notice="",
    )


@pytest.mark.parametrize(
    ("ways", "second", "require", "stage"),
    [
        (NONE, False, False, FULL),
        (NONE, False, True, SET_UP),
        (APP, False, False, SECOND),
        (APP, False, True, SECOND),
        (APP, True, True, FULL),
        (SHEET, False, False, SECOND),
        (SHEET, True, True, FULL),
        (PASSKEY, False, False, SECOND),
        (PASSKEY, True, False, FULL),
        (USED_UP, False, False, SECOND),  # a password alone never gets by
        (USED_UP, True, False, SET_UP),
        (USED_UP_BUT_APP, True, False, FULL),
        (NONE, True, True, SET_UP),  # the way was removed
        (NONE, True, False, FULL),
    ],
)
def test_the_stage_of_a_session(ways: SecondWays, second: bool, require: bool, stage: SignInStage) -> None:
    assert session(ways, second=second).stage(require_second=require) is stage


def test_a_stage_leaves_few_rights() -> None:
    half, new, full = session(APP, second=False), session(NONE, second=False), session(APP, second=True)
    assert not [right for right in Right if may_now(half, right, require_second=False)]
    assert [right for right in Right if may_now(new, right, require_second=True)] == [Right.USE_ACCOUNT]
    assert [right for right in Right if may_now(full, right, require_second=True)] == list(Right)


@pytest.mark.parametrize("second", [True, False])
def test_a_session_is_over_after_its_time(second: bool) -> None:
    second_less = timedelta(seconds=1)
    longest = LONGEST_SESSION if second else HALF_SESSION
    assert not session(APP, second=second, began=longest - second_less).is_over(NOW)
    assert session(APP, second=second, began=longest).is_over(NOW)
    assert not session(APP, second=True, began=IDLE, seen=IDLE - second_less).is_over(NOW)
    assert session(APP, second=True, began=IDLE, seen=IDLE).is_over(NOW)


@pytest.mark.parametrize(
    ("name", "typed", "same"),
    [
        ("Anna", "anna", True),
        ("Анна Смит", " анна  смит ", True),
        ("Йозеф", "и\u0306озеф", True),
        ("Anna", "Ana", False),
    ],
)
def test_a_name_is_read_as_people_type_it(name: str, typed: str, same: bool) -> None:
    assert same_name(name, typed) is same
