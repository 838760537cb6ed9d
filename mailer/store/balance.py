"""Adds up the rows of an issue: whether each decision has its copies, and each copy its decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, Text, and_, cast, func, select

from mailer.store import circulation_pages
from mailer.store.schema import deliveries, exclusions, recipients


def agrees(connection: Connection, mailing: int) -> bool:
    """Whether in a mailing nobody is both recipient and excluded, and the copies are exactly those of the recipients.

    Each copy has a decision for its language, no two have the same, and there are as many as were decided: then none is
    missing either. Counted by the database, since a mailing may have a hundred thousand copies.
    """
    if any(connection.execute(query).first() for query in (_both(mailing), _undecided(mailing), _twice(mailing))):
        return False
    written = select(func.count()).where(deliveries.c.mailing == mailing)
    decided = connection.execute(_decided(mailing)).scalar() or 0
    return decided == connection.execute(written).scalar_one()


def considered(connection: Connection, mailings: Sequence[int]) -> int:
    """How many different people the mailings of an issue have decided about."""
    tables = [select(table.c.person).where(table.c.mailing.in_(mailings)) for table in (recipients, exclusions)]
    return connection.execute(select(func.count()).select_from(tables[0].union(tables[1]).subquery())).scalar_one()


def count_reasons(connection: Connection, mailings: Sequence[int]) -> tuple[int, dict[str, int]]:
    """How many people receive the issue, and how many do not for each reason; each person by the latest decision."""
    reasons = circulation_pages.reasons(connection, mailings)
    excluded = {
        reason: number
        for (decision, reason), number in sorted(reasons.items())
        if decision == circulation_pages.EXCLUDED
    }
    return sum(reasons.values()) - sum(excluded.values()), excluded


def _both(mailing: int) -> Select[Any]:
    same = and_(exclusions.c.mailing == recipients.c.mailing, exclusions.c.person == recipients.c.person)
    return select(recipients.c.person).join(exclusions, same).where(recipients.c.mailing == mailing).limit(1)


def _undecided(mailing: int) -> Select[Any]:
    """A copy without a decision for its language."""
    due = cast(recipients.c.editions, Text).contains('"' + deliveries.c.language + '"')
    decision = select(recipients.c.person).where(
        recipients.c.mailing == mailing, recipients.c.person == deliveries.c.person, due
    )
    return select(deliveries.c.id).where(deliveries.c.mailing == mailing, ~decision.exists()).limit(1)


def _twice(mailing: int) -> Select[Any]:
    """A person with two copies in one language."""
    own = select(deliveries.c.person).where(deliveries.c.mailing == mailing)
    return own.group_by(deliveries.c.person, deliveries.c.language).having(func.count() > 1).limit(1)


def _decided(mailing: int) -> Select[Any]:
    """How many copies the recipients were to get."""
    length = func.json_array_length(recipients.c.editions)
    return select(func.sum(length)).where(recipients.c.mailing == mailing)
