"""Deletes what is old about people, table by table; what the accounts need stays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, true, update

from mailer.store.columns import CHUNK
from mailer.store.schema import attempts, failures, letters, sessions, wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRows:
    """The old rows of a table, of which columns are emptied, or which are deleted where none are named; some at a time."""

    table: Table
    old: Callable[[datetime], ColumnElement[bool]]
    emptied: Mapping[str, str] = field(default_factory=dict)

    def next(self, connection: Connection, before: datetime, beyond: object) -> Sequence[Any]:
        """The keys of the next rows that are older than the instant; beyond this key, if one is given.

        All rows may have to be read for that, so ask in a transaction that only reads: no writer waits for it.
        """
        query = select(self._key).where(self._chosen(before)).order_by(self._key).limit(CHUNK)
        return connection.execute(query if beyond is None else query.where(self._key > beyond)).scalars().all()

    def forget(self, connection: Connection, before: datetime, keys: Sequence[Any]) -> int:
        """Forget what is old of the rows with these keys; returns how many rows that were."""
        chosen = and_(self._key.in_(keys), self._chosen(before))
        if self.emptied:
            return connection.execute(update(self.table).where(chosen).values(self.emptied)).rowcount
        return connection.execute(delete(self.table).where(chosen)).rowcount

    @property
    def _key(self) -> ColumnElement[Any]:
        return self.table.primary_key.columns[0]

    def _chosen(self, before: datetime) -> ColumnElement[bool]:
        filled = (self.table.c[name] != empty for name, empty in self.emptied.items())
        return and_(self.old(before), or_(*filled) if self.emptied else true())


# By the names of `Retention`. A letter's row stays, so that the same letter is never written again; a copy's attempt stays with
# its codes. An unconfirmed wish waits for a person.
STEPS: dict[str, tuple[OldRows, ...]] = {
    "letters": (
        OldRows(
            table=letters,
            old=lambda before: letters.c.sent_at < before,
            emptied=dict.fromkeys(("recipient", "failure"), ""),
        ),
    ),
    "attempts": (
        OldRows(table=attempts, old=lambda before: attempts.c.finished_at < before, emptied={"text": ""}),
        OldRows(table=failures, old=lambda before: failures.c.at < before, emptied={"said": ""}),
    ),
    "sessions": (OldRows(table=sessions, old=lambda before: sessions.c.began_at < before),),
    "wishes": (OldRows(table=wishes, old=lambda before: and_(wishes.c.at < before, wishes.c.done_at.is_not(None))),),
}
