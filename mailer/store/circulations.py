"""What was frozen about each person of a mailing: recipients and exclusions, each with the name that the register has."""

import heapq
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, Table, func, select

from mailer.domain.circulation import Decision
from mailer.domain.names import NamedPerson, any_name, shown_name
from mailer.store.columns import by_code_point, in_chunks
from mailer.store.schema import exclusions, mailings, recipients, seats


def decided(connection: Connection, identity: int, *, person: str | None = None) -> Iterator[Decision]:
    """The decision about each person in one mailing, or about one person, in the order of code points, read in chunks."""
    # Both tables are read in that order, so that merging them keeps it.
    return heapq.merge(
        *(_decided(connection, table, identity, person) for table in (recipients, exclusions)),
        key=lambda decision: decision.person,
    )


def decisions(connection: Connection, identities: Sequence[int], *, person: str | None = None) -> list[Decision]:
    """The latest decision about each person, or about one person, over these mailings of one issue; by person."""
    latest = {
        decision.person: decision
        for identity in identities
        for decision in decided(connection, identity, person=person)
    }
    return [latest[person] for person in sorted(latest)]


def _decided(connection: Connection, table: Table, identity: int, person: str | None) -> Iterator[Decision]:
    query = select(table, _names(connection, table).label("names")).where(table.c.mailing == identity)
    if person is not None:
        query = query.where(table.c.person == person)
    query = query.order_by(by_code_point(connection, table.c.person))
    for row in in_chunks(connection, query):
        receives = table is recipients
        yield Decision(
            person=row.person,
            decision="recipient" if receives else "excluded",
            reason=row.reason,
            rule=row.rule,
            evidence=tuple(row.evidence),
            editions=tuple(row.editions) if receives else (),
            paid_until=row.paid_until if receives else None,
            name=shown_name(row.person, any_name(row.names or {})),
        )


def _names(connection: Connection, table: Table) -> ScalarSelect[Any]:
    """The names that the register has now for the person of each row, on the first of their memberships."""
    names = select(seats.c.names).where(seats.c.person == table.c.person)
    names = names.order_by(by_code_point(connection, seats.c.membership)).limit(1)
    return names.correlate(table).scalar_subquery()


def _named(person: str, names: dict[str, str] | None) -> NamedPerson:
    return NamedPerson(person=person, name=shown_name(person, any_name(names or {})))


def excluded(connection: Connection, identity: int, reason: str, limit: int) -> list[NamedPerson]:
    """The first people, by person, whom a mailing excludes for this reason, at most `limit`."""
    query = select(exclusions.c.person, _names(connection, exclusions))
    query = query.where(exclusions.c.mailing == identity, exclusions.c.reason == reason)
    query = query.order_by(by_code_point(connection, exclusions.c.person)).limit(limit)
    return [_named(*row) for row in connection.execute(query)]


def count_excluded(connection: Connection, identities: Collection[int]) -> dict[int, int]:
    """How many people each of these first mailings excludes who are recipients of no supplement of the same issue."""
    first, supplement = mailings.alias("first"), mailings.alias("supplement")
    same_issue = (supplement.c.newsletter == first.c.newsletter) & (supplement.c.serial == first.c.serial)
    served = (
        select(recipients.c.person)
        .join(supplement, supplement.c.id == recipients.c.mailing)
        .where(recipients.c.person == exclusions.c.person, same_issue, supplement.c.supplement > 0)
    )
    query = select(exclusions.c.mailing, func.count().label("number")).join(first, first.c.id == exclusions.c.mailing)
    query = query.where(exclusions.c.mailing.in_(identities), ~served.exists()).group_by(exclusions.c.mailing)
    return {row.mailing: row.number for row in connection.execute(query)}


def count_recipients(connection: Connection, identity: int) -> int:
    """How many recipients a mailing has."""
    query = select(func.count()).select_from(recipients).where(recipients.c.mailing == identity)
    number: int = connection.execute(query).scalar_one()
    return number


def exclusion_reasons(connection: Connection, identity: int, persons: Sequence[str]) -> dict[str, str]:
    """Why a mailing excludes these people, by person; those whom it does not know are missing."""
    query = select(exclusions.c.person, exclusions.c.reason)
    query = query.where(exclusions.c.mailing == identity, exclusions.c.person.in_(persons))
    return {row.person: row.reason for row in connection.execute(query)}


def only_in(connection: Connection, identity: int, other: int) -> Iterator[NamedPerson]:
    """The recipients of one mailing who are not recipients of the other, by person, read in chunks."""
    query = _only_in(identity, other, recipients.c.person, _names(connection, recipients))
    query = query.order_by(by_code_point(connection, recipients.c.person))
    for row in in_chunks(connection, query):
        yield _named(*row)


def count_only_in(connection: Connection, identity: int, other: int) -> int:
    """How many recipients of one mailing are not recipients of the other."""
    number: int = connection.execute(_only_in(identity, other, func.count())).scalar_one()
    return number


def _only_in(identity: int, other: int, *selected: ColumnElement[Any]) -> Select[Any]:
    there = recipients.alias("there")
    same = select(there.c.person).where(there.c.mailing == other, there.c.person == recipients.c.person)
    return select(*selected).select_from(recipients).where(recipients.c.mailing == identity, ~same.exists())
