"""Deletes a person from every table, and leaves an alias where accounts need a row."""

from sqlalchemy import Connection, delete, func, select, update

from mailer.domain.address import Address
from mailer.domain.delivery import Event, State, advance
from mailer.store import letters, wishes
from mailer.store.schema import (
    attempts,
    columns_in,
    deliveries,
    exclusions,
    failures,
    history,
    holds,
    memberships,
    own_pauses,
    raw_reports,
    recipients,
    register_state,
    reports,
    seats,
)

ALIAS = "erased-"


def is_known(connection: Connection, person: str) -> bool:
    """Whether the person is in the register or in a mailing."""
    tables = (seats, recipients, exclusions)
    return any(connection.execute(select(table.c.person).where(table.c.person == person)).first() for table in tables)


def forget(connection: Connection, person: str) -> str:
    """Erase the person; each frozen row keeps an alias, without name, address, the relay's text or evidence.

    Pending and held copies are cancelled, the person's seats are deleted, and the register's version grows by one. A
    membership without seats keeps its payments and loses its organisation's name. The history stays as it is: it has ids
    alone, and the id means no person any more.
    """
    alias = f"{ALIAS}{_next(connection)}"
    for state in (State.PENDING, State.HELD):
        where = (deliveries.c.person == person) & (deliveries.c.state == state)
        values = columns_in(advance(state, Event.CANCELLED)) | {"held_reason": None, "next_attempt_at": None}
        connection.execute(update(deliveries).where(where).values(values))
    own = select(deliveries.c.id).where(deliveries.c.person == person)
    connection.execute(update(attempts).where(attempts.c.delivery.in_(own)).values(text=""))
    _forget_reports(connection, person, alias)
    erased = {"person": alias, "name": "", "salutation": "", "address": ""}
    connection.execute(update(deliveries).where(deliveries.c.person == person).values(erased))
    frozen = {"person": alias, "evidence": []}
    connection.execute(update(recipients).where(recipients.c.person == person).values(**frozen, address=""))
    connection.execute(update(exclusions).where(exclusions.c.person == person).values(frozen))
    left = connection.execute(select(seats.c.membership).where(seats.c.person == person)).scalars().all()
    connection.execute(delete(seats).where(seats.c.person == person))
    empty = memberships.c.id.in_(left) & memberships.c.id.not_in(select(seats.c.membership))
    connection.execute(update(memberships).where(empty).values(organisation=""))
    connection.execute(update(register_state).values(version=register_state.c.version + 1))
    return alias


def _forget_reports(connection: Connection, person: str, alias: str) -> None:
    """Keep of reports about the person only which copy they are about and how it fared; none needs attention."""
    own = select(deliveries.c.id).where(deliveries.c.person == person)
    wires = {*connection.execute(select(deliveries.c.address).where(deliveries.c.person == person)).scalars()}
    wires |= {*connection.execute(select(seats.c.address).where(seats.c.person == person)).scalars()} - {None}
    about = reports.c.delivery.in_(own) | (reports.c.person == person)
    mails = select(reports.c.raw).where(about)
    connection.execute(update(raw_reports).where(raw_reports.c.id.in_(mails)).values(content=None))
    nullable = dict.fromkeys(("recipient", "original_recipient", "final_recipient", "successor", "matter"))
    texts = dict.fromkeys(("diagnostic", "reporting_mta", "sender", "subject"), "")
    connection.execute(update(reports).where(about).values(**nullable, **texts, person=alias))
    connection.execute(update(failures).where(failures.c.delivery.in_(own)).values(address="", said="", wording=""))
    connection.execute(delete(own_pauses).where(own_pauses.c.person == person))
    wishes.forget(connection, person)
    others = select(seats.c.address).where(seats.c.person != person, seats.c.address.is_not(None))
    alone = {Address.from_wire(wire).normal for wire in wires} - {
        Address.from_wire(wire).normal for wire in connection.execute(others).scalars() if wire is not None
    }
    connection.execute(delete(holds).where(holds.c.address.in_(alone)))
    letters.forget(connection, person, wires)


def _next(connection: Connection) -> int:
    taken: set[str] = set()
    for table in (recipients, exclusions):
        query = select(table.c.person).where(func.substr(table.c.person, 1, len(ALIAS)) == ALIAS)
        taken |= set(connection.execute(query).scalars())
    erased = connection.execute(select(func.count()).where(history.c.verb == "erase")).scalar_one()
    numbers = (alias.removeprefix(ALIAS) for alias in taken)
    return max([erased, *(int(number) for number in numbers if number.isascii() and number.isdecimal())]) + 1
