"""The pending copies of a mailing, read a chunk at a time, and the register by which they were judged."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, select, update

from mailer.domain.circulation import Copy
from mailer.domain.delivery import Delivery, Event, State, advance
from mailer.domain.mailing import Mailing, MailingState
from mailer.store.columns import CHUNK
from mailer.store.copies.deliveries import deliveries_with
from mailer.store.copies.rows import COPY_COLUMNS, copy_from, of_issue
from mailer.store.schema import columns_in, deliveries, is_pending, mailings, revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingCopy:
    """A pending copy as it was frozen."""

    id: int
    copy: Copy
    message_id: str


_OF_COPY = (deliveries.c.id, deliveries.c.message_id, *(deliveries.c[name] for name in COPY_COLUMNS))


def waiting(
    connection: Connection, mailing: Mailing, *, after: int = 0, up_to: int | None = None, limit: int = CHUNK
) -> list[PendingCopy]:
    """The next pending copies of a mailing, by copy number, with numbers above `after`, to `up_to`; empty at the end."""
    query = select(*_OF_COPY).where(
        # By issue and number, which are indexed: a chunk costs the same wherever it begins.
        *_of_mailing(mailing),
        deliveries.c.copy_number > after,
        deliveries.c.state == State.PENDING,
    )
    if up_to is not None:
        query = query.where(deliveries.c.copy_number <= up_to)
    return list(map(_waiting, connection.execute(query.order_by(deliveries.c.copy_number).limit(limit)).all()))


def copy_numbers(connection: Connection, mailing: Mailing) -> range:
    """The numbers of a mailing's copies, from the first to the last, whatever has become of them."""
    numbers = select(deliveries.c.copy_number).where(*_of_mailing(mailing)).limit(1)
    first = connection.execute(numbers.order_by(deliveries.c.copy_number)).scalar()
    last = connection.execute(numbers.order_by(deliveries.c.copy_number.desc())).scalar()
    return range(0) if first is None or last is None else range(first, last + 1)


def all_waiting(connection: Connection, mailing: Mailing) -> Iterator[PendingCopy]:
    """Every pending copy of a mailing, by copy number, read in chunks."""
    chunk = waiting(connection, mailing)
    while chunk:
        yield from chunk
        chunk = waiting(connection, mailing, after=chunk[-1].copy.copy_number)


def all_judged(connection: Connection, mailing: int, judged_by: str) -> bool:
    """Whether every pending copy of the mailing was judged by exactly this register and these rules."""
    return not judged_otherwise(connection, mailing, judged_by, 1)


def judged_otherwise(connection: Connection, mailing: int, judged_by: str, most: int) -> list[PendingCopy]:
    """Pending copies of a mailing that were judged by another register or other rules than these, at most so many.

    Of those judged alike the ones that leave first.
    """
    parameters = {"of_mailing": mailing, "judged": judged_by}
    copies: list[PendingCopy] = []
    for query in _JUDGED_OTHERWISE:
        if len(copies) < most:
            rows = connection.execute(query, {**parameters, "up_to": most - len(copies)})
            copies += [_waiting(row) for row in rows]
    return copies


# Two parts of the index, below and above, read in its own order: neither grows with what waits.
_JUDGED_OTHERWISE = tuple(
    select(*_OF_COPY)
    .where(deliveries.c.mailing == bindparam("of_mailing"), is_pending, other)
    .order_by(deliveries.c.judged_by, deliveries.c.next_attempt_at.asc().nulls_first(), deliveries.c.id)
    .limit(bindparam("up_to"))
    for other in (deliveries.c.judged_by < bindparam("judged"), deliveries.c.judged_by > bindparam("judged"))
)


def set_judged(connection: Connection, identities: Collection[int], judged_by: str) -> None:
    """Record that the pending ones of these deliveries were judged by this register and these rules."""
    where = deliveries.c.id.in_(identities) & (deliveries.c.state == State.PENDING)
    connection.execute(update(deliveries).where(where).values(judged_by=judged_by))


def withhold(
    connection: Connection,
    reason: str,
    *,
    addresses: Collection[str] = (),
    person: str | None = None,
    newsletter: str = "",
) -> None:
    """Hold every pending copy to one of these addresses in their wire form, or for this person of the newsletter.

    Those of a plan that is being written too: their readers are judged already.
    """
    content = select(revisions.c.content_hash).where(revisions.c.newsletter == newsletter)
    theirs = select(mailings.c.id).where(mailings.c.content_hash.in_(content))
    readers = and_(deliveries.c.person == person, deliveries.c.mailing.in_(theirs))
    whose = readers if person is not None else deliveries.c.address.in_(addresses)
    values = columns_in(advance(State.PENDING, Event.HELD)) | {"held_reason": reason, "next_attempt_at": None}
    connection.execute(update(deliveries).where(whose, is_pending).values(values))


def withheld(connection: Connection, addresses: Collection[str], reason: str) -> list[Delivery]:
    """The copies to these addresses that are held for this reason, of mailings that have not ended."""
    open_mailings = select(mailings.c.id).where(mailings.c.state.not_in([MailingState.CLOSED, MailingState.CANCELLED]))
    query = select(deliveries.c.id).where(
        deliveries.c.address.in_(addresses),
        deliveries.c.state == State.HELD,
        deliveries.c.held_reason == reason,
        deliveries.c.mailing.in_(open_mailings),
    )
    return list(deliveries_with(connection, list(connection.execute(query).scalars())).values())


def _of_mailing(mailing: Mailing) -> tuple[ColumnElement[bool], ...]:
    return of_issue(mailing.newsletter, mailing.serial), deliveries.c.mailing == mailing.id


def _waiting(row: Sequence[Any]) -> PendingCopy:
    identity, message_id, *columns = row
    return PendingCopy(id=identity, copy=copy_from(*columns), message_id=message_id)
