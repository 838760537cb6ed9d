"""Keeps the club's limits: so many copies through a relay, so many to a provider, and none where we are asked to wait."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.delivery import Accepted, Outcome
from mailer.domain.pacing import HOUR, MINUTE, Throttle, asks_to_slow_down, rest, warm_up
from mailer.pipeline import maillog
from mailer.store import Connection
from mailer.store.ledger import limits

# Who has decided, when it was no person.
DAEMON = "the sender"


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


def room_through(connection: Connection, relay: str, limit: RelayLimit, now: datetime, wanted: int) -> int:
    """How many of the copies `wanted` may be claimed for a relay now. Counted from the ledger, so it outlives us."""
    if limit.per_minute and wanted > 0:
        wanted = min(wanted, limit.per_minute - limits.left_through(connection, relay, now - MINUTE, now))
    if limit.new_relay_per_hour and wanted > 0:
        used = limits.first_use(connection, relay)
        in_hour = warm_up(limit.new_relay_per_hour, now - used if used else None)
        wanted = min(wanted, in_hour - limits.left_through(connection, relay, now - HOUR, now))
    return max(0, wanted)


def rooms_to(
    connection: Connection, given: Mapping[str, FamilyLimit], now: datetime, wanted: int, relays: Collection[str]
) -> dict[str, int]:
    """How many copies may be claimed now to each provider that has a limit or is left alone; others are free.

    `relays` are all those of the settings, in use or not.
    """
    rooms = {}
    for family, limit in given.items():
        room = wanted
        if limit.per_minute and room > 0:
            room = min(room, limit.per_minute - limits.left_to(connection, family, now - MINUTE, now, relays=relays))
        if limit.connections and room > 0:
            # Not more in hand than there may be conversations about them.
            room = min(room, limit.connections - limits.in_hand_to(connection, family))
        rooms[family] = max(0, room)
    return rooms | {one.family: 0 for one in limits.throttled(connection, now)}


def learn(connection: Connection, outcomes: Iterable[tuple[str, Outcome]], now: datetime) -> None:
    """Leave alone for a while whoever asked us to slow down, by these outcomes with their providers, in order.

    Each further plea in a row doubles the rest; an accepted copy in between begins the count anew.
    """
    pleas: dict[str, Outcome] = {}
    eased: set[str] = set()
    for family, outcome in outcomes:
        if asks_to_slow_down(outcome):
            pleas[family] = outcome
        elif isinstance(outcome, Accepted):
            eased.add(family)
    calm = eased - pleas.keys()
    if calm and (calm := calm & limits.rested(connection, now)):
        limits.calm(connection, calm)
    for family, outcome in pleas.items():
        before = limits.throttle_of(connection, family)
        if before is not None and before.failures == 0 and (before.until is None or before.until > now):
            continue  # a person has decided
        failures = 1 if before is None or family in eased else before.failures + 1
        reply = outcome.reply
        assert reply is not None, "a plea is an answer"
        # Not the words: many a relay quotes the reader's address in them, and this is logged and kept.
        reason = f"{reply.code} {reply.status}".rstrip()
        throttle = Throttle(
            family=family,
            failures=failures,
            until=now + rest(failures),
            reason=reason,
            set_at=now,
            set_by=DAEMON,
        )
        if limits.set_throttle(connection, throttle):
            maillog.slowed_down(family, rest(failures).total_seconds(), reason)
