"""What came of the copies in hand, written to the ledger many at a time, and only where the claim still holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Connection, Insert, Update, and_, bindparam, func, insert, select, update

from mailer.domain.delivery import Event, Outcome, State, advance
from mailer.store.ledger.batches import instant, packed, unpacked
from mailer.store.ledger.claims import Claim
from mailer.store.schema import attempts, deliveries, is_sending, mailings


class Result(NamedTuple):
    """What came of a claim. `outcome` None: nothing was tried, and it waits again, until `next_attempt_at` if given.

    `begun` tells whether content may have left. Instants are aware, in UTC.
    """

    claim: Claim
    event: Event
    outcome: Outcome | None
    begun: bool
    started_at: datetime
    finished_at: datetime
    next_attempt_at: datetime | None = None


# What a late word does to a copy that was taken for uncertain meanwhile.
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
    """Write attempts, and where they leave their deliveries. The attempts of claims that were lost are written too.

    A late answer to a copy that was taken for `uncertain` meanwhile settles it, and so does the word that nothing of it
    left, if nobody has claimed it since.
    """
    tried = [_attempt(relay, one) for one in results if one.outcome is not None]
    if tried:
        add_attempts(connection, tried)
    begun = {one.claim.mailing: one.started_at for one in reversed(results) if one.begun}
    for mailing, at in begun.items():
        begin_mailing(connection, mailing, at)
    done, settled = _moves(connection.dialect.name)
    rows = {"rows": packed([_move(one) for one in results]), "owned_by": owner}
    if connection.execute(done, rows).rowcount < len(results):
        connection.execute(settled, rows)


@cache
def _moves(dialect: str) -> tuple[Update, Update]:
    """Moves what is in hand of `owned_by`, and settles what was taken for uncertain meanwhile."""
    batch = unpacked(dialect, _MOVE)
    own = and_(deliveries.c.id == batch.c.id, deliveries.c.epoch == batch.c.epoch)
    # `owner + 0`: found by their ids, not one by one among all that the owner has in hand.
    held = and_(own, is_sending, deliveries.c.owner + 0 == bindparam("owned_by"))
    done = update(deliveries).where(held).values(state=batch.c.state, next_attempt_at=batch.c.next_attempt_at)
    late = and_(own, deliveries.c.state == State.UNCERTAIN, batch.c.late.is_not(None))
    settled = update(deliveries).where(late).values(state=batch.c.late, next_attempt_at=batch.c.next_attempt_at)
    return done.values(owner=None, relay=None, lease_until=None, marked_at=None), settled


def _move(result: Result) -> tuple[int, int, State, State | None, str | None]:
    to, late = _AFTER[result.event], _LATE.get(result.event)
    again = result.next_attempt_at if to is State.PENDING else None
    settled = advance(State.UNCERTAIN, late) if late is not None else None
    return result.claim.delivery, result.claim.epoch, to, settled, instant(again)


def _attempt(relay: str, result: Result) -> tuple[object, ...]:
    outcome = result.outcome
    assert outcome is not None, "what was not tried is no attempt"
    word = type(outcome).__name__.lower()
    head = (result.claim.delivery, relay, instant(result.started_at), instant(result.finished_at), word)
    reply = outcome.reply
    if reply is None:
        return (*head, None, "", outcome.detail, "", outcome.tls_version)
    return (*head, reply.code, reply.status, reply.text, reply.queue_id, outcome.tls_version)


def add_attempts(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Each of these is its delivery's next attempt: delivery, relay, began, ended, outcome, code, status, text, queue id
    and TLS version. What has no delivery is left out: its plan was replaced meanwhile.
    """
    connection.execute(_attempting(connection.dialect.name), {"rows": packed(rows)})


@cache
def _attempting(dialect: str) -> Insert:
    batch = unpacked(dialect, _ATTEMPT)
    before = select(func.count()).where(attempts.c.delivery == batch.c.delivery).scalar_subquery()
    there = deliveries.join(batch, batch.c.delivery == deliveries.c.id)
    found = select(*(batch.c[name] for name in _ATTEMPT), before + 1).select_from(there)
    return insert(attempts).from_select([*_ATTEMPT, "number"], found)


def begin_mailing(connection: Connection, mailing: int, at: datetime) -> None:
    """A message of it may have left: from now on its plan is never replaced."""
    never = (mailings.c.id == mailing) & mailings.c.first_handover_at.is_(None)
    connection.execute(update(mailings).where(never).values(first_handover_at=at))


def tries(connection: Connection, identities: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """How often each of these copies was tried, and when first; those never tried are left out."""
    batch = unpacked(connection.dialect.name, {"id": int})
    query = (
        select(attempts.c.delivery, func.count(), func.min(attempts.c.started_at))
        .join(batch, batch.c.id == attempts.c.delivery)
        .group_by(attempts.c.delivery)
    )
    found = connection.execute(query, {"rows": packed([identity] for identity in identities)})
    return {identity: (number, first) for identity, number, first in found}
