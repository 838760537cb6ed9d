"""The register a page at a time: people sorted by name, by words, and memberships that end."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, tuple_

from mailer.domain.membership import Membership, MembershipKind, Seat
from mailer.store.columns import by_code_point, in_chunks
from mailer.store.register_rows import MEMBERSHIP, SEAT, membership_of, seat_of
from mailer.store.schema import memberships, payments, seats

# A place in the list: the name it is sorted by, the person and the membership.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which rows of the register are wanted: those with all these parts, of this kind and circle; None is any."""

    parts: Sequence[str] = ()
    kind: MembershipKind | None = None
    circle: str | None = None


def places(connection: Connection, wanted: PeopleFilter, after: Place | None, limit: int) -> list[Place]:
    """The next places of people in the order of names."""
    query: Select[Any] = select(seats.c.sorted_by, seats.c.person, seats.c.membership)
    for part in wanted.parts:
        query = query.where(seats.c.searched.contains(part, autoescape=True))
    if wanted.kind is not None:
        query = query.where(seats.c.kind == wanted.kind.value)
    if wanted.circle is not None:
        same = memberships.c.id == seats.c.membership
        query = query.join(memberships, same).where(memberships.c.circle == wanted.circle)
    order = (seats.c.sorted_by, seats.c.person, seats.c.membership)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*after))
    return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by(*order).limit(limit))]


def entries(connection: Connection) -> Iterator[tuple[Seat, Membership]]:
    """Every seat with its membership, by person and membership, read in chunks."""
    query = select(*SEAT, *MEMBERSHIP).join(memberships, memberships.c.id == seats.c.membership)
    query = query.order_by(by_code_point(connection, seats.c.person), by_code_point(connection, seats.c.membership))
    for row in in_chunks(connection, query):
        yield seat_of(row[: len(SEAT)]), membership_of(row[len(SEAT) :])


def count_seats(connection: Connection, most: int) -> int:
    """How many rows the register has, at most so many."""
    rows = select(seats.c.person).limit(most).subquery()
    return connection.execute(select(func.count()).select_from(rows)).scalar_one()


def circles(connection: Connection) -> list[str]:
    """The circulations that memberships have."""
    query = select(memberships.c.circle).distinct().order_by(memberships.c.circle)
    return list(connection.execute(query).scalars())


def people_of(connection: Connection, ids: Collection[str]) -> set[str]:
    """The people of these memberships."""
    return set(connection.execute(select(seats.c.person).where(seats.c.membership.in_(ids))).scalars())


def ending_memberships(connection: Connection, first: date, before: date, after: str, limit: int) -> list[str]:
    """The memberships of which a paid period or the free time ends within these days, by id, after this one."""
    paid = select(payments.c.membership).where(payments.c.period_to >= first, payments.c.period_to < before)
    free = (memberships.c.free_until >= first) & (memberships.c.free_until < before)
    identity = by_code_point(connection, memberships.c.id)
    query = select(memberships.c.id).where(or_(free, memberships.c.id.in_(paid)), identity > after)
    return list(connection.execute(query.order_by(identity).limit(limit)).scalars())


def greatest_ids(connection: Connection) -> tuple[str, str]:
    """The greatest id of a membership and of a person; the longest are the greatest. Empty texts without any."""
    greatest = (
        select(column).order_by(func.length(column).desc(), column.desc()).limit(1)
        for column in (memberships.c.id, seats.c.person)
    )
    membership, person = (connection.execute(query).scalar() or "" for query in greatest)
    return membership, person
