"""Finds the mailings that a sender must act on, in one statement however many have ended."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select, union

from mailer.domain.mailing import MailingState
from mailer.domain.retry import LONGEST_WAIT
from mailer.store.columns import UtcDateTime
from mailer.store.ledger.claims import is_due
from mailer.store.schema import deliveries, is_pending, is_sending, mailings


class Unfinished(NamedTuple):
    """A mailing in `sending`, or one that has ended and to which a copy came back.

    `open_copies`: whether a copy of it is pending or in a sender's hands.
    """

    id: int
    state: MailingState
    open_copies: bool


def unfinished(connection: Connection) -> list[Unfinished]:
    """The mailings in `sending`, and those closed or cancelled that have a pending or sending copy."""
    return [
        Unfinished(row.id, MailingState(row.state), bool(row.open_copies)) for row in connection.execute(_UNFINISHED)
    ]


def any_due(connection: Connection, mailing: int, now: datetime) -> bool:
    """Whether a copy of the mailing is pending and waits for nothing."""
    return (
        connection.execute(_DUE, {"of_mailing": mailing, "now": now, "latest": now + LONGEST_WAIT}).first() is not None
    )


def count_due(connection: Connection, mailing: int, now: datetime, *, most: int) -> int:
    """How many copies of the mailing are pending and wait for nothing; no more than so many are counted."""
    rows = {"of_mailing": mailing, "now": now, "latest": now + LONGEST_WAIT, "most": most}
    return connection.execute(_COUNT_DUE, rows).scalar_one()


def any_sending(connection: Connection) -> bool:
    """Whether any sender, alive or dead, has a copy in hand."""
    return connection.execute(_SENDING).first() is not None


def _with_open_copies() -> Select[Any]:
    """The mailings with a pending or sending copy.

    Each seek in the index of pending copies finds the next mailing that has one: its copies are not counted through.
    """
    first = select(func.min(deliveries.c.mailing).label("mailing")).where(is_pending).cte("pending", recursive=True)
    following = select(func.min(deliveries.c.mailing)).where(is_pending, deliveries.c.mailing > first.c.mailing)
    pending = first.union_all(select(following.scalar_subquery()).where(first.c.mailing.is_not(None)))
    in_hand = select(deliveries.c.mailing).where(is_sending)
    waiting = select(pending.c.mailing).where(pending.c.mailing.is_not(None))
    return select(union(waiting, in_hand).subquery("open").c.mailing)


def _unfinished() -> Select[Any]:
    has_open_copies = mailings.c.id.in_(_with_open_copies())
    ended = mailings.c.state.in_([MailingState.CLOSED, MailingState.CANCELLED])
    return select(mailings.c.id, mailings.c.state, has_open_copies.label("open_copies")).where(
        or_(mailings.c.state == MailingState.SENDING, and_(ended, has_open_copies))
    )


_UNFINISHED = _unfinished()
_SENDING = select(deliveries.c.id).where(is_sending).limit(1)
_ALL_DUE = select(deliveries.c.id).where(
    deliveries.c.mailing == bindparam("of_mailing"),
    is_pending,
    is_due(bindparam("now", type_=UtcDateTime()), bindparam("latest", type_=UtcDateTime())),
)
_DUE = _ALL_DUE.limit(1)
_COUNT_DUE = select(func.count()).select_from(_ALL_DUE.limit(bindparam("most")).subquery("due"))
