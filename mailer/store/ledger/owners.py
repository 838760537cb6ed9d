"""The sending processes, each with its own lock file, and the lease that makes one daemon the scheduler."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

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
    """Record a process that is about to send; it holds its lock already."""
    identity = connection.execute(
        insert(owners).values(host=host, boot_id=boot_id, pid=pid, lock=lock, started_at=now).returning(owners.c.id)
    )
    return Owner(id=identity.scalar_one(), host=host, boot_id=boot_id, pid=pid, lock=lock)


def end_owner(connection: Connection, owner: int, now: datetime) -> None:
    """Record that the process has finished, and end its lease."""
    connection.execute(update(owners).where(owners.c.id == owner).values(ended_at=now))
    connection.execute(delete(leases).where(leases.c.owner == owner))


def owners_with_copies(connection: Connection) -> list[Owner]:
    """Every process with copies in `sending`."""
    busy = select(deliveries.c.owner).where(is_sending).distinct()
    return [_owner(row) for row in connection.execute(select(owners).where(owners.c.id.in_(busy)))]


def lease_holder(connection: Connection, name: str, now: datetime) -> Owner | None:
    """The process that holds the lease now; None when there is none, or it has run out."""
    query = (
        select(owners).join(leases, leases.c.owner == owners.c.id).where(leases.c.name == name, leases.c.until > now)
    )
    row = connection.execute(query).first()
    return _owner(row) if row else None


def take_lease(connection: Connection, name: str, owner: int, *, now: datetime, lasting: timedelta) -> None:
    """Take or renew the lease. The caller has checked, in this transaction, that no living process holds it."""
    connection.execute(delete(leases).where(leases.c.name == name))
    connection.execute(insert(leases).values(name=name, owner=owner, until=now + lasting))


def _owner(row: object) -> Owner:
    return Owner(**{name: getattr(row, name) for name in ("id", "host", "boot_id", "pid", "lock")})
