"""The letters to secretary, operator, editors and members: written down with what they say, sent later, and each of them once."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from mailer.domain.retry import LONGEST_WAIT
from mailer.store.columns import has_come, insert_into
from mailer.store.schema import letters

# So many letters are read at a time; the others follow.
MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLetter:
    """A letter that has not left yet; `tries` counts how often it was refused so far.

    `next_try_at`: when it is tried again, or until when a process keeps it that hands it over.
    """

    id: int
    kind: str
    about: str
    recipient: str
    facts: Mapping[str, object]
    tries: int
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """How many letters wait, how often the one that failed most has failed, and the last failure in words."""

    waiting: int
    tries: int
    failure: str


def add(
    connection: Connection, *, kind: str, about: str, recipient: str, facts: Mapping[str, object], now: datetime
) -> bool:
    """Write a letter of this kind about this subject; False when there is one already, or was.

    `facts` are plain values for its template: text, numbers, lists and mappings of these.
    """
    values = {"kind": kind, "about": about, "recipient": recipient, "facts": dict(facts), "made_at": now}
    once = insert_into(connection, letters).values(values).on_conflict_do_nothing(index_elements=["kind", "about"])
    return connection.execute(once.returning(letters.c.id)).first() is not None


def add_said(connection: Connection, *, kind: str, subjects: Iterable[str], recipient: str, now: datetime) -> None:
    """Note that another letter of this kind, to the same recipient, says what there is to say about these subjects."""
    for about in subjects:
        values = {"kind": kind, "about": about, "recipient": recipient, "facts": {}, "made_at": now, "sent_at": now}
        once = insert_into(connection, letters).values(values)
        connection.execute(once.on_conflict_do_nothing(index_elements=["kind", "about"]))


def renew(connection: Connection, *, kind: str, about: str, facts: Mapping[str, object], now: datetime) -> bool:
    """Replace what the waiting letter of this kind says; False when none waits."""
    oldest = select(func.min(letters.c.id)).where(letters.c.kind == kind, letters.c.sent_at.is_(None)).scalar_subquery()
    values = {"about": about, "facts": dict(facts), "made_at": now}
    return connection.execute(update(letters).where(letters.c.id == oldest).values(values)).rowcount == 1


def written_about(connection: Connection, kind: str, subjects: Iterable[str]) -> frozenset[str]:
    """The subjects among these about which there is a letter of this kind, or was."""
    query = select(letters.c.about).where(letters.c.kind == kind, letters.c.about.in_(list(subjects)))
    return frozenset(connection.execute(query).scalars())


def unsent_about(connection: Connection, kind: str) -> frozenset[str]:
    """The subjects of the letters of this kind that have not left."""
    query = select(letters.c.about).where(letters.c.kind == kind, letters.c.sent_at.is_(None))
    return frozenset(connection.execute(query).scalars())


def drop_unsent(connection: Connection, kind: str, subjects: Collection[str]) -> None:
    """Delete the letters of this kind about these subjects that have not left."""
    about = (letters.c.kind == kind) & letters.c.about.in_(list(subjects)) & letters.c.sent_at.is_(None)
    connection.execute(delete(letters).where(about))


def last_made(connection: Connection, kind: str) -> datetime | None:
    """When the last letter of this kind was written down."""
    return connection.execute(select(func.max(letters.c.made_at)).where(letters.c.kind == kind)).scalar()


def waiting(connection: Connection, now: datetime) -> list[DueLetter]:
    """The letters to be sent now, the oldest first."""
    due = letters.c.next_try_at.is_(None) | has_come(letters.c.next_try_at, now, now + LONGEST_WAIT)
    query = select(*_OF_DUE_LETTER).where(letters.c.sent_at.is_(None), due)
    return [DueLetter(**row._asdict()) for row in connection.execute(query.order_by(letters.c.id).limit(MOST))]


_OF_DUE_LETTER = [letters.c[name] for name in DueLetter.__slots__]


def claim(connection: Connection, letter: DueLetter, until: datetime) -> DueLetter | None:
    """Keep a letter that waits from every other process until then; returns what it says now.

    None when it does not wait any more as it was read: another process keeps it, has sent it or was refused, or it was
    dropped.
    """
    keeping = update(letters).where(_unchanged(letter)).values(next_try_at=until).returning(*_OF_DUE_LETTER)
    row = connection.execute(keeping).first()
    return DueLetter(**row._asdict()) if row is not None else None


def release(connection: Connection, letter: DueLetter) -> None:
    """Let a letter that was claimed wait as before; nothing of it has left. Not if another process keeps it meanwhile."""
    connection.execute(update(letters).where(_unchanged(letter)).values(next_try_at=None))


def _unchanged(letter: DueLetter) -> ColumnElement[bool]:
    waits_until = letters.c.next_try_at.is_not_distinct_from(letter.next_try_at)
    return (letters.c.id == letter.id) & letters.c.sent_at.is_(None) & waits_until


def sent(connection: Connection, identity: int, now: datetime) -> None:
    """The letter has left. What it said is deleted: this is no archive of members' data."""
    values = {"sent_at": now, "facts": {}, "failure": "", "next_try_at": None}
    connection.execute(update(letters).where(letters.c.id == identity).values(values))


