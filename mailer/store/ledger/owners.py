"""The processes that send, each with a lock of its own, and the one lease that makes a daemon the scheduler."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from mailer.domain.due import CLOCKS_DIFFER, has_come
from mailer.store import columns
from mailer.store.columns import insert_into
from mailer.store.schema import deliveries, is_sending, leases, owners


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A sending process. Others can take its lock file only when it is dead."""

    id: int
    host: str
    boot_id: str
    pid: int
    lock: str


def add_owner(connection: Connection, *, host: str, boot_id: str, pid: int, lock: str, now: datetime) -> Owner:
    """Enter a process that is about to send and holds its lock already."""
    row = connection.execute(
        insert(owners).values(host=host, boot_id=boot_id, pid=pid, lock=lock, started_at=now).returning(owners.c.id)
    )
    return Owner(id=row.scalar_one(), host=host, boot_id=boot_id, pid=pid, lock=lock)


def end_owner(connection: Connection, owner: int, now: datetime) -> None:
    """Note that the process has ended; its leases end with it."""
    connection.execute(update(owners).where(owners.c.id == owner).values(ended_at=now))
    connection.execute(delete(leases).where(leases.c.owner == owner))


def owners_with_copies(connection: Connection) -> list[Owner]:
    """Every process with copies in `sending`."""
    busy = select(deliveries.c.owner).where(is_sending).distinct()
    return [_owner(row) for row in connection.execute(select(owners).where(owners.c.id.in_(busy)))]


def idle_owners(connection: Connection) -> list[Owner]:
    """Every process that has not noted its end, and has no copies in `sending`."""
    busy = select(deliveries.c.owner).where(is_sending)
    idle = owners.c.ended_at.is_(None) & owners.c.id.not_in(busy)
    return [_owner(row) for row in connection.execute(select(owners).where(idle))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who leads, and until when unless they renew it."""

    holder: Owner
    until: datetime


def lease(connection: Connection, name: str, now: datetime, lasting: timedelta) -> Lease | None:
    """The lease of this name, which lasts so long; None when there is none, when it has run out, or the clock was ahead."""
    row = connection.execute(_LEASE, {"of_name": name}).first()
    if row is None or has_come(row.until, now, longest=lasting + CLOCKS_DIFFER):
        return None
    return Lease(holder=_owner(row), until=row.until)


# Built once: it is executed every second.
_LEASE = (
    select(owners, leases.c.until)
    .join(leases, leases.c.owner == owners.c.id)
    .where(leases.c.name == bindparam("of_name"))
)


def take_lease(
    connection: Connection, name: str, owner: int, *, now: datetime, lasting: timedelta, dead: int | None = None
) -> bool:
    """Take or renew the lease, also from the `dead` owner; False when another process holds it.

    When two processes take it at once on PostgreSQL, the second waits for the first, and then it is held.
    """
    by_owner = leases.c.owner.in_([owner, dead] if dead is not None else [owner])
    free = or_(by_owner, columns.has_come(leases.c.until, now, now + lasting + CLOCKS_DIFFER))
    values = {"owner": owner, "until": now + lasting}
    if connection.execute(update(leases).where(leases.c.name == name, free).values(values)).rowcount:
        return True
    first = insert_into(connection, leases).values(name=name, **values).on_conflict_do_nothing()
    return connection.execute(first.returning(leases.c.name)).first() is not None


def _owner(row: object) -> Owner:
    return Owner(**{name: getattr(row, name) for name in ("id", "host", "boot_id", "pid", "lock")})
