"""The ledger: the delivery of each copy with its attempts, moved on only from the state in which it was read."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Row, Select, func, literal, select, union_all, update

from mailer.domain.circulation import Copy
from mailer.domain.delivery import Attempt, Delivery, Event, State, advance
from mailer.domain.mailing import Mailing
from mailer.store.columns import CHUNK, in_chunks
from mailer.store.copies.rows import COPY_COLUMNS, copy_from, of_issue
from mailer.store.schema import (
    attempts,
    belongs_to_an_issue,
    columns_in,
    deliveries,
    is_asking,
    is_counted,
    is_failed,
    is_pending,
    is_sending,
    mailings,
)

# The other columns of a delivery, and of its last attempt, are read beside these.
_OWN = ("id", "mailing", "message_id", "state", "held_reason", "next_attempt_at", "owner", "epoch", "marked_at")


def next_copy_number(connection: Connection, newsletter: str, serial: int) -> int:
    """The number of the next copy of an issue: copies run on over the mailing and its supplements."""
    query = select(func.max(deliveries.c.copy_number)).where(of_issue(newsletter, serial))
    return (connection.execute(query).scalar() or 0) + 1


def listing(connection: Connection, newsletter: str, serial: int, state: State | None = None) -> list[Delivery]:
    """The deliveries of an issue, over all its mailings, by copy number."""
    query = _all().where(of_issue(newsletter, serial))
    if state is not None:
        query = query.where(deliveries.c.state == state)
    return [_delivery(row) for row in connection.execute(query.order_by(deliveries.c.copy_number))]


def of_mailing(connection: Connection, mailing: int) -> list[Delivery]:
    """The deliveries of one mailing, by copy number."""
    query = _all().where(deliveries.c.mailing == mailing)
    return [_delivery(row) for row in connection.execute(query.order_by(deliveries.c.copy_number))]


def planned_copies(connection: Connection, mailing: Mailing) -> Iterator[tuple[Copy, bool]]:
    """Every copy of a mailing that is not cancelled, by copy number, and whether it is held; read in chunks."""
    columns = [deliveries.c[name] for name in COPY_COLUMNS]
    query = select(deliveries.c.state, *columns).where(
        of_issue(mailing.newsletter, mailing.serial),  # by issue and number, which are indexed
        deliveries.c.mailing == mailing.id,
        deliveries.c.state != State.CANCELLED,
    )
    query = query.order_by(deliveries.c.copy_number)
    for state, *values in in_chunks(connection, query):
        yield copy_from(*values), state == State.HELD


def delivery(connection: Connection, identity: int) -> Delivery | None:
    """One delivery."""
    row = connection.execute(_all().where(deliveries.c.id == identity)).first()
    return _delivery(row) if row else None


def numbered(connection: Connection, newsletter: str, serial: int, number: int) -> int | None:
    """The id of the copy of an issue with this copy number."""
    query = select(deliveries.c.id).where(of_issue(newsletter, serial), deliveries.c.copy_number == number)
    identity: int | None = connection.execute(query).scalar()
    return identity


def locked(connection: Connection, identity: int) -> Delivery | None:
    """One delivery, locked until this transaction ends (SQLite has one writer anyway)."""
    connection.execute(select(deliveries.c.id).where(deliveries.c.id == identity).with_for_update()).all()
    return delivery(connection, identity)


def deliveries_with(connection: Connection, identities: Sequence[int]) -> dict[int, Delivery]:
    """The deliveries with these ids, by id, in the order in which they are asked for."""
    copies: dict[int, Delivery] = {}
    for first in range(0, len(identities), CHUNK):  # a database takes only so many values in a statement
        query = _all().where(deliveries.c.id.in_(identities[first : first + CHUNK]))
        copies.update((row.id, _delivery(row)) for row in connection.execute(query))
    return {identity: copies[identity] for identity in identities if identity in copies}


def last_attempt_at(connection: Connection, identity: int) -> datetime | None:
    """When the last attempt of a delivery began; without one, when messages of its mailing began to leave."""
    last = select(func.max(attempts.c.started_at)).where(attempts.c.delivery == identity)
    started_at: datetime | None = connection.execute(last).scalar()
    if started_at is not None:
        return started_at
    own = select(mailings.c.first_handover_at).join(deliveries, deliveries.c.mailing == mailings.c.id)
    return connection.execute(own.where(deliveries.c.id == identity)).scalar()


def accepted_between(
    connection: Connection, newsletter: str, serial: int, relay: str, first: datetime, last: datetime
) -> list[str]:
    """The Message-IDs of the copies of an issue that a relay accepted from one time to another."""
    query = (
        select(deliveries.c.message_id)
        .join(attempts, attempts.c.delivery == deliveries.c.id)
        .where(of_issue(newsletter, serial))
        .where(attempts.c.outcome == "accepted", attempts.c.relay == relay)
        .where(attempts.c.started_at.between(first, last))
    )
    return list(connection.execute(query).scalars())


def attempts_of(connection: Connection, identity: int) -> list[Attempt]:
    """Every attempt of one delivery, the first one first."""
    columns = [attempts.c[name] for name in Attempt.__slots__]
    query = select(*columns).where(attempts.c.delivery == identity).order_by(attempts.c.number)
    return [Attempt(**row._asdict()) for row in connection.execute(query)]


def counts(connection: Connection, mailings: Sequence[int]) -> dict[str, int]:
    """How many deliveries are in each state; every state is named."""
    return sum_counts(counts_by_mailing(connection, mailings).values())


def sum_counts(numbers: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """These counts added up; every state is named."""
    counted = list(numbers)
    return {state.value: sum(counts[state] for counts in counted) for state in State}


def counts_by_mailing(connection: Connection, mailings: Collection[int]) -> dict[int, dict[str, int]]:
    """The same for each of these mailings.

    Most copies are accepted in the end, and are counted as what is left: the few others have indexes of their own.
    """
    own, number = deliveries.c.mailing.in_(mailings), func.count().label("number")
    of_mailing = deliveries.c.mailing
    parts = (
        select(of_mailing, deliveries.c.state, number).where(part, own).group_by(of_mailing, deliveries.c.state)
        for part in (is_pending, is_sending, is_asking, is_failed)
    )
    every = select(of_mailing, literal("").label("state"), number).where(own).group_by(of_mailing)
    counts = {mailing: dict.fromkeys(map(str, State), 0) for mailing in mailings}
    for row in connection.execute(union_all(every, *parts)):
        counted = counts[row.mailing]
        if row.state:
            counted[row.state] = row.number
        counted[State.ACCEPTED] += -row.number if row.state else row.number
    return counts


def counts_by_language(connection: Connection, mailings: Sequence[int]) -> dict[str, int]:
    """How many copies there are in each language."""
    query = select(deliveries.c.language, func.count().label("number")).where(deliveries.c.mailing.in_(mailings))
    rows = connection.execute(query.group_by(deliveries.c.language).order_by(deliveries.c.language))
    return {row.language: row.number for row in rows}


def message_ids(connection: Connection, states: Sequence[State]) -> dict[int, str]:
    """The Message-ID of every delivery in one of these states, by its id."""
    query = select(deliveries.c.id, deliveries.c.message_id).where(deliveries.c.state.in_(states))
    return {row.id: row.message_id for row in connection.execute(query)}


def newest_message_id(connection: Connection) -> str:
    """The Message-ID of the delivery that was made last; empty: there is none."""
    query = select(deliveries.c.message_id).order_by(deliveries.c.id.desc()).limit(1)
    return connection.execute(query).scalar_one_or_none() or ""


def message_ids_of(connection: Connection, newsletter: str, serial: int) -> Iterator[str]:
    """The Message-ID of every copy of an issue, over all its mailings, read in chunks."""
    query = select(deliveries.c.message_id).where(of_issue(newsletter, serial))
    yield from (row[0] for row in in_chunks(connection, query))


def last_id(connection: Connection) -> int:
    """The highest id of a delivery, 0 without one."""
    return connection.execute(select(func.max(deliveries.c.id))).scalar() or 0


def any_waits(connection: Connection, mailing: int) -> bool:
    """Whether a copy of the mailing is pending or sending; the cost does not grow with the mailing."""
    pending = select(deliveries.c.id).where(deliveries.c.mailing == mailing, is_pending)
    # `mailing + 0` keeps the index of mailings out: few copies are in hand, a mailing has many.
    sending = select(deliveries.c.id).where(deliveries.c.mailing + 0 == mailing, is_sending)
    return any(connection.execute(query.limit(1)).first() is not None for query in (pending, sending))


def in_hand(connection: Connection, mailing: int) -> int:
    """How many copies of a mailing senders have in hand, or had when they died, until those are freed."""
    # `mailing + 0` keeps the index of mailings out: few copies are in hand, a mailing has many.
    query = select(func.count()).where(deliveries.c.mailing + 0 == mailing, is_sending)
    return connection.execute(query).scalar_one()


def count_senders(connection: Connection, mailings: Sequence[int]) -> int:
    """How many processes have copies of these mailings in hand, or had when they died, until those are freed."""
    query = select(func.count(deliveries.c.owner.distinct())).where(
        (deliveries.c.mailing + 0).in_(mailings), is_sending
    )
    return connection.execute(query).scalar_one()


def move(connection: Connection, delivery: Delivery, event: Event, **values: object) -> bool:
    """Move a delivery on by the event, and set these values; False when it has moved since it was read."""
    changed = columns_in(advance(delivery.state, event)) | {"held_reason": None, "next_attempt_at": None} | values
    if delivery.owner is not None:
        changed |= {"owner": None, "relay": None, "lease_until": None, "marked_at": None}
    unmoved = (deliveries.c.state == delivery.state) & (deliveries.c.epoch == delivery.epoch)
    statement = update(deliveries).where(deliveries.c.id == delivery.id, unmoved).values(changed)
    return connection.execute(statement).rowcount == 1


def move_all(connection: Connection, mailing: int, state: State, event: Event) -> int:
    """Move on every delivery of a mailing in this state, which is not `sending`; returns how many."""
    values = columns_in(advance(state, event)) | {"held_reason": None, "next_attempt_at": None}
    where = (deliveries.c.mailing == mailing) & (deliveries.c.state == state)
    return connection.execute(update(deliveries).where(where).values(values)).rowcount


@cache
def _all() -> Select[tuple[object, ...]]:
    number = (
        select(func.count())
        .where(attempts.c.delivery == deliveries.c.id, is_counted)
        .correlate(deliveries)
        .scalar_subquery()
    )
    last = (
        select(func.max(attempts.c.number))
        .where(attempts.c.delivery == deliveries.c.id)
        .correlate(deliveries)
        .scalar_subquery()
    )
    return select(
        *(deliveries.c[name] for name in (*_OWN, *COPY_COLUMNS)),
        number.label("attempts"),
        attempts.c.code.label("last_code"),
        attempts.c.status.label("last_status"),
        attempts.c.text.label("last_text"),
    ).select_from(
        # A copy of a plan that is being written, or was replaced, is none that commands and pages may see.
        deliveries.join(mailings, (mailings.c.id == deliveries.c.mailing) & belongs_to_an_issue).outerjoin(
            attempts, (attempts.c.delivery == deliveries.c.id) & (attempts.c.number == last)
        )
    )


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    columns = row._asdict()
    copy = copy_from(*(columns.pop(name) for name in COPY_COLUMNS))
    return Delivery(**{**columns, "copy": copy, "state": State(columns["state"])})
