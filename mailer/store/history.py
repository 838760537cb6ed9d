"""The history: who did what, when and to which thing. Entries are only added; they hold ids, never names or addresses."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, insert, select

from mailer.domain.history import HistoryEntry, HistoryPage, HistoryRow, HistorySearch, without_addresses
from mailer.store.schema import history


def record(connection: Connection, *, at: datetime, who: str, verb: str, subject: str, detail: str) -> None:
    """Add an entry to the history: `who` did `verb` to `subject` at that time. Addresses are left out."""
    words = {"subject": without_addresses(subject), "detail": without_addresses(detail)}
    connection.execute(insert(history).values(at=at, who=who, verb=verb, **words))


def entries(connection: Connection, subject: str) -> list[HistoryEntry]:
    """The entries about one subject, oldest first."""
    query = select(history.c.at, history.c.who, history.c.verb, history.c.detail).where(history.c.subject == subject)
    return [HistoryEntry(**row._asdict()) for row in connection.execute(query.order_by(history.c.id))]


def last_of(connection: Connection, subject: str, verbs: Collection[str]) -> HistoryEntry | None:
    """The last time that one of these was done to the subject."""
    query = select(history.c.at, history.c.who, history.c.verb, history.c.detail)
    query = query.where(history.c.subject == subject, history.c.verb.in_(verbs)).order_by(history.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return HistoryEntry(**row._asdict()) if row else None


def first_instant(connection: Connection) -> datetime | None:
    """When the first thing was done; None where nothing was."""
    at: datetime | None = connection.execute(select(history.c.at).order_by(history.c.id).limit(1)).scalar()
    return at


def of_subjects(connection: Connection, subjects: Collection[str]) -> dict[str, list[HistoryEntry]]:
    """The entries about each of these subjects that has any, oldest first."""
    query = select(history.c.subject, history.c.at, history.c.who, history.c.verb, history.c.detail)
    query = query.where(history.c.subject.in_(subjects)).order_by(history.c.id)
    read: dict[str, list[HistoryEntry]] = {}
    for subject, *values in connection.execute(query):
        at, who, verb, detail = values
        read.setdefault(subject, []).append(HistoryEntry(at=at, who=who, verb=verb, detail=detail))
    return read


def page(connection: Connection, search: HistorySearch, *, older_than: int | None, most: int) -> HistoryPage:
    """The newest entries that match, or the next older ones: at most so many."""
    query = select(history).order_by(history.c.id.desc()).limit(most + 1)
    if older_than is not None:
        query = query.where(history.c.id < older_than)
    for column, word in ((history.c.who, search.who), (history.c.verb, search.verb)):
        if word:
            query = query.where(column == word)
    if search.subject:
        query = query.where(history.c.subject.icontains(search.subject, autoescape=True))
    if search.since is not None:
        query = query.where(history.c.at >= search.since)
    if search.before is not None:
        query = query.where(history.c.at < search.before)
    rows = [HistoryRow(**row._asdict()) for row in connection.execute(query)]
    return HistoryPage(rows=tuple(rows[:most]), older=rows[most - 1].id if len(rows) > most else None)


def known(connection: Connection) -> tuple[list[str], list[str]]:
    """Everybody who did something, and everything that was done, each in order."""
    who = connection.execute(select(history.c.who).distinct().order_by(history.c.who)).scalars()
    verbs = connection.execute(select(history.c.verb).distinct().order_by(history.c.verb)).scalars()
    return list(who), list(verbs)
