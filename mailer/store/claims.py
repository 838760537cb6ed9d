"""Claims on the ledger: which process may hand over which copy, proved at every step by owner and epoch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from mailer.domain.delivery import Event, Outcome, State, Trace, advance, left_by_the_dead
from mailer.domain.mailing import MailingState
from mailer.store.schema import attempts, deliveries, ledger_state, mailings

# How many rows one statement names: well within what a database takes as parameters.
_AT_ONCE = 500
_LATE = {
    Event.ACCEPTED: Event.SETTLED_ACCEPTED,
    Event.DEFERRED: Event.SETTLED_RESEND,
    Event.UNUSED: Event.SETTLED_RESEND,
}
_FREE = {"owner": None, "relay": None, "lease_until": None, "marked_at": None}


@dataclass(slots=True, frozen=True, kw_only=True)
class Claim:
    """The right to hand over one copy, until the lease ends or the epoch has moved on, with what the copy says."""

    delivery: int
    epoch: int
    mailing: int
    person: str
    language: str
    variant: str
    copy_number: int
    address: str
    family: str
    name: str
    salutation: str
    paid_until: date | None
    message_id: str


@dataclass(slots=True, frozen=True, kw_only=True)
class Result:
    """What came of a claim. `outcome` None: nothing was tried, and it waits again, until `next_attempt_at` if given.

    `begun` tells whether content may have left. Instants are aware.
    """

    claim: Claim
    event: Event
    outcome: Outcome | None
    begun: bool
    started_at: datetime
    finished_at: datetime
    next_attempt_at: datetime | None = None


_CLAIMED = tuple(name if name != "delivery" else "id" for name in Claim.__slots__)


def claim(
    connection: Connection,
    *,
    owner: int,
    relay: str,
    now: datetime,
    lease_until: datetime,
    limit: int,
    mailing: int,
    judged_by: str,
    family: str | None = None,
    without: Collection[str] = (),
) -> list[Claim]:
    """Take up to `limit` pending copies of a mailing that are due and may leave now, for one relay, and mark them.

    Marked: from now on their content may leave. Entitled people only: a copy not judged by the present register and
    rules stays (`judged_by`). Approved bytes only: an approval that is required and does not seal exactly these hashes
    keeps its copies here. Only those of one `family`, or those of all families but `without`.
    """
    due = (
        select(deliveries.c.id)
        .join(mailings, mailings.c.id == deliveries.c.mailing)
        .where(
            deliveries.c.mailing == mailing,
            deliveries.c.state == State.PENDING,
            deliveries.c.judged_by == judged_by,
            or_(deliveries.c.next_attempt_at.is_(None), deliveries.c.next_attempt_at <= now),
            mailings.c.state == MailingState.SENDING,
            mailings.c.starts_at <= now,
            or_(mailings.c.approval_required.is_(False), mailings.c.approved_hash == mailings.c.seal),
        )
        .order_by(deliveries.c.next_attempt_at.asc().nulls_first(), deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    if family is not None:
        due = due.where(deliveries.c.family == family)
    elif without:
        due = due.where(deliveries.c.family.not_in(sorted(without)))
    chosen = due.cte("due")
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(chosen.c.id)), deliveries.c.state == State.PENDING)
        .values(
            state=advance(State.PENDING, Event.CLAIMED),
            owner=owner,
            relay=relay,
            epoch=deliveries.c.epoch + 1,
            lease_until=lease_until,
            marked_at=now,
            next_attempt_at=None,
        )
        .returning(*(deliveries.c[name] for name in _CLAIMED))
    )
    rows = sorted(connection.execute(statement).all(), key=lambda row: row[0])
    return [Claim(**dict(zip(Claim.__slots__, row, strict=True))) for row in rows]


def record(connection: Connection, owner: int, relay: str, results: Sequence[Result]) -> None:
    """Write attempts, and where they leave their deliveries. The attempts of claims that were lost are written too.

    A late answer to a copy that was taken for `uncertain` meanwhile settles it, and so does the word that nothing of it
    left, if nobody has claimed it since.
    """
    for start in range(0, len(results), _AT_ONCE):
        _record(connection, owner, relay, results[start : start + _AT_ONCE])


def _record(connection: Connection, owner: int, relay: str, results: Sequence[Result]) -> None:
    ids = [one.claim.delivery for one in results]
    # Its plan may have been replaced meanwhile.
    there = set(connection.execute(select(deliveries.c.id).where(deliveries.c.id.in_(ids))).scalars())
    tried = [one for one in results if one.outcome is not None and one.claim.delivery in there]
    _add_attempts(connection, [_attempt(relay, one) for one in tried])
    begun = {one.claim.mailing: one.started_at for one in reversed(tried) if one.begun}
    for mailing, at in begun.items():
        _begin_mailing(connection, mailing, at)
    for _, group in groupby(sorted(results, key=_move), _move):
        alike = list(group)
        one = alike[0]
        own = and_(deliveries.c.id.in_([each.claim.delivery for each in alike]), deliveries.c.epoch == one.claim.epoch)
        held = and_(own, deliveries.c.state == State.SENDING, deliveries.c.owner == owner)
        to = advance(State.SENDING, one.event)
        values = {"state": to, "next_attempt_at": one.next_attempt_at if to is State.PENDING else None, **_FREE}
        late = _LATE.get(one.event)
        if connection.execute(update(deliveries).where(held).values(**values)).rowcount < len(alike) and late:
            values = {"state": advance(State.UNCERTAIN, late), "next_attempt_at": one.next_attempt_at}
            uncertain = and_(own, deliveries.c.state == State.UNCERTAIN)
            connection.execute(update(deliveries).where(uncertain).values(**values))


def _move(result: Result) -> tuple[str, int, str]:
    """What results must share to be written by one statement."""
    again = result.next_attempt_at
    return result.event, result.claim.epoch, again.isoformat() if again else ""


def _attempt(relay: str, result: Result) -> dict[str, object]:
    outcome = result.outcome
    assert outcome is not None
    reply = outcome.reply
    return {
        "of": result.claim.delivery,
        "delivery": result.claim.delivery,
        "relay": relay,
        "started_at": result.started_at,
        "finished_at": result.finished_at,
        "outcome": type(outcome).__name__.lower(),
        "code": reply.code if reply else None,
        "status": reply.status if reply else "",
        "text": reply.text if reply else outcome.detail,
        "queue_id": reply.queue_id if reply else "",
        "tls_version": outcome.tls_version,
    }


def _add_attempts(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        before = select(func.count() + 1).where(attempts.c.delivery == bindparam("of")).scalar_subquery()
        connection.execute(insert(attempts).values(number=before), rows)


def _begin_mailing(connection: Connection, mailing: int, at: datetime) -> None:
    """A message of it may have left: from now on its plan is never replaced."""
    never = (mailings.c.id == mailing) & mailings.c.first_handover_at.is_(None)
    connection.execute(update(mailings).where(never).values(first_handover_at=at))


Traces = Mapping[tuple[int, int], Trace]
# The outcome and the words of an attempt that another process reads out of a dead one's journal, by what became of it.
_READ = {
    Event.ACCEPTED: ("accepted", "its sender ended before it wrote this; the answer stands in its journal"),
    Event.DEFERRED: ("deferred", "its sender ended before it wrote this; the answer stands in its journal"),
    Event.REJECTED: ("rejected", "its sender ended before it wrote this; the answer stands in its journal"),
    Event.ABANDONED_MARKED: ("unknown", "its sender ended before the reply: it may have arrived"),
}


def take_over(connection: Connection, *, dead: Mapping[int, Traces | None], now: datetime) -> tuple[int, list[int]]:
    """Free the copies of processes that are proved dead, by their journals, and of leases that have ended.

    `dead` has each dead owner's journal; None when it cannot be read. Without a journal every copy may have left.
    Returns how many became pending, and the ids of those that became uncertain.
    """
    columns = ("id", "epoch", "owner", "relay", "mailing", "marked_at")
    gone = and_(
        deliveries.c.state == State.SENDING,
        or_(deliveries.c.owner.in_(list(dead)), deliveries.c.lease_until <= now),
    )
    pending, uncertain = 0, []
    for copy in connection.execute(select(*(deliveries.c[name] for name in columns)).where(gone)).all():
        traces = dead.get(copy.owner)
        event = Event.ABANDONED_MARKED if traces is None else left_by_the_dead(traces.get((copy.id, copy.epoch)))
        if event in _READ:
            outcome, words = _READ[event]
            code = traces[copy.id, copy.epoch].code if traces and (copy.id, copy.epoch) in traces else 0
            row = {"of": copy.id, "delivery": copy.id, "relay": copy.relay or "", "started_at": copy.marked_at}
            row |= {"finished_at": now, "outcome": outcome, "code": code or None, "status": "", "text": words}
            _add_attempts(connection, [row | {"queue_id": "", "tls_version": ""}])
            _begin_mailing(connection, copy.mailing, copy.marked_at)
        own = (deliveries.c.id == copy.id) & (deliveries.c.epoch == copy.epoch)
        values = {"state": advance(State.SENDING, event), **_FREE}
        connection.execute(update(deliveries).where(own, deliveries.c.state == State.SENDING).values(**values))
        pending += values["state"] == State.PENDING
        uncertain += [copy.id] if event is Event.ABANDONED_MARKED else []
    return pending, uncertain


def ledger_epoch(connection: Connection) -> int:
    """How many claims there were: what tells a restored backup from the ledger that went on."""
    return connection.execute(select(ledger_state.c.epoch)).scalar() or 0


def advance_epoch(connection: Connection) -> int:
    """The next epoch of the ledger, begun with a claim."""
    if connection.execute(update(ledger_state).values(epoch=ledger_state.c.epoch + 1)).rowcount == 0:
        connection.execute(insert(ledger_state).values(id=1, epoch=1))
    return ledger_epoch(connection)


def go_on(connection: Connection, identities: Collection[int]) -> set[int]:
    """Those of these mailings of which copies may still leave: neither paused nor cancelled nor held since."""
    query = select(mailings.c.id).where(mailings.c.id.in_(identities), mailings.c.state == MailingState.SENDING)
    return set(connection.execute(query).scalars())


def tries(connection: Connection, identities: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """How often each of these copies was tried, and when first; those never tried are left out."""
    query = (
        select(attempts.c.delivery, func.count(), func.min(attempts.c.started_at))
        .where(attempts.c.delivery.in_(identities))
        .group_by(attempts.c.delivery)
    )
    return {identity: (number, first) for identity, number, first in connection.execute(query)}
