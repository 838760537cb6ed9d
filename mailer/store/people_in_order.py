"""The people of the register in the order of code points, read in chunks."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection, or_, select

from mailer.domain.membership import MembershipKind
from mailer.store.columns import by_code_point, in_chunks
from mailer.store.members import register_version
from mailer.store.schema import memberships, payments, seats


def people(connection: Connection) -> Iterator[str]:
    """Every person of the register once, in the order of code points, read in chunks.

    The register is locked until this transaction ends.
    """
    register_version(connection)
    query = select(seats.c.person).group_by(seats.c.person).order_by(by_code_point(connection, seats.c.person))
    yield from (row[0] for row in in_chunks(connection, query))


def people_paid_otherwise(connection: Connection, day: date) -> Iterator[str]:
    """The people of memberships that paid for a time that begins after the day, or that are free and paid at all.

    Each once, in the order of code points, read in chunks.
    """
    free = memberships.c.kind.in_([kind.value for kind in MembershipKind if not kind.pays])
    paid = select(payments.c.membership).join(memberships, memberships.c.id == payments.c.membership)
    otherwise = paid.where(or_(payments.c.period_from > day, free))
    query = select(seats.c.person).where(seats.c.membership.in_(otherwise)).group_by(seats.c.person)
    query = query.order_by(by_code_point(connection, seats.c.person))
    yield from (row[0] for row in in_chunks(connection, query))


def people_after(connection: Connection, person: str, most: int) -> list[str]:
    """The next people of the register behind this one, at most so many, in the order of code points."""
    coded = by_code_point(connection, seats.c.person)
    query = select(seats.c.person).where(coded > person).group_by(seats.c.person).order_by(coded).limit(most)
    return list(connection.execute(query).scalars())
