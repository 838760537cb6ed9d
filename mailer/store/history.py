"""The history: who did what, when and to which thing. It holds counts and names of issues, never addresses."""

from datetime import datetime

from sqlalchemy import Connection, insert

from mailer.store.schema import history


def record(connection: Connection, *, at: datetime, who: str, verb: str, subject: str, detail: str) -> None:
    """One more line stands in the history: `who` did `verb` to `subject` at that instant."""
    connection.execute(insert(history).values(at=at, who=who, verb=verb, subject=subject, detail=detail))
