"""Reads every row about a person, in whichever table."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, or_, select

from mailer.domain.address import Address
from mailer.store.letters import is_about, stands_in
from mailer.store.register_rows import amount_of
from mailer.store.schema import (
    attempts,
    counted_reports,
    deliveries,
    exclusions,
    failures,
    history,
    holds,
    letters,
    mailings,
    memberships,
    own_pauses,
    payments,
    raw_reports,
    recipients,
    reports,
    seats,
    wishes,
)

Row = dict[str, object]
_WISH = re.compile(r"/wish-([0-9]+)(?:-|$)")  # what a letter about a wish is about


def rows_about(connection: Connection, person: str) -> dict[str, list[Row]]:
    """The rows by table, each in the order of its key; a row of a mailing also names its `issue`.

    The mail of a report as it came, where it is kept; the payments of the person's memberships, also those of a second seat.
    """
    issues = {row.id: f"{row.newsletter}/{row.serial}" for row in connection.execute(_issues(person))}
    about = {table.name: _read(connection, table, where) for table, where in _conditions(connection, person)}
    about[letters.name] = list(_letters(connection, person))
    for row in about[payments.name]:
        row["amount"] = amount_of(row["amount"])
    for rows in about.values():
        for row in rows:
            if row.get("mailing") in issues:
                row["issue"] = issues[row["mailing"]]
    return about


def _conditions(connection: Connection, person: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table with what makes a row of it one about the person."""
    own = select(deliveries.c.id).where(deliveries.c.person == person)
    joined = select(seats.c.membership).where(seats.c.person == person)
    wires = _addresses(connection, person)
    copies = [f"delivery {identity}" for identity in connection.execute(own).scalars()]
    named = or_(reports.c.delivery.in_(own), reports.c.person == person)
    yield seats, seats.c.person == person
    yield memberships, memberships.c.id.in_(joined)
    yield payments, payments.c.membership.in_(joined)
    yield own_pauses, own_pauses.c.person == person
    yield wishes, wishes.c.person == person
    yield recipients, recipients.c.person == person
    yield exclusions, exclusions.c.person == person
    yield deliveries, deliveries.c.person == person
    yield attempts, attempts.c.delivery.in_(own)
    yield reports, named
    mails_about = select(reports.c.raw).where(named)
    yield raw_reports, raw_reports.c.id.in_(mails_about)
    yield counted_reports, counted_reports.c.raw.in_(mails_about)
    yield failures, failures.c.delivery.in_(own)
    yield holds, holds.c.address.in_({Address.from_wire(wire).normal for wire in wires})
    mails = [f"report {identity}" for identity in connection.execute(select(reports.c.id).where(named)).scalars()]
    subjects = history.c.subject.in_([person, *copies, *mails])
    yield history, or_(subjects, history.c.subject.in_(joined))


def _letters(connection: Connection, person: str) -> Iterator[Row]:
    """The letters to the person, and those that wait and name them: whole about a wish of theirs, of others only what names them.

    A letter to a secretary who is a member, too, tells of other members.
    """
    wires = _addresses(connection, person)
    own = {
        str(identity) for identity in connection.execute(select(wishes.c.id).where(wishes.c.person == person)).scalars()
    }
    theirs = or_(letters.c.recipient.in_(wires), letters.c.sent_at.is_(None))
    for row in connection.execute(select(letters).where(theirs).order_by(letters.c.id)).mappings():
        wish = _WISH.search(row["about"])
        if wish is not None and wish[1] not in own:
            continue
        is_to_them = row["recipient"] in wires
        facts = row["facts"] if wish is not None else _naming(row["facts"], person, wires)
        if is_to_them or facts:
            yield {**row, "recipient": row["recipient"] if is_to_them else "", "facts": facts}


def _naming(facts: dict[str, object], person: str, addresses: set[str]) -> Row:
    """Of the facts of a letter those that name the person, and no other person."""
    naming: Row = {}
    for name, fact in facts.items():
        if isinstance(fact, list):
            items = [_own(item, person) for item in fact if is_about(item, person)]
            naming |= {name: items} if items else {}
        elif isinstance(fact, str) and any(stands_in(trace, fact) for trace in {person, *addresses}):
            naming[name] = fact
    return naming


def _own(item: Mapping[str, Any], person: str) -> Row:
    """An item of a letter without the others whom it is about, too: an address may be two people's."""
    others = set(item.get("people", ())) - {person}
    return {**item, "people": [person], "names": []} if others else {**item}


def _addresses(connection: Connection, person: str) -> set[str]:
    """Every address that the register or a copy has of the person."""
    columns = ((seats.c.address, seats.c.person), (deliveries.c.address, deliveries.c.person))
    return {
        wire
        for address, whose in columns
        for wire in connection.execute(select(address).where(whose == person)).scalars()
        if wire
    }


def _issues(person: str) -> Select[tuple[int, str, int]]:
    of_person = [select(table.c.mailing).where(table.c.person == person) for table in (recipients, exclusions)]
    columns = (mailings.c.id, mailings.c.newsletter, mailings.c.serial)
    return select(*columns).where(or_(*(mailings.c.id.in_(query) for query in of_person)))


def _read(connection: Connection, table: Table, where: ColumnElement[bool]) -> list[Row]:
    rows = connection.execute(select(table).where(where).order_by(*table.primary_key)).mappings()
    return [dict(row) for row in rows]