def failed(connection: Connection, letter: DueLetter, why: str, next_try_at: datetime) -> None:
    """A letter that was claimed was refused, and waits until the next try; not if another process keeps it or has sent it."""
    values = {"failure": why, "next_try_at": next_try_at, "tries": letters.c.tries + 1}
    connection.execute(update(letters).where(_unchanged(letter)).values(values))


def put_off(connection: Connection, why: str) -> None:
    """No letter can leave now, which counts as no letter's failure; each that waits shows why."""
    connection.execute(update(letters).where(letters.c.sent_at.is_(None)).values(failure=why))


def outbox(connection: Connection) -> Outbox:
    """How the letters that have not left stand."""
    query = select(letters.c.tries, letters.c.failure).where(letters.c.sent_at.is_(None))
    rows = connection.execute(query.order_by(letters.c.tries, letters.c.id)).all()
    failures = [row.failure for row in rows if row.failure]
    return Outbox(waiting=len(rows), tries=rows[-1].tries if rows else 0, failure=failures[-1] if failures else "")


def forget(connection: Connection, person: str, addresses: Collection[str]) -> None:
    """Take this person, and what names one of these addresses, out of the letters that wait, and out of those sent."""
    # Letters about wishes go to members; a member may have the address of the secretary, too.
    to_them = letters.c.recipient.in_(addresses) & letters.c.about.contains("/wish-")
    connection.execute(delete(letters).where(to_them, letters.c.sent_at.is_(None)))
    connection.execute(update(letters).where(to_them).values(recipient=""))
    query = select(letters.c.id, letters.c.facts).where(letters.c.sent_at.is_(None))
    for row in connection.execute(query).all():
        rest = {name: _without(fact, person) for name, fact in row.facts.items()}
        if any(stands_in(trace, words) for words in _texts(rest) for trace in (person, *addresses)):
            connection.execute(delete(letters).where(letters.c.id == row.id))  # named in a server's words
        elif rest != row.facts:
            connection.execute(update(letters).where(letters.c.id == row.id).values(facts=rest))


def is_about(item: object, person: str) -> bool:
    """Whether an item of a list of facts is about this person, perhaps beside others."""
    return isinstance(item, dict) and person in (item.get("person"), *item.get("people", ()))


def stands_in(trace: str, words: str) -> bool:
    """Whether the id or address stands there as a whole: it may be a part of another person's."""
    return re.search(rf"(?<![\w.+-]){re.escape(trace)}(?![\w-]|\.\w)", words) is not None


def _without(fact: object, person: str) -> object:
    return [item for item in fact if not is_about(item, person)] if isinstance(fact, list) else fact


def _texts(fact: object) -> Iterator[str]:
    """Every text in a fact, however deep it lies."""
    if isinstance(fact, str):
        yield fact
    elif isinstance(fact, Mapping | list):
        for part in fact.values() if isinstance(fact, Mapping) else fact:
            yield from _texts(part)
