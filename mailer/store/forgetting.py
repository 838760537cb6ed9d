"""Deletes what is old about people, table by table; what the accounts need stays."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, update

from mailer.store.columns import CHUNK
from mailer.store.schema import attempts, failures, letters, sessions, wishes

# Forgets what is older than the instant, from this key on, some rows at a time; returns how many, and the next key.
Step = Callable[[Connection, datetime, int], tuple[int, int | None]]


def _blank(table: Table, old: Callable[[datetime], ColumnElement[bool]], **values: str) -> Step:
    """A step that empties columns of the old rows."""

    def step(connection: Connection, before: datetime, beyond: int) -> tuple[int, int | None]:
        key = table.primary_key.columns[0]
        filled = or_(*(table.c[name] != empty for name, empty in values.items()))
        query = select(key).where(key > beyond, old(before), filled).order_by(key).limit(CHUNK)
        keys = connection.execute(query).scalars().all()
        if not keys:
            return 0, None
        chosen = and_(key.in_(keys), old(before), filled)
        return connection.execute(update(table).where(chosen).values(values)).rowcount, keys[-1]

    return step


def _deleted(table: Table, old: Callable[[datetime], ColumnElement[bool]]) -> Step:
    """A step that deletes all old rows at once: tables of a few."""

    def step(connection: Connection, before: datetime, _beyond: int) -> tuple[int, int | None]:
        return connection.execute(delete(table).where(old(before))).rowcount, None

    return step


# By the names of `Retention`. A letter's row stays, so that the same letter is never written again; a copy's attempt stays with
# its codes. An unconfirmed wish waits for a person.
STEPS: dict[str, tuple[Step, ...]] = {
    "letters": (_blank(letters, lambda before: letters.c.sent_at < before, recipient="", failure=""),),
    "attempts": (
        _blank(attempts, lambda before: attempts.c.finished_at < before, text=""),
        _blank(failures, lambda before: failures.c.at < before, said=""),
    ),
    "sessions": (_deleted(sessions, lambda before: sessions.c.began_at < before),),
    "wishes": (_deleted(wishes, lambda before: and_(wishes.c.at < before, wishes.c.done_at.is_not(None))),),
}
