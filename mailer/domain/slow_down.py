"""How long a sign-in must wait after others that failed: seconds at first, minutes at most, never for good."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

WINDOW = timedelta(hours=1)  # attempts that failed longer ago do not count
_FIRST_WAIT = timedelta(seconds=5)  # doubled by each further attempt


class SignInStep(StrEnum):
    """The step of signing in at which an attempt was made."""

    PASSWORD = auto()
    SECOND = auto()


class LaneKind(StrEnum):
    """What the attempts of a lane share."""

    ACCOUNT = auto()
    NETWORK = auto()
    BROWSER = auto()  # one in which this user has signed in before


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """So many attempts may fail without a wait; the longest wait."""

    free: int
    longest: timedelta


# A stranger shares the lanes of the account and of the network. A browser that the user knows has a lane of its own, so
# that strangers who go on guessing never keep the user out.
BRAKES = {
    LaneKind.ACCOUNT: Brake(free=20, longest=timedelta(minutes=2)),
    LaneKind.NETWORK: Brake(free=10, longest=timedelta(minutes=5)),
    LaneKind.BROWSER: Brake(free=10, longest=timedelta(minutes=5)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAttempts:
    """The attempts of a lane that failed within the window: how many, and when the last did."""

    kind: LaneKind
    count: int
    last: datetime


def wait_until(lanes: Iterable[FailedAttempts], now: datetime) -> datetime | None:
    """Until when the next attempt has to wait; None when it may be made now."""
    instants = [instant for lane in lanes if (instant := _open_again(lane)) is not None and instant > now]
    return max(instants, default=None)


def _open_again(lane: FailedAttempts) -> datetime | None:
    brake = BRAKES[lane.kind]
    if lane.count < brake.free:
        return None
    doublings = min(lane.count - brake.free, 16)  # far above the longest wait
    return lane.last + min(_FIRST_WAIT * (1 << doublings), brake.longest)
