"""The history: who did what, when and to which thing. It holds counts and names of issues, never addresses."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select

from mailer.domain.history import HistoryEntry
from mailer.store.schema import history


def record(connection: Connection, *, at: datetime, who: str, verb: str, subject: str, detail: str) -> None:
    """Add an entry to the history: `who` did `verb` to `subject` at that time."""
    connection.execute(insert(history).values(at=at, who=who, verb=verb, subject=subject, detail=detail))


def entries(connection: Connection, subject: str) -> list[HistoryEntry]:
    """The entries about one subject, oldest first."""
    query = select(history.c.at, history.c.who, history.c.verb, history.c.detail).where(history.c.subject == subject)
    return [HistoryEntry(**row._asdict()) for row in connection.execute(query.order_by(history.c.id))]


def of_subjects(connection: Connection, subjects: Collection[str]) -> dict[str, list[HistoryEntry]]:
    """The entries about each of these subjects that has any, oldest first."""
    query = select(history.c.subject, history.c.at, history.c.who, history.c.verb, history.c.detail)
    query = query.where(history.c.subject.in_(subjects)).order_by(history.c.id)
    read: dict[str, list[HistoryEntry]] = {}
    for subject, *values in connection.execute(query):
        at, who, verb, detail = values
        read.setdefault(subject, []).append(HistoryEntry(at=at, who=who, verb=verb, detail=detail))
    return read
