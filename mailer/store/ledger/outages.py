"""The times when no relay could be used, and when one of several could not."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from mailer.store.schema import relay_outages

# The relay of an outage of all of them.
_ALL = ""
_is_open = relay_outages.c.ended_at.is_(None)
_of_all = _is_open & (relay_outages.c.relay == _ALL)


def open_now(connection: Connection) -> str | None:
    """Why no relay can be used now; None when one can, as far as we know."""
    return connection.execute(select(relay_outages.c.reason).where(_of_all)).scalar()


def open_since(connection: Connection) -> datetime | None:
    """Since when no relay can be used; None when one can, as far as we know."""
    return connection.execute(select(func.min(relay_outages.c.began_at)).where(_of_all)).scalar()


def begin(connection: Connection, now: datetime, reason: str) -> None:
    """Record that no relay can be used; at most one outage is open at a time."""
    if open_now(connection) is None:
        connection.execute(insert(relay_outages).values(began_at=now, reason=reason))


def end(connection: Connection, now: datetime) -> None:
    """Record that a relay can be used again."""
    connection.execute(update(relay_outages).where(_of_all).values(ended_at=now))


def left_out(connection: Connection) -> dict[str, str]:
    """The relays that cannot be used while others may, each with the reason, as far as we know."""
    query = select(relay_outages.c.relay, relay_outages.c.reason).where(_is_open, relay_outages.c.relay != _ALL)
    return {row.relay: row.reason for row in connection.execute(query)}


def leave_out(connection: Connection, now: datetime, relays: Mapping[str, str]) -> None:
    """Record that these relays cannot be used, each with the reason, and that all others can."""
    noted = left_out(connection)
    for relay in noted.keys() - relays.keys():
        take_in(connection, now, relay)
    new = [{"relay": relay, "reason": relays[relay], "began_at": now} for relay in sorted(relays.keys() - noted.keys())]
    if new:
        connection.execute(insert(relay_outages), new)


def take_in(connection: Connection, now: datetime, relay: str) -> None:
    """Record that this relay can be used again."""
    connection.execute(update(relay_outages).where(_is_open, relay_outages.c.relay == relay).values(ended_at=now))
