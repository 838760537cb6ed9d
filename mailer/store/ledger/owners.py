"""The processes that send, each with a lock of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from mailer.store.schema import deliveries, is_sending, is_uncertain, owners


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


def owners_with_copies(connection: Connection) -> list[Owner]:
    """Every process with copies in `sending`."""
    return [owner_of(row) for row in connection.execute(select(owners).where(owners.c.id.in_(_SENDING)))]


def owners_of_uncertain(connection: Connection) -> list[Owner]:
    """Every process that has not noted its end, and whose journal may settle copies that are uncertain since a lease's end."""
    query = select(owners).where(owners.c.ended_at.is_(None), owners.c.id.in_(_UNCERTAIN))
    return [owner_of(row) for row in connection.execute(query)]


def idle_owners(connection: Connection) -> list[Owner]:
    """Every process that has not noted its end, and is needed for no copy any more."""
    idle = owners.c.ended_at.is_(None) & owners.c.id.not_in(_SENDING) & owners.c.id.not_in(_UNCERTAIN)
    return [owner_of(row) for row in connection.execute(select(owners).where(idle))]


def lock_dead(connection: Connection, dead: Collection[int]) -> set[int]:
    """Lock those of these processes, which have ended, that no open transaction names; returns which.

    On PostgreSQL the last claim of a killed process may still be committed, which names it, or another process takes it over at
    this moment. Either may leave copies that only its journal tells of: it is to be looked at again, with its journal.
    """
    if not dead:
        return set()
    rows = select(owners.c.id).where(owners.c.id.in_(dead)).with_for_update(skip_locked=True)
    return set(connection.execute(rows).scalars())


_SENDING = select(deliveries.c.owner).where(is_sending).distinct()
_UNCERTAIN = select(deliveries.c.owner).where(is_uncertain, deliveries.c.owner.is_not(None)).distinct()


def owner_of(row: object) -> Owner:
    """The process in a row of `owners`."""
    return Owner(**{name: getattr(row, name) for name in ("id", "host", "boot_id", "pid", "lock")})
