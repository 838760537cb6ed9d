"""Which copies need a person: those that are uncertain or held, or failed without a later copy in their place."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select

from mailer.domain.delivery import State
from mailer.domain.open_items import needs_a_person, replaces
from mailer.store.schema import deliveries, is_asking


def is_replaced() -> ColumnElement[bool]:
    """Whether a later copy stands in the place of a copy."""
    later = deliveries.alias("later")
    same = [later.c[name] == deliveries.c[name] for name in ("newsletter", "serial", "person", "language")]
    standing = later.c.state.not_in([state for state in State if not replaces(state)])
    return select(later.c.id).where(*same, later.c.id > deliveries.c.id, standing).exists()


def is_open() -> ColumnElement[bool]:
    """Whether a copy needs a person."""
    always = [state for state in State if needs_a_person(state, replaced=True)]
    unless_replaced = [state for state in State if needs_a_person(state, replaced=False) and state not in always]
    return or_(deliveries.c.state.in_(always), deliveries.c.state.in_(unless_replaced) & ~is_replaced())


def open_among(connection: Connection, mailings: Sequence[int]) -> frozenset[int]:
    """The copies of these mailings that need a person."""
    query = select(deliveries.c.id).where(deliveries.c.mailing.in_(mailings), is_open())
    return frozenset(connection.execute(query).scalars())


def count_open(connection: Connection, mailings: Sequence[int]) -> int:
    """How many copies of these mailings need a person."""
    query = select(func.count()).where(deliveries.c.mailing.in_(mailings), is_open())
    return connection.execute(query).scalar_one()


def uncertain(connection: Connection) -> dict[int, str]:
    """The copies that wait for a person to settle them, the oldest first: the issue's name by delivery."""
    query = select(deliveries.c.id, deliveries.c.newsletter, deliveries.c.serial)
    query = query.where(is_asking, deliveries.c.state == State.UNCERTAIN).order_by(deliveries.c.id)
    return {row.id: f"{row.newsletter}/{row.serial}" for row in connection.execute(query)}


def held(connection: Connection, mailings: Collection[int], reasons: Collection[str], limit: int) -> list[int]:
    """The first copies of these mailings, so many at most, that are held for one of these reasons."""
    query = select(deliveries.c.id).where(
        is_asking,
        deliveries.c.state == State.HELD,
        deliveries.c.mailing.in_(mailings),
        deliveries.c.held_reason.in_(reasons),
    )
    return list(connection.execute(query.order_by(deliveries.c.id).limit(limit)).scalars())
