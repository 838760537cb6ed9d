"""Claims: which process may hand over which copy, proved at every step by owner and epoch."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, or_, select, update

from mailer.domain.circulation import Copy
from mailer.domain.delivery import Event, State, advance
from mailer.domain.errors import MailerError
from mailer.domain.mailing import MailingState
from mailer.domain.retry import LONGEST_WAIT
from mailer.store.columns import UtcDateTime, has_come, insert_into
from mailer.store.copies.rows import COPY_COLUMNS, copy_from
from mailer.store.ledger.batches import gathered, listed, packed, read
from mailer.store.schema import columns_in, deliveries, is_pending, is_sending, ledger_state, mailings


class Claim(NamedTuple):
    """The right to hand over one copy, until the lease ends or the delivery's epoch has moved on."""

    delivery: int
    epoch: int
    mailing: int
    family: str
    copy: Copy
    message_id: str


_CLAIMED = ("id", "epoch", "family", "message_id", *COPY_COLUMNS)


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
    """Claim up to `limit` pending copies of a mailing that are due, for one relay, and mark them as ones that may leave.

    Copies not yet judged by the present register and rules (`judged_by`) stay, and so does a mailing that needs an
    approval and has none for exactly its hashes. Only copies to one `family` are claimed, or to all but `without`.
    """
    which = "family" if family is not None else ("without" if without else "")
    parameters: dict[str, object] = {
        "of_mailing": mailing,
        "judged": judged_by,
        "now": now,
        "latest": now + LONGEST_WAIT,
        "up_to": limit,
    }
    if family is not None:
        parameters["one_family"] = family
    elif without:
        parameters["values"] = packed(sorted(without))
    find, take = _claiming(connection.dialect.name, which)
    claimed = [_claim(mailing, row) for row in read(connection.execute(find, parameters).scalar())]
    if claimed:
        parameters = {"values": packed(claim.delivery for claim in claimed), "now": now, "by_owner": owner}
        count = connection.execute(take, parameters | {"by_relay": relay, "lease": lease_until}).rowcount
        if count != len(claimed):  # the error undoes the transaction, so that none of them leaves
            raise MailerError(f"{len(claimed)} copies were selected and locked, but {count} could be claimed")
    return claimed


def _claim(mailing: int, row: list[Any]) -> Claim:
    delivery, epoch, family, message_id, *columns = row
    paid_until = columns[-1]
    columns[-1] = date.fromisoformat(paid_until) if paid_until is not None else None
    return Claim(delivery, epoch + 1, mailing, family, copy_from(*columns), message_id)  # claiming raises the epoch


@cache
def _claiming(dialect: str, which: str) -> tuple[Select[Any], Update]:
    """The statement that selects and locks copies, all in one value, and the one that claims them."""
    now = bindparam("now", type_=UtcDateTime())
    due = (
        select(*(deliveries.c[name] for name in _CLAIMED))
        .join(mailings, mailings.c.id == deliveries.c.mailing)
        .where(
            deliveries.c.mailing == bindparam("of_mailing"),
            is_pending,
            deliveries.c.judged_by == bindparam("judged"),
            is_due(now, bindparam("latest", type_=UtcDateTime())),
            mailings.c.state == MailingState.SENDING,
            mailings.c.starts_at <= now,
            or_(mailings.c.approval_required.is_(False), mailings.c.approved_hash == mailings.c.seal),
        )
        .order_by(deliveries.c.next_attempt_at.asc().nulls_first(), deliveries.c.id)
        .limit(bindparam("up_to"))
        .with_for_update(skip_locked=True, of=deliveries)
    )
    if which == "family":
        due = due.where(deliveries.c.family == bindparam("one_family"))
    elif which == "without":
        due = due.where(deliveries.c.family.not_in(listed(dialect, str)))
    take = (
        update(deliveries)
        .where(deliveries.c.id.in_(listed(dialect, int)), deliveries.c.state == State.PENDING)
        .values(columns_in(advance(State.PENDING, Event.CLAIMED)))
        .values(
            owner=bindparam("by_owner"),
            relay=bindparam("by_relay"),
            epoch=deliveries.c.epoch + 1,
            lease_until=bindparam("lease"),
            marked_at=now,
            next_attempt_at=None,
        )
    )
    return gathered(dialect, due.subquery("due")), take


def is_due(now: ColumnElement[Any], latest: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a pending copy waits for nothing; `latest` is the furthest that any waits for."""
    return or_(deliveries.c.next_attempt_at.is_(None), has_come(deliveries.c.next_attempt_at, now, latest))


def renew(connection: Connection, owner: int, *, now: datetime, lease_until: datetime) -> set[int]:
    """Renew the owner's leases, and return of which deliveries; one that has ended is not renewed: others may act on that."""
    rows = {"by_owner": owner, "now": now, "lease": lease_until}
    return set(connection.execute(_RENEW, rows).scalars())


# Built once: a sender executes it every few seconds.
_RENEW = (
    update(deliveries)
    .where(deliveries.c.owner == bindparam("by_owner"), is_sending)
    .where(deliveries.c.lease_until > bindparam("now", type_=UtcDateTime()))
    .values(lease_until=bindparam("lease", type_=UtcDateTime()))
    .returning(deliveries.c.id)
)


# Built once: a sender asks them at every turn, and building one takes longer than its answer.
_EPOCH = select(ledger_state.c.epoch)
_ADVANCE = update(ledger_state).values(epoch=ledger_state.c.epoch + 1).returning(ledger_state.c.epoch)


def ledger_epoch(connection: Connection) -> int:
    """How often copies were claimed: a restored backup has a lower number than the ledger it replaces."""
    return connection.execute(_EPOCH).scalar() or 0


def advance_epoch(connection: Connection) -> int:
    """Raise the epoch of the ledger by one, as each claim does; returns it."""
    epoch: int | None = connection.execute(_ADVANCE).scalar()
    if epoch is None:
        lock_claims(connection)
        epoch = connection.execute(_ADVANCE).scalar_one()
    return epoch


def lock_claims(connection: Connection) -> None:
    """Keep other processes from claiming until this transaction ends, so that copies counted now stay counted.

    Call it before anything is written: then two processes never wait for each other.
    """
    connection.execute(insert_into(connection, ledger_state).values(id=1, epoch=0).on_conflict_do_nothing())
    connection.execute(select(ledger_state.c.epoch).with_for_update())
