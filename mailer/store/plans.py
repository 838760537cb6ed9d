"""Plans being written and plans replaced: mailings that belong to no issue, so that nothing finds them by one."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, insert, select, update

from mailer.domain.mailing import MailingState
from mailer.store.schema import (
    DISCARDED,
    DRAFT,
    attempts,
    deliveries,
    editions,
    exclusions,
    failures,
    holds,
    mailings,
    own_pauses,
    recipients,
    reports,
    revisions,
    wishes,
)

_NO_ISSUE: dict[str, object] = dict.fromkeys(("newsletter", "serial", "supplement", "held_reason", "closed_at"))
_NAMING = (attempts, failures, reports, holds, own_pauses, wishes)  # each names a copy in `delivery`
_is_draft = mailings.c.state == DRAFT


def add_draft(connection: Connection, values: Mapping[str, object]) -> int:
    """Add the row of a plan that is now being written; returns its id."""
    row = {**values, **_NO_ISSUE, "state": DRAFT}
    identity: int = connection.execute(insert(mailings).values(row).returning(mailings.c.id)).scalar_one()
    return identity


def goes_on(connection: Connection, draft: int, now: datetime) -> bool:
    """Note that the draft is written on; False when another process has discarded it."""
    statement = update(mailings).where(mailings.c.id == draft, _is_draft).values(planned_at=now)
    return connection.execute(statement).rowcount == 1


def publish(connection: Connection, draft: int, newsletter: str, serial: int, values: Mapping[str, object]) -> bool:
    """Make a draft, which is complete, the plan of an issue that has none; False when another process has discarded it.

    Not one of its copies is touched. Other drafts of the issue are given up.
    """
    issue = {"newsletter": newsletter, "serial": serial, "supplement": 0, "state": MailingState.PLANNED}
    statement = update(mailings).where(mailings.c.id == draft, _is_draft).values({**issue, **values})
    if connection.execute(statement).rowcount != 1:
        return False
    discard_drafts(connection, newsletter, serial)
    return True


def discard(connection: Connection, identity: int) -> None:
    """Take a plan of which nothing has left from its issue, so that another can take its place; its rows follow later.

    Attempts that ended before any content was transferred go with their copies.
    """
    _release_all(connection, identity)
    _discard(connection, mailings.c.id == identity)


def discard_drafts(connection: Connection, newsletter: str, serial: int) -> None:
    """Give up every draft of an issue: what they began with has changed."""
    content = select(revisions.c.content_hash)
    content = content.where(revisions.c.newsletter == newsletter, revisions.c.serial == serial)
    _discard(connection, _is_draft & mailings.c.content_hash.in_(content))


def discard_draft(connection: Connection, draft: int) -> None:
    """Give up a draft, unless it has become a plan."""
    _discard(connection, _is_draft & (mailings.c.id == draft))


def discard_abandoned(connection: Connection, first: datetime, last: datetime) -> None:
    """Give up every draft that was not written on between these instants: its process was killed, or the clock was set."""
    _discard(connection, _is_draft & ~mailings.c.planned_at.between(first, last))


def any_draft(connection: Connection) -> bool:
    """Whether any plan is being written or deleted."""
    return connection.execute(select(mailings.c.id).where(mailings.c.newsletter.is_(None)).limit(1)).first() is not None


def clear(connection: Connection, most: int) -> bool:
    """Delete at most so many copies and decisions of what was discarded; returns whether anything is left to delete."""
    identity = connection.execute(select(mailings.c.id).where(mailings.c.state == DISCARDED).limit(1)).scalar()
    if identity is None:
        return False
    copies = select(deliveries.c.id).where(deliveries.c.mailing == identity).limit(most)
    chosen = list(connection.execute(copies).scalars())
    if chosen:
        for table in _NAMING:  # the late result of a copy may have come since
            _release(connection, table, table.c.delivery.in_(chosen))
        connection.execute(delete(deliveries).where(deliveries.c.id.in_(chosen)))
        return True
    for table in (recipients, exclusions):
        people = select(table.c.person).where(table.c.mailing == identity).limit(most)
        own = (table.c.mailing == identity) & table.c.person.in_(people)
        if connection.execute(delete(table).where(own)).rowcount:
            return True
    connection.execute(delete(editions).where(editions.c.mailing == identity))
    connection.execute(delete(mailings).where(mailings.c.id == identity))
    return True


def _discard(connection: Connection, which: ColumnElement[bool]) -> None:
    values = {**_NO_ISSUE, "content_hash": None, "state": DISCARDED}
    connection.execute(update(mailings).where(which).values(values))


def _release_all(connection: Connection, identity: int) -> None:
    """Let nothing name a copy of the mailing."""
    own = deliveries.c.mailing == identity
    # Two queries: each is one seek.
    first, last = (connection.execute(select(end(deliveries.c.id)).where(own)).scalar() for end in (func.min, func.max))
    for table in _NAMING if first is not None else ():
        copy = exists().where(deliveries.c.id == table.c.delivery, own)
        _release(connection, table, table.c.delivery.between(first, last) & copy)


def _release(connection: Connection, table: Table, names_one: ColumnElement[bool]) -> None:
    """Delete attempts and failures of copies. Reports, holds, pauses and wishes stay, without the copies."""
    if table in (attempts, failures):
        connection.execute(delete(table).where(names_one))
    else:
        connection.execute(update(table).where(names_one).values(delivery=None))
