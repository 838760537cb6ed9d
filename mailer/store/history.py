"""The history: who did what, when and to which thing. It holds counts and names of issues, never addresses."""

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
