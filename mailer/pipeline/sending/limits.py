"""Keeps the limits: copies a minute through a relay and to a provider, and the canary wave of a mailing."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from mailer.domain.delivery import Accepted, Outcome, State
from mailer.domain.due import has_come
from mailer.domain.mailing import Mailing
from mailer.domain.pacing import (
    HOUR,
    MINUTE,
    FamilyLimit,
    RelayLimit,
    Throttle,
    calls_for_a_rest,
    family_pause,
    warm_up,
)
from mailer.pipeline import maillog
from mailer.pipeline.bounces.breaker import pause_canary_wave, resumed_at
from mailer.pipeline.context import Context
from mailer.store import Connection, mailings
from mailer.store.copies import deliveries, tallies
from mailer.store.ledger import limits

# Who sets a throttle, when it is no person.
DAEMON = "the sender"


def room_for_relay(connection: Connection, relay: str, limit: RelayLimit, now: datetime, wanted: int) -> int:
    """How many of the `wanted` copies may be claimed for a relay now, counted from the ledger of all processes."""
    if limit.per_minute and wanted > 0:
        wanted = min(wanted, limit.per_minute - limits.count_through(connection, relay, now - MINUTE, now))
    if limit.new_relay_per_hour and wanted > 0:
        first_use = limits.first_use(connection, relay)
        per_hour = warm_up(limit.new_relay_per_hour, now - first_use if first_use else None)
        wanted = min(wanted, per_hour - limits.count_through(connection, relay, now - HOUR, now))
    return max(0, wanted)


def room_by_provider(
    connection: Connection, families: Mapping[str, FamilyLimit], now: datetime, wanted: int, relays: Collection[str]
) -> dict[str, int]:
    """How many copies may be claimed now to each provider with a limit or a throttle; others have no limit.

    `relays` are all relays of the settings, in use or not.
    """
    rooms = {}
    for family, limit in families.items():
        room = wanted
        if limit.per_minute and room > 0:
            room = min(room, limit.per_minute - limits.count_to(connection, family, now - MINUTE, now, relays=relays))
        if limit.connections and room > 0:
            # With no more copies in hand than that, no more connections can deliver to it at once.
            room = min(room, limit.connections - limits.in_hand_to(connection, family))
        rooms[family] = max(0, room)
    return rooms | {throttle.family: 0 for throttle in limits.current_throttles(connection, now)}


def room_in_canary_wave(connection: Connection, context: Context, mailing: Mailing, now: datetime) -> int | None:
    """How many copies of a mailing its canary wave lets leave now; None: no limit. A supplement has no wave.

    A few copies go first, and the rest waits: a fault shows at those few, and the breaker pauses the mailing, also when
    most of them failed or are uncertain. Once so many have been answered, the time when the rest may follow is stored
    with the mailing.
    """
    schedule = context.newsletter(mailing.newsletter).schedule
    if not schedule.canary or mailing.supplement:
        return None
    pause = timedelta(minutes=schedule.canary_minutes)
    if mailing.rest_at is not None and has_come(mailing.rest_at, now, longest=pause):
        return None
    if mailing.rest_at is not None:
        return 0
    states = tallies.states_of_tried(connection, mailing.id, resumed_at(connection, mailing))
    refused = states[State.REJECTED] + states[State.BOUNCED]
    if 2 * (refused + states[State.UNCERTAIN]) > schedule.canary:
        uncertain = states[State.UNCERTAIN]
        copies = refused + uncertain + states[State.ACCEPTED]
        pause_canary_wave(connection, context, mailing, copies, failed=refused, uncertain=uncertain)
        return 0
    answered = states[State.ACCEPTED] + refused
    if answered < schedule.canary:
        return max(0, schedule.canary - answered - deliveries.in_hand(connection, mailing.id))
    mailings.change(connection, mailing.id, rest_at=now + pause)
    return 0


def throttle_after(connection: Connection, outcomes: Iterable[tuple[str, Outcome]], now: datetime) -> None:
    """Throttle providers that asked us to slow down, by these outcomes with their providers, in order.

    Each further request in a row doubles the pause; an accepted copy in between begins the count anew.
    """
    slow: dict[str, Outcome] = {}
    accepting: set[str] = set()
    for family, outcome in outcomes:
        if isinstance(outcome, Accepted):
            accepting.add(family)
        elif calls_for_a_rest(outcome):
            slow[family] = outcome
    recovered = accepting - slow.keys()
    if recovered and (recovered := recovered & limits.expired_throttles(connection, now)):
        limits.end_throttles(connection, recovered)
    for family, outcome in slow.items():
        before = limits.throttle_of(connection, family)
        if before is not None and before.failures == 0 and (before.until is None or before.until > now):
            continue  # a person has suspended it
        failures = 1 if before is None or family in accepting else before.failures + 1
        reply = outcome.reply
        assert reply is not None, "a provider asks us to slow down in a reply"
        # Without the reply's text: many relays quote the reader's address in it, and this is logged and kept.
        reason = f"{reply.code} {reply.status}".rstrip()
        throttle = Throttle(
            family=family,
            failures=failures,
            until=now + family_pause(failures),
            reason=reason,
            set_at=now,
            set_by=DAEMON,
        )
        if limits.set_throttle(connection, throttle):
            maillog.provider_throttled(family, family_pause(failures).total_seconds(), reason)
