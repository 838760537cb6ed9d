"""Counts the attempts in a range of the ledger, by relay, outcome, newsletter and how long they took."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Numeric, case, cast, extract, func, select

from mailer.store.schema import attempts, deliveries, mailings

# The upper bounds of the durations in seconds; a relay may take ten minutes for its last answer.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
_BEYOND = len(BOUNDS)
NOTHING_BELOW = dict.fromkeys(BOUNDS, 0)
_SECONDS_A_DAY = 86_400.0
# Parts of a second: SQLite's days tell an instant to a twentieth of a millisecond.
PARTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFigures:
    """So many attempts that are alike, and took between two bounds: `place` is that of the upper one, if it has one."""

    relay: str
    outcome: str
    newsletter: str
    place: int
    number: int
    parts: int  # of a second: how long they took in all
    last: datetime


def last_attempt(connection: Connection) -> int:
    """The id of the newest attempt; 0 without any."""
    return connection.execute(select(func.max(attempts.c.id))).scalar() or 0


def last_before(connection: Connection, at: datetime) -> int:
    """The id of the newest attempt that ended before this instant; 0 without any."""
    query = select(attempts.c.id).where(attempts.c.finished_at < at).order_by(attempts.c.id.desc()).limit(1)
    return connection.execute(query).scalar() or 0


def attempt_figures(connection: Connection, after: int, up_to: int) -> list[AttemptFigures]:
    """The attempts with ids above `after`, up to the other one."""
    took = _parts(connection.dialect.name)
    # An offset, even none, lets SQLite work out each duration once.
    each = (
        select(attempts.c.relay, attempts.c.outcome, attempts.c.delivery, attempts.c.finished_at, took.label("took"))
        .where(attempts.c.id > after, attempts.c.id <= up_to)
        .offset(0)
        .subquery()
    )
    bound = case(*((each.c.took <= bound * PARTS, place) for place, bound in enumerate(BOUNDS)), else_=_BEYOND)
    newsletter = func.coalesce(mailings.c.newsletter, "")
    groups = (each.c.relay, each.c.outcome, newsletter, bound)
    query = (
        select(
            each.c.relay,
            each.c.outcome,
            newsletter.label("newsletter"),
            bound.label("place"),
            func.count().label("number"),
            cast(func.sum(each.c.took), BigInteger).label("parts"),
            func.max(each.c.finished_at, type_=attempts.c.finished_at.type).label("last"),
        )
        .join(deliveries, deliveries.c.id == each.c.delivery)
        .join(mailings, mailings.c.id == deliveries.c.mailing)
        .group_by(*groups)
    )
    return [AttemptFigures(**row._asdict()) for row in connection.execute(query)]


def _parts(dialect: str) -> ColumnElement[int]:
    """How long an attempt took; not less than nothing, though the clock was set back meanwhile.

    Whole numbers, whose sum is the same in every order: a sum that shrinks by a hair is a restart to a monitor.
    """
    started, finished = attempts.c.started_at, attempts.c.finished_at
    if dialect == "sqlite":
        took: ColumnElement[Any] = (func.julianday(finished) - func.julianday(started)) * _SECONDS_A_DAY
    else:
        took = cast(extract("epoch", finished - started), Numeric)
    return case((took > 0, cast(func.round(took * PARTS), BigInteger)), else_=0)
