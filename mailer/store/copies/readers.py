"""What each reader got: the copies of a person, and those to an address."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from mailer.domain.delivery import Delivery
from mailer.store.copies.deliveries import deliveries_with
from mailer.store.copies.rows import of_issue
from mailer.store.schema import belongs_to_an_issue, deliveries, mailings

# How many copies of an address are looked at, the newest.
MOST = 100


def of_person(connection: Connection, person: str) -> list[tuple[str, Delivery]]:
    """Every copy of a person with the name of its issue, oldest first."""
    issues = {
        row.id: f"{row.newsletter}/{row.serial}"
        for row in connection.execute(
            select(deliveries.c.id, mailings.c.newsletter, mailings.c.serial)
            .join(mailings, deliveries.c.mailing == mailings.c.id)
            .where(deliveries.c.person == person, belongs_to_an_issue)
        )
    }
    copies = deliveries_with(connection, list(issues))
    return [(issues[identity], copies[identity]) for identity in sorted(copies)]


def of_readers(
    connection: Connection, newsletter: str, serial: int, persons: Collection[str]
) -> dict[tuple[str, str], list[Delivery]]:
    """Every copy of an issue for these people, oldest first, by person and language."""
    query = select(deliveries.c.id).where(of_issue(newsletter, serial), deliveries.c.person.in_(persons))
    copies = deliveries_with(connection, list(connection.execute(query).scalars()))
    read: dict[tuple[str, str], list[Delivery]] = {}
    for identity in sorted(copies):
        copy = copies[identity]
        read.setdefault((copy.person, copy.language), []).append(copy)
    return read


def to_address(connection: Connection, wires: Collection[str]) -> list[Delivery]:
    """The newest copies to these addresses in their wire form, newest first, at most `MOST`."""
    query = select(deliveries.c.id).join(mailings, deliveries.c.mailing == mailings.c.id)
    query = query.where(deliveries.c.address.in_(wires), belongs_to_an_issue)
    query = query.order_by(deliveries.c.id.desc()).limit(MOST)
    copies = deliveries_with(connection, list(connection.execute(query).scalars()))
    return [copies[identity] for identity in sorted(copies, reverse=True)]
