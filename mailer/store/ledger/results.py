"""Writes the results of attempts to the ledger, many at a time, where the claim still holds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from mailer.domain.delivery import SETTLED_LATE, Event, Outcome, State, advance
from mailer.domain.lost_answers import HandOver
from mailer.store.columns import UtcDateTime
from mailer.store.ledger.batches import ForRows, listed, packed
from mailer.store.ledger.claims import Claim
from mailer.store.schema import (
    THROTTLED,
    attempts,
    columns_in,
    deliveries,
    is_counted,
    is_pending,
    is_sending,
    mailings,
)


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
    begun = {result.claim.mailing: result.started_at for result in reversed(results) if result.begun}
    for mailing, at in begun.items():
        begin_mailing(connection, mailing, at)
    # Most copies are accepted at the first claim: few statements, however many results.
    alike: dict[tuple[Event, int, datetime | None], list[int]] = {}
    for claim, event, _, _, _, _, next_attempt_at in results:
        alike.setdefault((event, claim.epoch, next_attempt_at), []).append(claim.delivery)
    for (event, epoch, next_attempt_at), identities in alike.items():
        move, settle = _moves(connection.dialect.name, event)
        rows = {"values": packed(identities), "of_epoch": epoch, "later": next_attempt_at, "owned_by": owner}
        if connection.execute(move, rows).rowcount < len(identities):
            connection.execute(settle, rows)
    # Now that these rows are ours, and not those of a process that frees what a lease left: both would be attempt 1.
    add_attempts(connection, [_attempt(relay, result) for result in results if result.outcome is not None])


@cache
def _moves(dialect: str, event: Event) -> tuple[Update, Update]:
    """The statement that moves copies on that `owned_by` has in hand, and the one that settles those declared uncertain.

    A copy whose reply is lost stays uncertain, for a person: no journal tells more, and its sender may keep no line of it.
    """
    own = deliveries.c.id.in_(listed(dialect, int)) & (deliveries.c.epoch == bindparam("of_epoch"))
    # `owner + 0` keeps the index of owners out: the rows are looked up by id, not among all that the owner has in hand.
    held = and_(own, is_sending, deliveries.c.owner + 0 == bindparam("owned_by"))
    move = _moved(held, advance(State.SENDING, event)).values(owner=None, relay=None, lease_until=None, marked_at=None)
    late = SETTLED_LATE.get(event)
    to = advance(State.UNCERTAIN, late) if late is not None else State.UNCERTAIN
    return move, _moved(own & (deliveries.c.state == State.UNCERTAIN), to).values(owner=None)


def _moved(which: ColumnElement[bool], to: State) -> Update:
    later = bindparam("later", type_=UtcDateTime()) if to is State.PENDING else None
    return update(deliveries).where(which).values(columns_in(to) | {"next_attempt_at": later})


def _attempt(relay: str, result: Result) -> tuple[object, ...]:
    outcome = result.outcome
    assert outcome is not None, "without an outcome there is no attempt"
    word = type(outcome).__name__.lower()
    head = (result.claim.delivery, relay, result.started_at, result.finished_at, word)
    reply = outcome.reply
    if reply is None:
        return (*head, None, "", outcome.detail, "", outcome.tls_version)
    return (*head, reply.code, reply.status, reply.text, reply.queue_id, outcome.tls_version)


def add_attempts(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Write each row as its delivery's next attempt, its values in the order of `_ATTEMPT`.

    A row without a delivery is left out: its plan was replaced meanwhile.
    """
    _ADD_ATTEMPTS.execute(connection, rows)


def _adding_attempts(batch: FromClause) -> Insert:
    before = select(func.count()).where(attempts.c.delivery == batch.c.delivery).scalar_subquery()
    its_delivery = exists().where(deliveries.c.id == batch.c.delivery)
    rows = select(*(batch.c[name] for name in _ATTEMPT), before + 1).where(its_delivery)
    return insert(attempts).from_select([*_ATTEMPT, "number"], rows)


_ADD_ATTEMPTS = ForRows(_ATTEMPT, _adding_attempts)


def without_recorded(connection: Connection, results: Sequence[Result]) -> list[Result]:
    """The results whose attempts are not written yet."""
    rows = {"values": packed([result.claim.delivery for result in results])}
    query = select(attempts.c.delivery, attempts.c.started_at, attempts.c.finished_at).where(
        attempts.c.delivery.in_(listed(connection.dialect.name, int))
    )
    written = {tuple(row) for row in connection.execute(query, rows)}
    return [
        result for result in results if (result.claim.delivery, result.started_at, result.finished_at) not in written
    ]


def take_back(connection: Connection, identities: Collection[int], now: datetime) -> None:
    """Take back the last attempts of these copies, which were deferred for a trouble of the relay: they are due now."""
    rows = {"values": packed(identities)}
    chosen = listed(connection.dialect.name, int)
    later = attempts.alias("later")
    last = select(func.max(later.c.number)).where(later.c.delivery == attempts.c.delivery).scalar_subquery()
    deferred = attempts.c.delivery.in_(chosen) & (attempts.c.outcome == "deferred") & (attempts.c.number == last)
    connection.execute(update(attempts).where(deferred).values(outcome=THROTTLED), rows)
    waiting = deliveries.c.id.in_(chosen) & is_pending & (deliveries.c.next_attempt_at > now)
    connection.execute(update(deliveries).where(waiting).values(next_attempt_at=now), rows)


def begin_mailing(connection: Connection, mailing: int, at: datetime) -> None:
    """Record that a message of the mailing may have left: its plan is never replaced from now on."""
    connection.execute(_BEGIN, {"of_mailing": mailing, "at": at})


# Built once: a sender executes it at every turn.
_BEGIN = (
    update(mailings)
    .where(mailings.c.id == bindparam("of_mailing"), mailings.c.first_handover_at.is_(None))
    .values(first_handover_at=bindparam("at", type_=UtcDateTime()))
)


def attempt_times(
    connection: Connection, identities: Collection[int], *, throttled: bool = False
) -> dict[int, list[datetime]]:
    """When the attempts of each of these copies began, in their order; `throttled`: also those asked to slow down."""
    query = (
        select(attempts.c.delivery, attempts.c.started_at)
        .where(attempts.c.delivery.in_(listed(connection.dialect.name, int)))
        .order_by(attempts.c.delivery, attempts.c.number)
    )
    query = query if throttled else query.where(is_counted)
    times: dict[int, list[datetime]] = {}
    for delivery, started_at in connection.execute(query, {"values": packed(identities)}):
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
        & (deliveries.c.first_mailing == copy.c.first_mailing)
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
