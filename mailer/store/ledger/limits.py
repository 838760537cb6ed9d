"""What has left lately, through which relay and to which provider, and which provider we leave alone for now."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select

from mailer.domain.pacing import Throttle
from mailer.store.columns import insert_into
from mailer.store.schema import attempts, deliveries, is_sending, throttles


def left_through(connection: Connection, relay: str, since: datetime, now: datetime) -> int:
    """How many copies were tried through a relay after `since` and until now, or are in hand for it, by any process.

    What a clock that was wrong has dated later than now does not count: it would be in the way for as long.
    """
    tried = select(func.count()).select_from(attempts)
    tried = tried.where(attempts.c.relay == relay, attempts.c.started_at > since, attempts.c.started_at <= now)
    in_hand = select(func.count()).where(deliveries.c.relay == relay, is_sending)
    return connection.execute(tried).scalar_one() + connection.execute(in_hand).scalar_one()


def left_to(connection: Connection, family: str, since: datetime, now: datetime, *, relays: Collection[str]) -> int:
    """How many copies to a provider were tried through these relays after `since` and until now, or are in hand."""
    of_family = attempts.join(deliveries, deliveries.c.id == attempts.c.delivery)
    tried = select(func.count()).select_from(of_family)
    lately = (attempts.c.started_at > since) & (attempts.c.started_at <= now)
    tried = tried.where(deliveries.c.family == family, attempts.c.relay.in_(sorted(relays)), lately)
    return connection.execute(tried).scalar_one() + in_hand_to(connection, family)


def in_hand_to(connection: Connection, family: str) -> int:
    """How many copies to a provider are in hand now, by any process."""
    query = select(func.count()).where(deliveries.c.family == family, is_sending)
    return connection.execute(query).scalar_one()


def first_use(connection: Connection, relay: str) -> datetime | None:
    """When a relay was used for the first time, as far as the ledger goes back."""
    return connection.execute(select(func.min(attempts.c.started_at)).where(attempts.c.relay == relay)).scalar()


def throttled(connection: Connection, now: datetime) -> list[Throttle]:
    """Every provider that gets nothing now: by a person, or because it asked us to slow down.

    A plea that a clock that was wrong has dated later than now is void.
    """
    query = select(throttles).where(or_(throttles.c.until.is_(None), throttles.c.until > now))
    query = query.where(or_(throttles.c.failures == 0, throttles.c.set_at <= now))
    return [Throttle(**row._asdict()) for row in connection.execute(query.order_by(throttles.c.family))]


def rested(connection: Connection, now: datetime) -> set[str]:
    """The providers that had asked us to slow down, and get copies again."""
    over = (throttles.c.failures > 0) & (throttles.c.until <= now)
    return set(connection.execute(select(throttles.c.family).where(over)).scalars())


def throttle_of(connection: Connection, family: str) -> Throttle | None:
    """What was last decided about a provider, over or not."""
    row = connection.execute(select(throttles).where(throttles.c.family == family)).first()
    return Throttle(**row._asdict()) if row else None


def set_throttle(connection: Connection, throttle: Throttle) -> bool:
    """The provider gets nothing until then; False where a person has decided otherwise, which only a person changes."""
    values = {name: getattr(throttle, name) for name in Throttle.__slots__}
    new = insert_into(connection, throttles).values(**values)
    free = or_(new.excluded.failures == 0, throttles.c.failures > 0, throttles.c.until <= throttle.set_at)
    also = {name: new.excluded[name] for name in values if name != "family"}
    done = new.on_conflict_do_update(index_elements=[throttles.c.family], set_=also, where=free)
    return connection.execute(done.returning(throttles.c.family)).first() is not None


def calm(connection: Connection, families: Collection[str]) -> None:
    """These providers have taken a copy again: their pleas are over. What a person has suspended stays."""
    over = throttles.c.family.in_(sorted(families)) & (throttles.c.failures > 0)
    connection.execute(delete(throttles).where(over))


def lift(connection: Connection, families: Collection[str]) -> int:
    """Nothing is held back from these providers any more; returns how many of them were."""
    return connection.execute(delete(throttles).where(throttles.c.family.in_(sorted(families)))).rowcount
