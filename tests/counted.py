"""Counts the statements that the database is asked meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from mailer.store import Store


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Every statement that is executed inside of it."""
    executed: list[str] = []

    def note(_connection, _cursor, statement, *_):  # type: ignore[no-untyped-def]
        executed.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    try:
        yield executed
    finally:
        event.remove(store._engine, "before_cursor_execute", note)
