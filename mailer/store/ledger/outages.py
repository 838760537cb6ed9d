"""The times when no relay could be used."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from mailer.store.schema import relay_outages


def open_now(connection: Connection) -> str | None:
    """Why no relay can be used now; None when one can, as far as we know."""
    return connection.execute(select(relay_outages.c.reason).where(relay_outages.c.ended_at.is_(None))).scalar()


def open_since(connection: Connection) -> datetime | None:
    """Since when no relay can be used; None when one can, as far as we know."""
    query = select(func.min(relay_outages.c.began_at)).where(relay_outages.c.ended_at.is_(None))
    return connection.execute(query).scalar()


def begin(connection: Connection, now: datetime, reason: str) -> None:
    """Record that no relay can be used; at most one outage is open at a time."""
    if connection.execute(select(relay_outages.c.id).where(relay_outages.c.ended_at.is_(None))).first() is None:
        connection.execute(insert(relay_outages).values(began_at=now, reason=reason))


def end(connection: Connection, now: datetime) -> None:
    """Record that a relay can be used again."""
    connection.execute(update(relay_outages).where(relay_outages.c.ended_at.is_(None)).values(ended_at=now))
