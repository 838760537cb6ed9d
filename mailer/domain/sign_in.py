"""Signing in: the ways by which a user proves who they are, and how far a browser has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto

from mailer.domain.access import Right
from mailer.domain.user import User

# A working day without a click, and a week altogether (OWASP Session Management Cheat Sheet).
IDLE = timedelta(hours=10)
LONGEST_SESSION = timedelta(days=7)
# For the second step alone.
HALF_SESSION = timedelta(minutes=15)
FEW_CODES = 3  # left on a sheet: time to print another


class SecondWay(StrEnum):
    """What a user may be asked for besides the password."""

    ONE_TIME_CODES = auto()  # of an app
    PRINTED_CODES = auto()
    PASSKEY = auto()


class SignInStage(StrEnum):
    """How far a browser has come in signing in."""

    SECOND = auto()  # the second way is asked for
    SET_UP = auto()  # a second way must be set up first
    FULL = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondWays:
    """The second ways that a user has set up: an app, a sheet of printed codes with so many left, so many passkeys."""

    app: bool = False
    sheet: bool = False
    codes_left: int = 0
    passkeys: int = 0

    @property
    def are_asked(self) -> bool:
        """Whether a password alone does not sign in: also when the last printed code is used up."""
        return self.app or self.sheet or self.passkeys > 0

    @property
    def are_usable(self) -> bool:
        """Whether one of them can be given now."""
        return self.app or self.codes_left > 0 or self.passkeys > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """A browser in which a user has signed in, from `began_at` on; `token` is the SHA-256 of its id."""

    token: str
    user: User
    ways: SecondWays
    began_at: datetime
    seen_at: datetime
    second_at: datetime | None
    challenge: str
    browser: str
    notice: str

    def stage(self, *, require_second: bool) -> SignInStage:
        """How far this browser has come; `require_second`: every user needs a second way."""
        if self.ways.are_asked and self.second_at is None:
            return SignInStage.SECOND
        if not self.ways.are_usable and (require_second or self.ways.are_asked):
            return SignInStage.SET_UP
        return SignInStage.FULL

    def is_over(self, now: datetime) -> bool:
        """Whether it has lasted too long, since it began or since it was last used."""
        half = self.ways.are_asked and self.second_at is None
        longest = HALF_SESSION if half else LONGEST_SESSION
        return now - self.began_at >= longest or now - self.seen_at >= IDLE


# What each stage leaves of a user's rights; the last leaves them all.
RIGHTS_OF_STAGE: Mapping[SignInStage, frozenset[Right]] = {
    SignInStage.SECOND: frozenset(),
    SignInStage.SET_UP: frozenset({Right.USE_ACCOUNT}),
    SignInStage.FULL: frozenset(Right),
}


def may_now(session: ConsoleSession, right: Right, *, require_second: bool) -> bool:
    """Whether the stage of this session allows it; whether the user may is another question."""
    return right in RIGHTS_OF_STAGE[session.stage(require_second=require_second)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey as its user sees it."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAccount:
    """A user with the second ways, for those who manage users."""

    user: User
    ways: SecondWays


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where an attempt to sign in comes from: the network, and the marks of users who were in this browser before, by id."""

    network: str
    marks: Mapping[int, str] = field(default_factory=dict)
