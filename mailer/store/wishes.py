"""What members ask for by the links in their copies: kept with what it changed, so that it can be undone."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from mailer.domain.wish import Wish, WishKind
from mailer.store.schema import wishes


def add(
    connection: Connection,
    *,
    person: str,
    newsletter: str,
    delivery: int,
    language: str,
    kind: WishKind,
    at: datetime,
    before: Mapping[str, object],
    after: Mapping[str, object],
    done: bool,
) -> Wish:
    """Keep a wish; `done` says whether it is in force already."""
    values = {"person": person, "newsletter": newsletter, "delivery": delivery, "language": language, "kind": kind}
    values |= {"at": at, "before": dict(before), "after": dict(after), "done_at": at if done else None}
    identity = connection.execute(insert(wishes).values(values).returning(wishes.c.id)).scalar_one()
    added = wish(connection, identity)
    assert added is not None, "it was written just now"
    return added


def wish(connection: Connection, identity: int, *, lock: bool = False) -> Wish | None:
    """One wish; `lock`: no other transaction changes it until this one ends."""
    query = select(wishes).where(wishes.c.id == identity)
    row = connection.execute(query.with_for_update() if lock else query).first()
    return Wish(**{**row._asdict(), "kind": WishKind(row.kind)}) if row else None


def latest(connection: Connection, person: str, kind: WishKind, newsletter: str) -> Wish | None:
    """The person's last wish of this kind, of this newsletter."""
    own = (wishes.c.person == person) & (wishes.c.kind == kind) & (wishes.c.newsletter == newsletter)
    identity = connection.execute(select(func.max(wishes.c.id)).where(own)).scalar()
    return wish(connection, identity) if identity is not None else None


def count_since(connection: Connection, person: str, since: datetime) -> int:
    """How many wishes of the person were kept since then."""
    query = select(func.count()).where(wishes.c.person == person, wishes.c.at >= since)
    return connection.execute(query).scalar_one()


def mark_done(connection: Connection, identity: int, now: datetime) -> None:
    """The change is in force."""
    connection.execute(update(wishes).where(wishes.c.id == identity).values(done_at=now))


def mark_undone(connection: Connection, identity: int, now: datetime) -> None:
    """The change was undone."""
    connection.execute(update(wishes).where(wishes.c.id == identity).values(undone_at=now))


def forget(connection: Connection, person: str) -> None:
    """Delete the wishes of a person who is erased."""
    connection.execute(delete(wishes).where(wishes.c.person == person))
