"""What each reader got: the copies of a person, of an address, and whether a later copy stands in the place of one."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, select

from mailer.domain.delivery import Delivery, State
from mailer.store.copies.deliveries import deliveries_with
from mailer.store.schema import deliveries

# So many copies of an address at most are looked at, the newest.
MOST = 100


def of_person(connection: Connection, person: str) -> list[tuple[str, Delivery]]:
    """Every copy of a person with its issue's name, oldest first."""
    named = {
        row.id: f"{row.newsletter}/{row.serial}"
        for row in connection.execute(
            select(deliveries.c.id, deliveries.c.newsletter, deliveries.c.serial).where(deliveries.c.person == person)
        )
    }
    found = deliveries_with(connection, list(named))
    return [(named[identity], found[identity]) for identity in sorted(found)]


def of_reader(connection: Connection, newsletter: str, serial: int, person: str, language: str) -> list[Delivery]:
    """Every copy of an issue that was made for one person in one language, the first one first."""
    own = {"newsletter": newsletter, "serial": serial, "person": person, "language": language}
    query = select(deliveries.c.id).where(*(deliveries.c[name] == value for name, value in own.items()))
    found = deliveries_with(connection, list(connection.execute(query).scalars()))
    return [found[identity] for identity in sorted(found)]


def to_address(connection: Connection, wires: Collection[str]) -> list[Delivery]:
    """The copies that went, or go, to these addresses as the wire has them, the newest first; so many at most."""
    query = select(deliveries.c.id).where(deliveries.c.address.in_(wires)).order_by(deliveries.c.id.desc()).limit(MOST)
    found = deliveries_with(connection, list(connection.execute(query).scalars()))
    return [found[identity] for identity in sorted(found, reverse=True)]


def has_later() -> ColumnElement[bool]:
    """Whether a copy has a later one in its place, which is there, under way, or failed in its turn."""
    later = deliveries.alias("later")
    same = [later.c[name] == deliveries.c[name] for name in ("newsletter", "serial", "person", "language")]
    return select(later.c.id).where(*same, later.c.id > deliveries.c.id, later.c.state != State.CANCELLED).exists()
