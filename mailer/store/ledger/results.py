"""Writes the results of attempts to the ledger, many at a time, where the claim still holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Insert, Update, and_, bindparam, func, insert, select, update

from mailer.domain.delivery import Event, Outcome, State, advance
from mailer.domain.lost_answers import HandOver
from mailer.store.ledger.batches import instant, packed, unpacked
from mailer.store.ledger.claims import Claim
from mailer.store.schema import THROTTLED, attempts, deliveries, is_counted, is_pending, is_sending, mailings


class Result(NamedTuple):
    """The result of a claim. Without an `outcome` nothing was tried: the copy waits, until `next_attempt_at` if set.

    `begun` says whether content may have left. Instants are aware, in UTC.
    """

    claim: Claim
    event: Event
    outcome: Outcome | None
    begun: bool
    started_at: datetime
    finished_at: datetime
    next_attempt_at: datetime | None = None


# How a late result settles a copy that was declared uncertain meanwhile.
_LATE = {
    Event.ACCEPTED: Event.SETTLED_ACCEPTED,
    Event.DEFERRED: Event.SETTLED_RESEND,
    Event.UNUSED: Event.SETTLED_RESEND,
}
_AFTER = {event: advance(State.SENDING, event) for event in (*_LATE, Event.REJECTED, Event.REPLY_LOST, Event.GAVE_UP)}
_MOVE = {"id": int, "epoch": int, "state": str, "late": str, "next_attempt_at": datetime}
_ATTEMPT = {
    "delivery": int,
    "relay": str,
    "started_at": datetime,
    "finished_at": datetime,
    "outcome": str,
    "code": int,
    "status": str,
    "text": str,
    "queue_id": str,
    "tls_version": str,
}


def record(connection: Connection, owner: int, relay: str, results: Sequence[Result]) -> None:
    """Write attempts and move their deliveries on. Attempts of claims that were lost are written too.

    A late reply settles a copy that was declared `uncertain` meanwhile, and so does a late result that nothing of it
    left, unless it was claimed again since.
    """
    tried = [_attempt(relay, result) for result in results if result.outcome is not None]
    if tried:
        add_attempts(connection, tried)
    begun = {result.claim.mailing: result.started_at for result in reversed(results) if result.begun}
    for mailing, at in begun.items():
        begin_mailing(connection, mailing, at)
    move, settle = _moves(connection.dialect.name)
    rows = {"rows": packed([_move(result) for result in results]), "owned_by": owner}
    if connection.execute(move, rows).rowcount < len(results):
        connection.execute(settle, rows)


@cache
def _moves(dialect: str) -> tuple[Update, Update]:
    """The statement that moves the copies that `owned_by` has in hand, and the one that settles uncertain copies."""
    batch = unpacked(dialect, _MOVE)
    own = and_(deliveries.c.id == batch.c.id, deliveries.c.epoch == batch.c.epoch)
    # `owner + 0` keeps the index of owners out: the rows are looked up by id, not among all that the owner has in hand.
    held = and_(own, is_sending, deliveries.c.owner + 0 == bindparam("owned_by"))
    move = update(deliveries).where(held).values(state=batch.c.state, next_attempt_at=batch.c.next_attempt_at)
    late = and_(own, deliveries.c.state == State.UNCERTAIN, batch.c.late.is_not(None))
    settle = update(deliveries).where(late).values(state=batch.c.late, next_attempt_at=batch.c.next_attempt_at)
    return move.values(owner=None, relay=None, lease_until=None, marked_at=None), settle


def _move(result: Result) -> tuple[int, int, State, State | None, str | None]:
    to, late = _AFTER[result.event], _LATE.get(result.event)
    next_attempt_at = result.next_attempt_at if to is State.PENDING else None
    settled = advance(State.UNCERTAIN, late) if late is not None else None
    return result.claim.delivery, result.claim.epoch, to, settled, instant(next_attempt_at)


def _attempt(relay: str, result: Result) -> tuple[object, ...]:
    outcome = result.outcome
    assert outcome is not None, "without an outcome there is no attempt"
    word = type(outcome).__name__.lower()
    head = (result.claim.delivery, relay, instant(result.started_at), instant(result.finished_at), word)
    reply = outcome.reply
    if reply is None:
        return (*head, None, "", outcome.detail, "", outcome.tls_version)
    return (*head, reply.code, reply.status, reply.text, reply.queue_id, outcome.tls_version)


def add_attempts(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Write each row as its delivery's next attempt, its values in the order of `_ATTEMPT`.

    A row without a delivery is left out: its plan was replaced meanwhile.
    """
    connection.execute(_attempting(connection.dialect.name), {"rows": packed(rows)})


