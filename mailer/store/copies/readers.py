"""What each reader got: the copies of a person, and those to an address."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from mailer.domain.delivery import Delivery
from mailer.store.copies.deliveries import deliveries_with
from mailer.store.schema import deliveries

# How many copies of an address are looked at, the newest.
MOST = 100


def of_person(connection: Connection, person: str) -> list[tuple[str, Delivery]]:
    """Every copy of a person with the name of its issue, oldest first."""
    issues = {
        row.id: f"{row.newsletter}/{row.serial}"
        for row in connection.execute(
            select(deliveries.c.id, deliveries.c.newsletter, deliveries.c.serial).where(deliveries.c.person == person)
        )
    }
    copies = deliveries_with(connection, list(issues))
    return [(issues[identity], copies[identity]) for identity in sorted(copies)]


def of_reader(connection: Connection, newsletter: str, serial: int, person: str, language: str) -> list[Delivery]:
    """Every copy of an issue for one person in one language, oldest first."""
    own = {"newsletter": newsletter, "serial": serial, "person": person, "language": language}
    query = select(deliveries.c.id).where(*(deliveries.c[name] == value for name, value in own.items()))
    copies = deliveries_with(connection, list(connection.execute(query).scalars()))
    return [copies[identity] for identity in sorted(copies)]


def to_address(connection: Connection, wires: Collection[str]) -> list[Delivery]:
    """The newest copies to these addresses in their wire form, newest first, at most `MOST`."""
    query = select(deliveries.c.id).where(deliveries.c.address.in_(wires)).order_by(deliveries.c.id.desc()).limit(MOST)
    copies = deliveries_with(connection, list(connection.execute(query).scalars()))
    return [copies[identity] for identity in sorted(copies, reverse=True)]
