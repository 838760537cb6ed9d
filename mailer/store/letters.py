"""The letters to secretary and operator: written down with what they tell, and sent later; each is told once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from mailer.store.columns import insert_into
from mailer.store.report_tables import letters


def add(
    connection: Connection, *, kind: str, about: str, recipient: str, facts: Mapping[str, object], now: datetime
) -> bool:
    """A letter of this kind about this thing waits to be sent; False when there is or was one already.

    `facts` are plain values for its template: text, numbers, lists and mappings of these.
    """
    values = {"kind": kind, "about": about, "recipient": recipient, "facts": dict(facts), "made_at": now}
    once = insert_into(connection, letters).values(values).on_conflict_do_nothing(index_elements=["kind", "about"])
    return connection.execute(once.returning(letters.c.id)).first() is not None
