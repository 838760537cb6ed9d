"""The lease that makes one daemon, of all that run, the scheduler."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, case, or_, select, update

from mailer.domain.due import CLOCKS_DIFFER, has_come
from mailer.store import columns
from mailer.store.columns import insert_into
from mailer.store.ledger.owners import Owner, owner_of
from mailer.store.schema import leases, owners


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who leads, until when unless they renew it, and how often the lease went to another process."""

    holder: Owner
    until: datetime
    epoch: int


def lease(connection: Connection, name: str, now: datetime, lasting: timedelta) -> Lease | None:
    """The lease of this name, which lasts so long.

    None when there is none, when it has run out or its holder has ended, or when the clock was ahead.
    """
    row = connection.execute(_LEASE, {"of_name": name}).first()
    if row is None or has_come(row.until, now, longest=lasting + CLOCKS_DIFFER):
        return None
    return Lease(holder=owner_of(row), until=row.until, epoch=row.epoch)


# Built once: it is executed every second.
_LEASE = (
    select(owners, leases.c.until, leases.c.epoch)
    .join(leases, leases.c.owner == owners.c.id)
    .where(leases.c.name == bindparam("of_name"), owners.c.ended_at.is_(None))
)


def take_lease(
    connection: Connection, name: str, owner: int, *, now: datetime, lasting: timedelta, dead: int | None = None
) -> int | None:
    """Take or renew the lease, also from the `dead` owner; returns its epoch, or None when another process holds it.

    One statement: of two processes, or two threads of one, that take it at once, the second waits for the first and then
    sees what that has written.
    """
    ended = select(owners.c.id).where(owners.c.ended_at.is_not(None))
    free = or_(
        leases.c.owner.in_([owner, dead] if dead is not None else [owner]),
        leases.c.owner.in_(ended),
        columns.has_come(leases.c.until, now, now + lasting + CLOCKS_DIFFER),
    )
    new = insert_into(connection, leases).values(name=name, owner=owner, until=now + lasting, epoch=1)
    grown = leases.c.epoch + case((leases.c.owner == owner, 0), else_=1)
    renewed = {"owner": owner, "until": now + lasting, "epoch": grown}
    upsert = new.on_conflict_do_update(index_elements=[leases.c.name], set_=renewed, where=free)
    epoch: int | None = connection.execute(upsert.returning(leases.c.epoch)).scalar()
    return epoch


def leave_lease(connection: Connection, name: str, owner: int, now: datetime) -> bool:
    """Let the lease end now; False when it is another process's by this time."""
    own = (leases.c.name == name) & (leases.c.owner == owner)
    return connection.execute(update(leases).where(own).values(until=now)).rowcount == 1


def lease_epoch(connection: Connection, name: str) -> int:
    """How often the lease of this name went from one process to another, whether it has run out or not; 0: never held."""
    return connection.execute(select(leases.c.epoch).where(leases.c.name == name)).scalar() or 0
