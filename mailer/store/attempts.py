"""The attempts to sign in of the last hour that failed or are under way, by lane."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, text

from mailer.domain.slow_down import FailedAttempts, LaneKind
from mailer.store.schema import sign_in_attempts


def lock(connection: Connection) -> None:
    """Let no other attempt be counted before this transaction ends: two at once would not see each other."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
        connection.execute(text("LOCK TABLE sign_in_attempts IN SHARE ROW EXCLUSIVE MODE"))


def failed(
    connection: Connection, lanes: Mapping[LaneKind, str], *, since: datetime, now: datetime
) -> list[FailedAttempts]:
    """The attempts of these lanes; one dated later than now does not count, since the clock was wrong then."""
    rows = sign_in_attempts
    query = (
        select(rows.c.lane, func.count().label("count"), func.max(rows.c.at).label("last"))
        .where(rows.c.lane.in_(lanes.values()), rows.c.at > since, rows.c.at <= now)
        .group_by(rows.c.lane)
    )
    kinds = {lane: kind for kind, lane in lanes.items()}
    return [
        FailedAttempts(kind=kinds[row.lane], count=row.count, last=row.last)  # type: ignore[arg-type]
        for row in connection.execute(query)
    ]


def add(connection: Connection, lanes: Collection[str], now: datetime) -> Sequence[int]:
    """Store an attempt in each of its lanes; returns the ids of the rows."""
    rows = [{"lane": lane, "at": now} for lane in lanes]
    statement = insert(sign_in_attempts).returning(sign_in_attempts.c.id)
    return connection.execute(statement, rows).scalars().all()


def remove(connection: Connection, rows: Collection[int]) -> None:
    """Delete an attempt that succeeded."""
    connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.id.in_(rows)))


def remove_older(connection: Connection, than: datetime) -> None:
    """Delete the attempts that count no more."""
    connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.at <= than))
