"""Counts what has left lately, by relay and by provider, and keeps the throttles of providers."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, or_, select

from mailer.domain.due import CLOCKS_DIFFER
from mailer.domain.pacing import Throttle
from mailer.store.columns import UtcDateTime, insert_into
from mailer.store.schema import attempts, deliveries, is_counted, is_sending, throttles

_NOW, _LATEST = bindparam("now", type_=UtcDateTime()), bindparam("latest", type_=UtcDateTime())
# Built once: a sender asks them at every turn.
_CURRENT = (
    select(throttles)
    .where(or_(throttles.c.until.is_(None), throttles.c.until > _NOW))
    .where(or_(throttles.c.failures == 0, throttles.c.set_at <= _LATEST))
    .order_by(throttles.c.family)
)
_EXPIRED = select(throttles.c.family).where(throttles.c.failures > 0, throttles.c.until <= _NOW)


def count_through(connection: Connection, relay: str, since: datetime, now: datetime) -> int:
    """How many copies any process tried through a relay after `since` and until now, or has in hand for it.

    Attempts dated further ahead than the clocks of two machines differ do not count (the clock was wrong): they would use up
    the limit until then.
    """
    tried = select(func.count()).select_from(attempts)
    tried = tried.where(attempts.c.relay == relay, _lately(since, now))
    in_hand = select(func.count()).where(deliveries.c.relay == relay, is_sending)
    return connection.execute(tried).scalar_one() + connection.execute(in_hand).scalar_one()


def count_to(connection: Connection, family: str, since: datetime, now: datetime, *, relays: Collection[str]) -> int:
    """How many copies to a provider any process tried through these relays after `since`, or has in hand."""
    of_family = attempts.join(deliveries, deliveries.c.id == attempts.c.delivery)
    tried = select(func.count()).select_from(of_family)
    tried = tried.where(deliveries.c.family == family, attempts.c.relay.in_(sorted(relays)), _lately(since, now))
    return connection.execute(tried).scalar_one() + in_hand_to(connection, family)


def _lately(since: datetime, now: datetime) -> ColumnElement[bool]:
    started_at = attempts.c.started_at
    return (started_at > since) & (started_at <= now + CLOCKS_DIFFER) & is_counted


def in_hand_to(connection: Connection, family: str) -> int:
    """How many copies to a provider any process has in hand now."""
    query = select(func.count()).where(deliveries.c.family == family, is_sending)
    return connection.execute(query).scalar_one()


def first_use(connection: Connection, relay: str) -> datetime | None:
    """When a relay was first used, as far back as the ledger goes."""
    return connection.execute(select(func.min(attempts.c.started_at)).where(attempts.c.relay == relay)).scalar()


def current_throttles(connection: Connection, now: datetime) -> list[Throttle]:
    """Every provider that gets nothing now: a person suspended it, or it asked us to slow down.

    Throttles that the sender set further ahead than the clocks of two machines differ are ignored (the clock was wrong).
    """
    rows = connection.execute(_CURRENT, {"now": now, "latest": now + CLOCKS_DIFFER})
    return [Throttle(**row._asdict()) for row in rows]


def expired_throttles(connection: Connection, now: datetime) -> set[str]:
    """The providers that had asked us to slow down and get copies again."""
    return set(connection.execute(_EXPIRED, {"now": now}).scalars())


def throttle_of(connection: Connection, family: str) -> Throttle | None:
    """The last throttle of a provider, over or not."""
    row = connection.execute(select(throttles).where(throttles.c.family == family)).first()
    return Throttle(**row._asdict()) if row else None


def set_throttle(connection: Connection, throttle: Throttle) -> bool:
    """Throttle a provider. False when a person has suspended it: only a person changes that."""
    values = {name: getattr(throttle, name) for name in Throttle.__slots__}
    new = insert_into(connection, throttles).values(**values)
    replaceable = or_(new.excluded.failures == 0, throttles.c.failures > 0, throttles.c.until <= throttle.set_at)
    changed = {name: new.excluded[name] for name in values if name != "family"}
    statement = new.on_conflict_do_update(index_elements=[throttles.c.family], set_=changed, where=replaceable)
    return connection.execute(statement.returning(throttles.c.family)).first() is not None


def end_throttles(connection: Connection, families: Collection[str]) -> None:
    """Forget that these providers asked us to slow down. Those that a person has suspended stay so."""
    asked_by = throttles.c.family.in_(sorted(families)) & (throttles.c.failures > 0)
    connection.execute(delete(throttles).where(asked_by))


def lift_throttles(connection: Connection, families: Collection[str]) -> int:
    """Forget every throttle of these providers, a person's too; returns how many there were."""
    return connection.execute(delete(throttles).where(throttles.c.family.in_(sorted(families)))).rowcount
