"""A database whose server is away for a while, as SQLAlchemy and psycopg say it, made up on the database of a test."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from mailer.store import Store

PATIENCE, LOOK = 30.0, 0.002  # seconds; what is waited for takes a moment


async def until(is_so: Callable[[], object]) -> None:
    """Wait until it is so."""
    for _ in range(int(PATIENCE / LOOK)):
        if is_so():
            return
        await asyncio.sleep(LOOK)
    pytest.fail("it did not come to that")


class Lost(Exception):
    """What psycopg raises where no connection can be made, or one has broken."""

    sqlstate: str | None = None


def lost() -> OperationalError:
    """The error of a step on a server that is away."""
    return OperationalError("", {}, Lost("connection refused"))


class Server:
    """How the server is: `away` without an end, or refusing so many transactions, from the nth on that begins.

    It `breaks` so many at their ends, before they are committed; the answer to one commit may be lost.
    """

    def __init__(self) -> None:
        self.away = False
        self.away_from = 1
        self.refusals = 0
        self.breaks = 0
        self.begun = 0
        self.committed = 0
        self.answers_lost_at = inf

    def begin(self, _connection: Connection) -> None:
        self.begun += 1
        refuses = self.begun >= self.away_from and self.refusals > 0
        self.refusals -= refuses
        if self.away or refuses:
            raise lost()

    def commit(self, connection: Connection) -> None:
        if self.breaks > 0:
            self.breaks -= 1
            raise lost()
        self.committed += not connection.get_execution_options().get("reading")
        if self.committed == self.answers_lost_at:
            self.answers_lost_at = inf
            raw: Any = connection.connection.dbapi_connection
            raw.commit() if connection.dialect.name != "sqlite" else raw.execute("COMMIT")
            raise lost()


@contextmanager
def server_of(store: Store) -> Iterator[Server]:
    """The server of this store, which a test sends away and lets come back."""
    server = Server()
    for moment in ("begin", "commit"):
        event.listen(store._engine, moment, getattr(server, moment))
    yield server
    for moment in ("begin", "commit"):
        event.remove(store._engine, moment, getattr(server, moment))
