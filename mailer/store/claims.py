"""Claims on the ledger: which process may hand over which copy, proved at every step by owner and epoch."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, func, insert, or_, select, update

from mailer.domain.delivery import Event, Outcome, State, advance
from mailer.domain.mailing import MailingState
from mailer.store.schema import attempts, deliveries, ledger_state, mailings, relay_outages


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to hand over one copy, until the lease ends or the epoch has moved on."""

    delivery: int
    owner: int
    epoch: int


def claim(
    connection: Connection,
    *,
    owner: int,
    now: datetime,
    lease_until: datetime,
    limit: int,
    mailing: int,
    judged_by: str,
) -> list[Claim]:
    """Take up to `limit` pending copies of a mailing that are due and may leave now.

    Entitled people only: a copy not judged by the present register and rules stays (`judged_by`).
    Approved bytes only: an approval that is required and does not seal exactly these hashes keeps its copies here.
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
    chosen = due.cte("due")
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(chosen.c.id)), deliveries.c.state == State.PENDING)
        .values(
            state=advance(State.PENDING, Event.CLAIMED),
            owner=owner,
            epoch=deliveries.c.epoch + 1,
            lease_until=lease_until,
            marked_at=None,
            next_attempt_at=None,
        )
        .returning(deliveries.c.id, deliveries.c.epoch)
    )
    rows = sorted(connection.execute(statement), key=lambda row: row.id)
    return [Claim(delivery=row.id, owner=owner, epoch=row.epoch) for row in rows]


def mark(connection: Connection, held: Claim, now: datetime) -> bool:
    """Write that the content may leave from now on; False when nothing may be sent.

    That is when the claim is lost, or when the mailing was paused or cancelled since the copy was claimed.
    """
    goes_on = select(mailings.c.id).where(
        mailings.c.id == deliveries.c.mailing, mailings.c.state == MailingState.SENDING
    )
    where = and_(_holds(held), deliveries.c.lease_until > now, deliveries.c.marked_at.is_(None), goes_on.exists())
    first = select(deliveries.c.mailing).where(deliveries.c.id == held.delivery).scalar_subquery()
    if connection.execute(update(deliveries).where(where).values(marked_at=now)).rowcount != 1:
        return False
    never = (mailings.c.id == first) & mailings.c.first_handover_at.is_(None)
    connection.execute(update(mailings).where(never).values(first_handover_at=now))
    return True


def record(
    connection: Connection,
    held: Claim,
    *,
    event: Event,
    outcome: Outcome,
    word: str,
    started_at: datetime,
    finished_at: datetime,
    next_attempt_at: datetime | None = None,
) -> bool:
    """Write an attempt and where it leaves the delivery; False when the claim was lost (the attempt stays written).

    A late reply to a copy that was taken for `uncertain` meanwhile settles it, if nobody has claimed it since.
    """
    reply = outcome.reply
    if connection.execute(select(deliveries.c.id).where(deliveries.c.id == held.delivery)).first() is None:
        return False  # its plan was replaced meanwhile
    connection.execute(
        insert(attempts).values(
            delivery=held.delivery,
            number=_next_number(held.delivery),
            started_at=started_at,
            finished_at=finished_at,
            outcome=word,
            code=reply.code if reply else None,
            status=reply.status if reply else "",
            text=reply.text if reply else outcome.detail,
            queue_id=reply.queue_id if reply else "",
            tls_version=outcome.tls_version,
        )
    )
    values = {"owner": None, "lease_until": None, "marked_at": None, "next_attempt_at": next_attempt_at}
    done = update(deliveries).where(_holds(held)).values(state=advance(State.SENDING, event), **values)
    if connection.execute(done).rowcount == 1:
        return True
    late = {Event.ACCEPTED: Event.SETTLED_ACCEPTED, Event.DEFERRED: Event.SETTLED_RESEND}.get(event)
    if late is not None:
        own = (deliveries.c.id == held.delivery) & (deliveries.c.epoch == held.epoch)
        where = own & (deliveries.c.state == State.UNCERTAIN)
        settled = advance(State.UNCERTAIN, late)
        connection.execute(update(deliveries).where(where).values(state=settled, next_attempt_at=next_attempt_at))
    return False


def give_back(connection: Connection, held: Collection[Claim], *, next_attempt_at: datetime | None = None) -> None:
    """Return copies of which nothing was tried: pending again, no attempt used."""
    for one in held:
        values = {"owner": None, "lease_until": None, "marked_at": None, "next_attempt_at": next_attempt_at}
        state = advance(State.SENDING, Event.UNUSED)
        where = _holds(one) & deliveries.c.marked_at.is_(None)
        connection.execute(update(deliveries).where(where).values(state=state, **values))


def take_over(connection: Connection, *, dead: Collection[int], now: datetime) -> tuple[int, list[int]]:
    """Free the copies of processes that are proved dead, and of leases that have ended.

    Returns how many became pending, and the ids of those that became uncertain: their content may have left.
    """
    gone = and_(
        deliveries.c.state == State.SENDING,
        or_(deliveries.c.owner.in_(list(dead)), deliveries.c.lease_until <= now),
    )
    free = {"owner": None, "lease_until": None, "marked_at": None}
    begun = select(deliveries.c.id, deliveries.c.marked_at).where(gone, deliveries.c.marked_at.is_not(None))
    for copy in connection.execute(begun).all():
        connection.execute(
            insert(attempts).values(
                delivery=copy.id,
                number=_next_number(copy.id),
                started_at=copy.marked_at,
                finished_at=now,
                outcome="unknown",
                status="",
                text="its sender ended before the reply: it may have arrived",
                queue_id="",
                tls_version="",
            )
        )
    marked = (
        update(deliveries)
        .where(gone, deliveries.c.marked_at.is_not(None))
        .values(state=advance(State.SENDING, Event.ABANDONED_MARKED), **free)
        .returning(deliveries.c.id)
    )
    uncertain = sorted(connection.execute(marked).scalars())
    unmarked = (
        update(deliveries)
        .where(gone, deliveries.c.marked_at.is_(None))
        .values(state=advance(State.SENDING, Event.ABANDONED), **free)
    )
    return connection.execute(unmarked).rowcount, uncertain


def ledger_epoch(connection: Connection) -> int:
    """How many claims there were: what tells a restored backup from the ledger that went on."""
    return connection.execute(select(ledger_state.c.epoch)).scalar() or 0


def advance_epoch(connection: Connection) -> int:
    """The next epoch of the ledger, begun with a claim."""
    if connection.execute(update(ledger_state).values(epoch=ledger_state.c.epoch + 1)).rowcount == 0:
        connection.execute(insert(ledger_state).values(id=1, epoch=1))
    return ledger_epoch(connection)


def left_since(connection: Connection, since: datetime) -> int:
    """How many copies were tried after that instant or are claimed now, by any process: what a limit a minute counts."""
    tried = select(func.count()).select_from(attempts).where(attempts.c.started_at > since)
    claimed = select(func.count()).select_from(deliveries).where(deliveries.c.state == State.SENDING)
    return connection.execute(tried).scalar_one() + connection.execute(claimed).scalar_one()


def first_attempt_at(connection: Connection, delivery: int) -> datetime | None:
    """When a copy was tried first."""
    query = select(attempts.c.started_at).where(attempts.c.delivery == delivery, attempts.c.number == 1)
    return connection.execute(query).scalar()


def open_outage(connection: Connection) -> str | None:
    """Why the relay cannot be used now; None when it can, as far as is known."""
    return connection.execute(select(relay_outages.c.reason).where(relay_outages.c.ended_at.is_(None))).scalar()


def outage_begins(connection: Connection, now: datetime, reason: str) -> None:
    """Note that the relay cannot be used; one open outage at a time."""
    if connection.execute(select(relay_outages.c.id).where(relay_outages.c.ended_at.is_(None))).first() is None:
        connection.execute(insert(relay_outages).values(began_at=now, reason=reason))


def outage_ends(connection: Connection, now: datetime) -> None:
    """Note that the relay can be used again."""
    connection.execute(update(relay_outages).where(relay_outages.c.ended_at.is_(None)).values(ended_at=now))


def outages_since(connection: Connection, since: datetime) -> list[tuple[datetime, datetime | None]]:
    """The relay's outages that had not ended at that instant."""
    query = select(relay_outages.c.began_at, relay_outages.c.ended_at).where(
        or_(relay_outages.c.ended_at.is_(None), relay_outages.c.ended_at > since)
    )
    return [(row.began_at, row.ended_at) for row in connection.execute(query)]


def _next_number(delivery: int) -> ScalarSelect[int]:
    return select(func.count() + 1).where(attempts.c.delivery == delivery).scalar_subquery()


def _holds(held: Claim) -> ColumnElement[bool]:
    return and_(
        deliveries.c.id == held.delivery,
        deliveries.c.state == State.SENDING,
        deliveries.c.owner == held.owner,
        deliveries.c.epoch == held.epoch,
    )
