"""The test mailings that were sent: of which content and editions, and when."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from mailer.store.schema import test_mailings


def record_test(
    connection: Connection,
    *,
    newsletter: str,
    serial: int,
    content_hash: str,
    editions_hash: str,
    now: datetime,
    messages: int,
) -> None:
    """Record that a test mailing of exactly this content and these editions was sent."""
    connection.execute(
        insert(test_mailings).values(
            newsletter=newsletter,
            serial=serial,
            content_hash=content_hash,
            editions_hash=editions_hash,
            sent_at=now,
            messages=messages,
        )
    )


def last_test(connection: Connection, content_hash: str, editions_hash: str) -> tuple[datetime, int] | None:
    """When a test mailing of exactly this content and these editions was sent last, and how many messages it had."""
    same = (test_mailings.c.content_hash == content_hash) & (test_mailings.c.editions_hash == editions_hash)
    query = select(test_mailings.c.sent_at, test_mailings.c.messages).where(same)
    row = connection.execute(query.order_by(test_mailings.c.sent_at.desc()).limit(1)).first()
    return (row.sent_at, row.messages) if row else None


def was_tested(connection: Connection, content_hash: str, editions_hash: str) -> bool:
    """Whether a test mailing of exactly this content and these editions was sent."""
    query = select(func.count()).where(
        test_mailings.c.content_hash == content_hash, test_mailings.c.editions_hash == editions_hash
    )
    return connection.execute(query).scalar_one() > 0


def tests_of(connection: Connection, content_hashes: Collection[str]) -> dict[tuple[str, str], datetime]:
    """When each of these contents was last tested, by the hashes of the content and of the editions."""
    own = test_mailings.c
    query = select(own.content_hash, own.editions_hash, func.max(own.sent_at).label("at"))
    query = query.where(own.content_hash.in_(content_hashes)).group_by(own.content_hash, own.editions_hash)
    return {(row.content_hash, row.editions_hash): row.at for row in connection.execute(query)}
