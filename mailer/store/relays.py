"""What the relays announced last: the size of the largest message that each takes."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from mailer.store.columns import insert_into
from mailer.store.schema import relay_sizes


def keep_sizes(connection: Connection, announced: Mapping[str, int], now: datetime) -> None:
    """Keep the sizes that relays announced, by name, where they are new; 0 is no limit."""
    for relay, octets in announced.items() - sizes(connection, announced).items():
        new = insert_into(connection, relay_sizes).values(relay=relay, octets=octets, since=now)
        changed = {"octets": octets, "since": now}
        connection.execute(new.on_conflict_do_update(index_elements=[relay_sizes.c.relay], set_=changed))


def sizes(connection: Connection, relays: Collection[str]) -> dict[str, int]:
    """The size that each of these relays announced last; a relay that was never reached is left out."""
    if not relays:
        return {}
    return {row.relay: row.octets for row in connection.execute(_SIZES, {"relays": sorted(relays)})}


# Built once: a sender asks it at every turn.
_SIZES = select(relay_sizes.c.relay, relay_sizes.c.octets).where(
    relay_sizes.c.relay.in_(bindparam("relays", expanding=True))
)
