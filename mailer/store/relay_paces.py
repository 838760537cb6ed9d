"""What the relays asked of our pace, kept for the next process and for `status`."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from mailer.domain.relay_limits import SlowRelay
from mailer.store.columns import insert_into
from mailer.store.schema import relay_paces


def slow_relays(connection: Connection) -> dict[str, SlowRelay]:
    """What was found out about relays that asked to slow down, by name."""
    rows = connection.execute(select(relay_paces).order_by(relay_paces.c.relay))
    return {row.relay: SlowRelay(**row._asdict()) for row in rows}


def keep(connection: Connection, relays: Iterable[SlowRelay]) -> None:
    """Keep what was found out about these relays."""
    for relay in relays:
        values = {name: getattr(relay, name) for name in SlowRelay.__slots__}
        new = insert_into(connection, relay_paces).values(**values)
        changed = {name: new.excluded[name] for name in values if name != "relay"}
        connection.execute(new.on_conflict_do_update(index_elements=[relay_paces.c.relay], set_=changed))


def forget(connection: Connection, relays: Iterable[str]) -> None:
    """These relays have no limit any more."""
    connection.execute(delete(relay_paces).where(relay_paces.c.relay.in_(sorted(relays))))
