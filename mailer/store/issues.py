"""The revisions of issues as they were pulled, kept under their content hash."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from mailer.domain.issue import Issue
from mailer.domain.mailing import Mailing
from mailer.domain.ports import RawFile
from mailer.domain.shelf import Revision
from mailer.store.schema import revision_files, revisions


def add_revision(connection: Connection, issue: Issue, files: Sequence[RawFile], *, folder: str, now: datetime) -> int:
    """Store a revision with its files; returns its number, one more than the latest of this issue.

    Content that was stored before is not stored again: its revision takes the new number.
    """
    latest = connection.execute(
        select(func.max(revisions.c.revision)).where(
            revisions.c.newsletter == issue.newsletter, revisions.c.serial == issue.serial
        )
    ).scalar()
    number = (latest or 0) + 1
    same_content = revisions.c.content_hash == issue.content_hash
    renumber = update(revisions).where(same_content).values(revision=number, folder=folder, pulled_at=now)
    if connection.execute(renumber).rowcount:
        return number
    connection.execute(
        insert(revisions).values(
            content_hash=issue.content_hash,
            newsletter=issue.newsletter,
            serial=issue.serial,
            revision=number,
            number=issue.number,
            volume=issue.volume,
            year=issue.year,
            date=issue.date,
            languages=list(issue.languages),
            title=issue.texts[0].title,
            folder=folder,
            pulled_at=now,
        )
    )
    connection.execute(
        insert(revision_files),
        [{"content_hash": issue.content_hash, "name": file.name, "content": file.content} for file in files],
    )
    return number


def latest_revisions(connection: Connection, newsletter: str | None = None) -> list[Revision]:
    """The latest revision of every issue, by newsletter and serial."""
    last = (
        select(revisions.c.newsletter, revisions.c.serial, func.max(revisions.c.revision).label("revision"))
        .group_by(revisions.c.newsletter, revisions.c.serial)
        .subquery()
    )
    query = (
        select(revisions)
        .join(
            last,
            (revisions.c.newsletter == last.c.newsletter)
            & (revisions.c.serial == last.c.serial)
            & (revisions.c.revision == last.c.revision),
        )
        .order_by(revisions.c.newsletter, revisions.c.serial)
    )
    if newsletter is not None:
        query = query.where(revisions.c.newsletter == newsletter)
    return [_revision(row) for row in connection.execute(query)]


def latest_revision(connection: Connection, newsletter: str, serial: int) -> Revision | None:
    """The latest revision of one issue."""
    query = (
        select(revisions)
        .where(revisions.c.newsletter == newsletter, revisions.c.serial == serial)
        .order_by(revisions.c.revision.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return _revision(row) if row else None


def dated_within(connection: Connection, first: date, last: date, limit: int) -> list[Revision]:
    """The revisions dated within these days, the newest date first, at most `limit`."""
    query = select(revisions).where(revisions.c.date.between(first, last))
    return [_revision(row) for row in connection.execute(query.order_by(revisions.c.date.desc()).limit(limit))]


def revision_of(connection: Connection, mailing: Mailing) -> Revision:
    """The revision that a mailing was planned from. It is kept for ever."""
    return _revision(connection.execute(_WITH_HASH, {"of_hash": mailing.content_hash}).one())


# Built once: a sender asks it at every turn.
_WITH_HASH = select(revisions).where(revisions.c.content_hash == bindparam("of_hash"))


def files_of(connection: Connection, content_hash: str) -> tuple[RawFile, ...]:
    """The files of a revision, byte for byte as they were stored."""
    query = (
        select(revision_files.c.name, revision_files.c.content)
        .where(revision_files.c.content_hash == content_hash)
        .order_by(revision_files.c.name)
    )
    return tuple(RawFile(name=row.name, content=row.content) for row in connection.execute(query))


def newsletters_with(connection: Connection, serial: int) -> list[str]:
    """The newsletters that have an issue of this serial, by id."""
    query = select(revisions.c.newsletter).where(revisions.c.serial == serial).distinct()
    return list(connection.execute(query.order_by(revisions.c.newsletter)).scalars())


def count_revisions(connection: Connection, newsletter: str, serial: int) -> int:
    """How many revisions of an issue are kept."""
    query = select(func.count()).where(revisions.c.newsletter == newsletter, revisions.c.serial == serial)
    number: int = connection.execute(query).scalar_one()
    return number


def delete_revisions(connection: Connection, newsletter: str, serial: int) -> None:
    """Delete every revision of an issue with its files; its mailings are gone before."""
    own = (revisions.c.newsletter == newsletter) & (revisions.c.serial == serial)
    hashes = select(revisions.c.content_hash).where(own)
    connection.execute(delete(revision_files).where(revision_files.c.content_hash.in_(hashes)))
    connection.execute(delete(revisions).where(own))


def _revision(row: Row[tuple[object, ...]]) -> Revision:
    fields = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for it)
    return Revision(**{**fields, "languages": tuple(fields["languages"])})
