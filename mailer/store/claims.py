"""Claims on the ledger: which process may hand over which copy, proved at every step by owner and epoch."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, or_, select, update

from mailer.domain.delivery import Event, State, advance
from mailer.domain.mailing import MailingState
from mailer.store.schema import deliveries, is_pending, ledger_state, mailings


class Claim(NamedTuple):
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


_CLAIMED = ("id", *Claim._fields[1:])


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
            is_pending,
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
    return sorted(map(Claim._make, connection.execute(statement).all()))


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
