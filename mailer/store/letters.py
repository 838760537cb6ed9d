"""The letters to secretary and operator: written down with what they tell, and sent later; each is told once."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from mailer.store.columns import insert_into
from mailer.store.schema import letters

# So many are looked at in one go; the others have their turn right after.
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLetter:
    """A letter that has not left yet; `tries` counts how often it was refused so far."""

    id: int
    kind: str
    about: str
    recipient: str
    facts: Mapping[str, object]
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """How many letters wait, how often the unluckiest of them has failed, and with which words one failed last."""

    waiting: int
    tries: int
    failure: str


def add(
    connection: Connection, *, kind: str, about: str, recipient: str, facts: Mapping[str, object], now: datetime
) -> bool:
    """A letter of this kind about this thing waits to be sent; False when there is or was one already.

    `facts` are plain values for its template: text, numbers, lists and mappings of these.
    """
    values = {"kind": kind, "about": about, "recipient": recipient, "facts": dict(facts), "made_at": now}
    once = insert_into(connection, letters).values(values).on_conflict_do_nothing(index_elements=["kind", "about"])
    return connection.execute(once.returning(letters.c.id)).first() is not None


def renew(connection: Connection, *, kind: str, about: str, facts: Mapping[str, object], now: datetime) -> bool:
    """A letter of this kind that still waits tells this instead of what it told; False when none waits."""
    oldest = select(func.min(letters.c.id)).where(letters.c.kind == kind, letters.c.sent_at.is_(None)).scalar_subquery()
    values = {"about": about, "facts": dict(facts), "made_at": now}
    return connection.execute(update(letters).where(letters.c.id == oldest).values(values)).rowcount == 1


def told(connection: Connection, kind: str, about: Collection[str]) -> frozenset[str]:
    """About which of these things there is or was a letter of this kind."""
    query = select(letters.c.about).where(letters.c.kind == kind, letters.c.about.in_(about))
    return frozenset(connection.execute(query).scalars())


def last_made(connection: Connection, kind: str) -> datetime | None:
    """When the last letter of this kind was written down."""
    return connection.execute(select(func.max(letters.c.made_at)).where(letters.c.kind == kind)).scalar()


def made_after(connection: Connection, kind: str, since: datetime, until: datetime) -> dict[str, datetime]:
    """The letters of this kind that were written down after `since` and by `until`: when, by what they are about."""
    query = select(letters.c.about, letters.c.made_at).where(letters.c.kind == kind)
    return {
        row.about: row.made_at
        for row in connection.execute(query.where(letters.c.made_at > since, letters.c.made_at <= until))
    }


def waiting(connection: Connection, now: datetime) -> list[DueLetter]:
    """The letters to be sent now, the oldest first."""
    due = letters.c.next_try_at.is_(None) | (letters.c.next_try_at <= now)
    query = select(*(letters.c[name] for name in DueLetter.__slots__)).where(letters.c.sent_at.is_(None), due)
    return [DueLetter(**row._asdict()) for row in connection.execute(query.order_by(letters.c.id).limit(MOST))]


def sent(connection: Connection, identity: int, now: datetime) -> None:
    """The letter has left. What it told is forgotten: this is no archive of members' data."""
    gone = {"sent_at": now, "facts": {}, "failure": "", "next_try_at": None}
    connection.execute(update(letters).where(letters.c.id == identity).values(gone))


def failed(connection: Connection, identity: int, why: str, next_try_at: datetime) -> None:
    """The letter did not leave, and waits until then."""
    values = {"failure": why, "next_try_at": next_try_at, "tries": letters.c.tries + 1}
    connection.execute(update(letters).where(letters.c.id == identity).values(values))


def put_off(connection: Connection, why: str) -> None:
    """No letter can leave now, and none is to blame: why stands beside each that waits."""
    connection.execute(update(letters).where(letters.c.sent_at.is_(None)).values(failure=why))


def outbox(connection: Connection) -> Outbox:
    """How the letters stand that have not left."""
    query = select(letters.c.tries, letters.c.failure).where(letters.c.sent_at.is_(None))
    rows = connection.execute(query.order_by(letters.c.tries, letters.c.id)).all()
    said = [row.failure for row in rows if row.failure]
    return Outbox(waiting=len(rows), tries=rows[-1].tries if rows else 0, failure=said[-1] if said else "")


def forget(connection: Connection, person: str, addresses: Collection[str]) -> None:
    """No letter that waits tells of this person, or names one of these addresses, any more."""
    query = select(letters.c.id, letters.c.facts).where(letters.c.sent_at.is_(None))
    for row in connection.execute(query).all():
        kept = {name: _without(fact, person) for name, fact in row.facts.items()}
        if any(trace in json.dumps(kept, ensure_ascii=False) for trace in (person, *addresses)):
            connection.execute(delete(letters).where(letters.c.id == row.id))  # in a server's words
        elif kept != row.facts:
            connection.execute(update(letters).where(letters.c.id == row.id).values(facts=kept))


def _without(fact: object, person: str) -> object:
    if not isinstance(fact, list):
        return fact
    return [
        one for one in fact if not (isinstance(one, dict) and person in (one.get("person"), *one.get("people", ())))
    ]
