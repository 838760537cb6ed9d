"""Work that one transaction does after another: each looks at what is there before it writes, and must see what the last one wrote."""

from enum import IntEnum

from sqlalchemy import Connection, func, select


class Work(IntEnum):
    """The work that is done in turns; the value is the number of its advisory lock in PostgreSQL."""

    REPORTS = 1_853_187_442
    PULLS = 1_853_187_443
    SUPPLEMENTS = 1_853_187_444
    PLANS = 1_853_187_445


def take_turns(connection: Connection, work: Work) -> None:
    """Keep others from this work until this transaction ends. To be called before anything is read or written.

    On SQLite writers take turns anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(work.value)))
