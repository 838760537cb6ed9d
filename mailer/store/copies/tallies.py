"""Counts the copies of mailings: those done, those refused, and when the next may leave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, func, or_, select

from mailer.domain.delivery import State
from mailer.domain.retry import LONGEST_WAIT
from mailer.store.schema import attempts, deliveries, is_counted, is_pending, is_uncertain

# The states of copies that have left or were refused.
DONE = (State.ACCEPTED, State.REJECTED, State.UNCERTAIN, State.BOUNCED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When pending copies of some mailings may leave.

    `at_once`: one may leave now. `next_at`: else when the first may, None when none is pending or the time is unknown.
    `throttled`: the throttled providers to which copies are pending.
    """

    at_once: bool
    next_at: datetime | None
    throttled: frozenset[str]


def next_due(
    connection: Connection, mailings: Sequence[int], throttled: Mapping[str, datetime | None], now: datetime
) -> Due:
    """When the first pending copy may leave. `throttled` providers get nothing until then (None: until lifted)."""
    pending = (deliveries.c.mailing.in_(mailings)) & is_pending
    others = pending & deliveries.c.family.not_in(sorted(throttled)) if throttled else pending
    next_attempt_at = deliveries.c.next_attempt_at
    unbound = or_(next_attempt_at.is_(None), next_attempt_at > now + LONGEST_WAIT)
    times = list[datetime | None]()
    at_once = connection.execute(select(deliveries.c.id).where(others, unbound).limit(1)).first() is not None
    if not at_once:
        times = [connection.execute(select(func.min(deliveries.c.next_attempt_at)).where(others)).scalar()]
    waiting_for = set[str]()
    for family, until in throttled.items():
        first = select(deliveries.c.next_attempt_at).where(pending, deliveries.c.family == family)
        row = connection.execute(first.order_by(deliveries.c.next_attempt_at.asc().nulls_first()).limit(1)).first()
        if row is not None:
            waiting_for.add(family)
            times.append(max(until, row.next_attempt_at or until) if until is not None else None)
    next_at = min((at for at in times if at is not None), default=None)
    return Due(at_once=at_once, next_at=None if at_once else next_at, throttled=frozenset(waiting_for))


def finished_since(connection: Connection, mailings: Sequence[int], since: datetime) -> int:
    """How many attempts for these mailings ended after that instant, but for those in which a relay asked to slow down."""
    query = (
        select(func.count())
        .select_from(attempts.join(deliveries, deliveries.c.id == attempts.c.delivery))
        .where(deliveries.c.mailing.in_(mailings), attempts.c.finished_at > since, is_counted)
    )
    return connection.execute(query).scalar_one()


def done_up_to(
    connection: Connection, mailing: int, most: int, *, since: datetime | None = None, family: str | None = None
) -> int:
    """How many copies of a mailing have left or were refused, at most `most`; copies not yet tried cost nothing.

    `since`: only those tried from that time on; `family`: only those to that provider.
    """
    copy = deliveries.c.id == attempts.c.delivery
    done = select(deliveries.c.id).where(copy, deliveries.c.mailing == mailing, deliveries.c.state.in_(DONE))
    if family is not None:
        done = done.where(deliveries.c.family == family)
    first_done = _tried(mailing, since).where(done.exists()).limit(most)
    return connection.execute(select(func.count()).select_from(first_done.subquery())).scalar_one()


def families_done_between(
    connection: Connection, mailing: int, first: int, last: int, most: int, *, relay: str = ""
) -> Counter[str]:
    """How many copies of a mailing have left or were refused by the attempts from one to another, for each provider.

    At most `most` are counted. `relay`: only those that this relay got.
    """
    of_relay = [attempts.c.relay == relay] if relay else []
    # `mailing + 0` keeps the index of mailings out: few attempts lie between.
    done = (
        select(attempts.c.delivery, deliveries.c.family)
        .distinct()
        .join(deliveries, deliveries.c.id == attempts.c.delivery)
        .where(attempts.c.id.between(first, last), deliveries.c.mailing + 0 == mailing, deliveries.c.state.in_(DONE))
        .where(*of_relay)
        .limit(most)
        .subquery()
    )
    query = select(done.c.family, func.count().label("number")).group_by(done.c.family)
    return Counter({row.family: row.number for row in connection.execute(query)})


def states_of_tried(connection: Connection, mailing: int, since: datetime | None) -> Counter[State]:
    """How many copies of a mailing tried from that time on are in each state by now.

    Those that are uncertain since the lease of a sender ended are left out: it may settle them, and no relay has lost an answer.
    """
    tried = _tried(mailing, since).subquery()
    unsettled = is_uncertain & deliveries.c.owner.is_not(None)
    query = (
        select(deliveries.c.state, func.count().label("number"))
        .join(tried, tried.c.delivery == deliveries.c.id)
        .where(deliveries.c.mailing == mailing, ~unsettled)
        .group_by(deliveries.c.state)
    )
    return Counter({State(row.state): row.number for row in connection.execute(query)})


def _tried(mailing: int, since: datetime | None) -> Select[tuple[int]]:
    """The copies with an attempt within the mailing's range of ids, which may hold a few of others."""
    first, last = (
        select(end(deliveries.c.id)).where(deliveries.c.mailing == mailing).scalar_subquery()
        for end in (func.min, func.max)
    )
    tried = select(attempts.c.delivery).distinct().where(attempts.c.delivery.between(first, last))
    return tried.where(attempts.c.finished_at >= since) if since is not None else tried


def copies_up_to(connection: Connection, mailing: int, most: int) -> int:
    """How many copies a mailing has, at most `most`."""
    first = select(deliveries.c.id).where(deliveries.c.mailing == mailing).limit(most)
    return connection.execute(select(func.count()).select_from(first.subquery())).scalar_one()