@cache
def _attempting(dialect: str) -> Insert:
    batch = unpacked(dialect, _ATTEMPT)
    before = select(func.count()).where(attempts.c.delivery == batch.c.delivery).scalar_subquery()
    known_deliveries = deliveries.join(batch, batch.c.delivery == deliveries.c.id)
    rows = select(*(batch.c[name] for name in _ATTEMPT), before + 1).select_from(known_deliveries)
    return insert(attempts).from_select([*_ATTEMPT, "number"], rows)


def take_back(connection: Connection, identities: Collection[int], now: datetime) -> None:
    """Take back the last attempts of these copies, which were deferred for a trouble of the relay: they are due now."""
    batch = unpacked(connection.dialect.name, {"id": int})
    rows = {"rows": packed([identity] for identity in identities)}
    chosen = select(batch.c.id)
    later = attempts.alias("later")
    last = select(func.max(later.c.number)).where(later.c.delivery == attempts.c.delivery).scalar_subquery()
    deferred = attempts.c.delivery.in_(chosen) & (attempts.c.outcome == "deferred") & (attempts.c.number == last)
    connection.execute(update(attempts).where(deferred).values(outcome=THROTTLED), rows)
    waiting = deliveries.c.id.in_(chosen) & is_pending & (deliveries.c.next_attempt_at > now)
    connection.execute(update(deliveries).where(waiting).values(next_attempt_at=now), rows)


def begin_mailing(connection: Connection, mailing: int, at: datetime) -> None:
    """Record that a message of the mailing may have left: its plan is never replaced from now on."""
    first = (mailings.c.id == mailing) & mailings.c.first_handover_at.is_(None)
    connection.execute(update(mailings).where(first).values(first_handover_at=at))


def attempt_times(
    connection: Connection, identities: Collection[int], *, throttled: bool = False
) -> dict[int, list[datetime]]:
    """When the attempts of each of these copies began, in their order; `throttled`: also those asked to slow down."""
    batch = unpacked(connection.dialect.name, {"id": int})
    query = (
        select(attempts.c.delivery, attempts.c.started_at)
        .join(batch, batch.c.id == attempts.c.delivery)
        .order_by(attempts.c.delivery, attempts.c.number)
    )
    query = query if throttled else query.where(is_counted)
    times: dict[int, list[datetime]] = {}
    for delivery, started_at in connection.execute(query, {"rows": packed([identity] for identity in identities)}):
        times.setdefault(delivery, []).append(started_at)
    return times


def hand_overs(connection: Connection, relay: str, most: int) -> list[HandOver]:
    """The last contents that a relay accepted, or whose answers were lost: so many at most, the newest first."""
    handed_over = attempts.c.outcome.in_(["accepted", "unknown"])
    query = (
        select(attempts.c.started_at, attempts.c.finished_at, (attempts.c.outcome == "accepted").label("answered"))
        .where(attempts.c.relay == relay, handed_over)
        .order_by(attempts.c.started_at.desc(), attempts.c.id.desc())
        .limit(most)
    )
    return [HandOver(**row._asdict()) for row in connection.execute(query)]


def lost_before(connection: Connection, identities: Collection[int]) -> set[int]:
    """Which of these copies, whose answers are lost, had a loss before, in whatever mailing of their issue."""
    copy = deliveries.alias("copy")
    same_reader = (
        (deliveries.c.person == copy.c.person)
        & (deliveries.c.newsletter == copy.c.newsletter)
        & (deliveries.c.serial == copy.c.serial)
        & (deliveries.c.language == copy.c.language)
    )
    query = (
        select(copy.c.id)
        .join(deliveries, same_reader)
        .join(attempts, attempts.c.delivery == deliveries.c.id)
        .where(copy.c.id.in_(identities), attempts.c.outcome == "unknown")
        .group_by(copy.c.id)
        .having(func.count() > 1)
    )
    return set(connection.execute(query).scalars())
