"""How fast copies may leave: a new relay's first hours, a provider that asks us to slow down, a share for each relay."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailer.domain.delivery import Outcome, Reply, Throttled
from mailer.domain.retry import doubled

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# After a first request to slow down a provider gets nothing for a second, then ever longer: most mean one burst.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """A provider that gets nothing until an instant (None: until a person lifts it), and why.

    `failures` counts how often in a row it asked us to slow down; 0: a person suspended it.
    """

    family: str
    failures: int
    until: datetime | None
    reason: str
    set_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyLimit:
    """How much one provider gets at most; 0 is no limit."""

    per_minute: int = 0
    connections: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayLimit:
    """How much may leave through one relay; 0 is no limit. Its share beside other relays is its `weight`."""

    per_minute: int = 0
    new_relay_per_hour: int = 0
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Which of several processes that send together one is, from 0 on; each has its part of every relay's connections."""

    process: int = 0
    processes: int = 1

    def of(self, connections: int) -> int:
        """How many of so many connections are this process's."""
        return connections // self.processes + (self.process < connections % self.processes)


# A greylist (RFC 6647) defers the first letter of every sender: to slow down changes nothing.
_GREYLIST = re.compile(r"gr[ae]y[ -]?list", re.IGNORECASE)


def is_greylisting(reply: Reply) -> bool:
    """Whether a reply says that the server greylists."""
    return _GREYLIST.search(reply.text) is not None


def calls_for_a_rest(outcome: Outcome) -> bool:
    """Whether a provider gets nothing for a while after this outcome.

    Either it asks us to slow down, or it put a copy off for a reason of policy (4.7.x, RFC 3463 §3.8), which may mean a rate.
    """
    if isinstance(outcome, Throttled):
        return outcome.by_provider
    reply = outcome.reply
    if reply is None or reply.code // 100 != 4 or not reply.status.startswith("4.7."):
        return False
    return not is_greylisting(reply)


def family_pause(failures: int) -> timedelta:
    """How long a provider gets nothing after this number of requests to slow down in a row (one or more)."""
    return doubled(_FIRST_PAUSE, times=failures - 1, longest=_LONGEST_PAUSE)


def asked_for(failures: int) -> timedelta:
    """For how long a provider has got nothing by then, after this number of requests to slow down in a row."""
    return sum(map(family_pause, range(1, failures + 1)), start=timedelta(0))


def warm_up(per_hour: int, age: timedelta | None) -> int:
    """How many copies may leave in an hour through a relay first used `age` ago (None: never).

    `per_hour` in its first hour, twice as many in each further one.
    """
    hours = 0 if age is None else max(0, age // HOUR)
    return per_hour << min(hours, 30)


def shares(
    room: Mapping[str, int], weights: Mapping[str, int], carried: Mapping[str, int], limited: Collection[str] = ()
) -> dict[str, int]:
    """How many of the next copies each relay gets: at most its room, and in the end by its weight.

    `room` names the relays in use. Copies wait for a full relay, but not for one that is `limited` to nothing for now.
    `carried` counts the copies that each had before. A relay of weight 0 gets copies only where no other is in use.
    """
    portions = dict.fromkeys(room, 0)
    weighed = {name: weights[name] for name in room if weights[name] > 0}
    if not weighed:
        return {name: max(0, free) for name, free in room.items()}
    weighed = {name: weight for name, weight in weighed.items() if name not in limited}
    if not weighed:
        return portions
    # A full relay counts too: else a weight would mean nothing where relays are slow.
    aim = sum(carried.get(name, 0) for name in weighed) + sum(max(0, room[name]) for name in weighed)
    for name, weight in weighed.items():
        due = aim * weight / sum(weighed.values()) - carried.get(name, 0)
        portions[name] = max(0, min(room[name], round(due)))
    behind = min(weighed, key=lambda name: carried.get(name, 0) / weighed[name])
    if not any(portions.values()) and room[behind] > 0:
        portions[behind] = 1  # it is behind by less than a copy, and no other relay is
    return portions


# The most copies that a relay may be behind its share, after it was down for example, and catch up on later.
_BEHIND_AT_MOST = 64


def levelled(carried: Mapping[str, int], weights: Mapping[str, int]) -> dict[str, int]:
    """How many copies each relay had, raised for those far behind, so that the others do not wait for them."""
    ahead = max((carried[name] / weight for name, weight in weights.items() if weight), default=0)
    return {name: max(carried[name], int(ahead * weight) - _BEHIND_AT_MOST) for name, weight in weights.items()}


def within(room: Mapping[str, int], in_hand: int, most: int) -> dict[str, int]:
    """The room of the relays, so that no more than `most` copies are in hand with those that are now; 0: no limit."""
    if not most:
        return dict(room)
    left, limited = max(0, most - in_hand), dict(room)
    for place, name in enumerate(sorted(room, key=room.__getitem__)):  # what one leaves is for those that want more
        limited[name] = min(room[name], left // (len(room) - place))
        left -= limited[name]
    return limited
