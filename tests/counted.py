"""Counts the statements that the database is asked, and the functions that are called, meanwhile."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

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


def calls_of(work: Callable[[], object]) -> int:
    """How many functions are called in this work, which no other load of the machine changes."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls
