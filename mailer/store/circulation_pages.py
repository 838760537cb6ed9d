"""A frozen circulation a page at a time, by name, as a person filters it; and how many people each reason has."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from mailer.domain.membership import MembershipKind
from mailer.domain.names import shown_name
from mailer.domain.register_search import first_words
from mailer.domain.search import CirculationLine, CirculationSearch, forms_of
from mailer.store.columns import by_code_point, in_chunks
from mailer.store.schema import exclusions, recipients, seats

RECIPIENT, EXCLUDED = "recipient", "excluded"


def page(
    connection: Connection,
    mailings: Sequence[int],
    search: CirculationSearch,
    languages: Sequence[str],
    *,
    after: str,
    limit: int,
) -> list[CirculationLine]:
    """The next people who fit, by name, behind the person `after` (empty: the first ones).

    Over these mailings of one issue, each person once, by the latest decision. The name is that of the register now, in
    the first of the `languages` that has one.
    """
    lines = _lines(connection, mailings, languages)
    query = _by_name(connection, lines, search)
    if after:
        name, person = (by_code_point(connection, column) for column in (lines.c.name, lines.c.person))
        last = connection.execute(select(lines.c.name).where(lines.c.person == after)).scalar() or ""
        query = query.where(or_(name > last, and_(name == last, person > after)))
    return [_line(row) for row in connection.execute(query.limit(limit))]


def everybody(
    connection: Connection, mailings: Sequence[int], search: CirculationSearch, languages: Sequence[str]
) -> Iterator[CirculationLine]:
    """All people who fit, by name, read in chunks."""
    query = _by_name(connection, _lines(connection, mailings, languages), search)
    for row in in_chunks(connection, query):
        yield _line(row)


def reasons(connection: Connection, mailings: Sequence[int]) -> dict[tuple[str, str], int]:
    """How many people there are for each decision and reason, the most numerous first."""
    lines = _lines(connection, mailings, ())
    number = func.count().label("number")
    query = select(lines.c.decision, lines.c.reason, number).group_by(lines.c.decision, lines.c.reason)
    rows = connection.execute(query.order_by(lines.c.decision.desc(), number.desc(), lines.c.reason))
    return {(row.decision, row.reason): row.number for row in rows}


def _by_name(connection: Connection, lines: Subquery, search: CirculationSearch) -> Select[Any]:
    name, person = (by_code_point(connection, column) for column in (lines.c.name, lines.c.person))
    return select(lines).where(_fits(lines, search)).order_by(name, person)


def _lines(connection: Connection, mailings: Sequence[int], languages: Sequence[str]) -> Subquery:
    return union_all(_recipients(mailings, languages), _exclusions(connection, mailings, languages)).subquery("lines")


def _recipients(mailings: Sequence[int], languages: Sequence[str]) -> Select[Any]:
    seat = and_(seats.c.membership == recipients.c.membership, seats.c.person == recipients.c.person)
    return (
        select(
            recipients.c.person,
            literal(RECIPIENT).label("decision"),
            recipients.c.reason,
            recipients.c.rule,
            recipients.c.address,
            cast(recipients.c.editions, Text).label("editions"),
            func.coalesce(seats.c.kind, "").label("kind"),
            _name(languages).label("name"),
        )
        .select_from(recipients.outerjoin(seats, seat))
        .where(recipients.c.mailing.in_(mailings), *_latest(recipients, mailings))
    )


def _exclusions(connection: Connection, mailings: Sequence[int], languages: Sequence[str]) -> Select[Any]:
    def of_seat(column: ColumnElement[Any]) -> ColumnElement[Any]:
        seat = select(column).where(seats.c.person == exclusions.c.person)
        first_seat = seat.order_by(by_code_point(connection, seats.c.membership)).limit(1)
        return func.coalesce(first_seat.correlate(exclusions).scalar_subquery(), "")

    return select(
        exclusions.c.person,
        literal(EXCLUDED).label("decision"),
        exclusions.c.reason,
        exclusions.c.rule,
        of_seat(seats.c.address).label("address"),
        literal("[]").label("editions"),
        of_seat(seats.c.kind).label("kind"),
        of_seat(_name(languages)).label("name"),
    ).where(exclusions.c.mailing.in_(mailings), *_latest(exclusions, mailings))


def _name(languages: Sequence[str]) -> ColumnElement[str]:
    names = [func.nullif(seats.c.names[language].as_string(), "") for language in languages]
    return func.coalesce(*names, "") if names else literal("")


def _latest(table: Any, mailings: Sequence[int]) -> list[ColumnElement[bool]]:
    """A later supplement decides about the people in it, who are its recipients."""
    if len(mailings) < 2:
        return []
    later = recipients.alias("later")
    in_later = select(later.c.person).where(
        later.c.mailing.in_(mailings), later.c.mailing > table.c.mailing, later.c.person == table.c.person
    )
    return [~in_later.exists()]


def _fits(lines: Subquery, search: CirculationSearch) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    for column, value in (("decision", search.decision), ("reason", search.reason), ("kind", search.kind)):
        if value:
            conditions.append(lines.c[column] == value)
    if search.language:
        conditions.append(lines.c.editions.contains(json.dumps(search.language), autoescape=True))
    for word in first_words(search.words.split()):
        columns = (lines.c.name, lines.c.person, lines.c.address)
        forms = sorted(forms_of(word))
        conditions.append(or_(*(column.contains(form, autoescape=True) for form in forms for column in columns)))
    return and_(*conditions)


def _line(row: Any) -> CirculationLine:
    return CirculationLine(
        person=row.person,
        name=shown_name(row.person, row.name),
        decision=row.decision,
        reason=row.reason,
        rule=row.rule,
        kind=MembershipKind(row.kind) if row.kind else None,
        address=row.address,
        editions=tuple(json.loads(row.editions)),
    )
