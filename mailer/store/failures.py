"""Failures: the copies that did not arrive, as they count towards a hold and towards a pause by the breaker."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, func, select

from mailer.domain.bounce import SENDER_SCOPES, FailureReason
from mailer.domain.delivery import State
from mailer.domain.hold import Failure
from mailer.store.columns import insert_into
from mailer.store.schema import attempts, deliveries, failures, mailings

_COLUMNS = {"words": "said"}  # where a column's name is not the field's


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFailed:
    """The failure of one copy, by a refusal or a report; `address` is the normal form."""

    delivery: int
    mailing: int
    address: str
    failure: Failure


def add(connection: Connection, failed: Iterable[CopyFailed]) -> None:
    """Store these failures. A copy has one for its refusal, and one for its reports, which keeps the time of the first."""
    for each in failed:
        failure = each.failure
        values = {
            "delivery": each.delivery,
            "mailing": each.mailing,
            "address": each.address,
            "scope": failure.scope,
            **{_COLUMNS.get(name, name): getattr(failure, name) for name in Failure.__slots__},
        }
        newer = {
            name: values[name]
            for name in ("address", "reason", "scope", "hard", "forwarded", "said", "reply", "wording")
        }
        statement = insert_into(connection, failures).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["delivery", "refused"], set_=newer))


def of_address(connection: Connection, address: str) -> list[Failure]:
    """The failures at an address (normal form), oldest first, except those of mailings that the breaker has paused."""
    query = (
        select(*_FAILURE)
        .join(mailings, mailings.c.id == failures.c.mailing)
        .where(failures.c.address == address, mailings.c.broken_at.is_(None))
        .order_by(failures.c.at, failures.c.delivery, failures.c.refused.desc())
    )
    return [_failure(row) for row in connection.execute(query)]


def last_at(connection: Connection, address: str) -> datetime | None:
    """When a copy last failed at an address (normal form); None when none has."""
    return connection.execute(select(func.max(failures.c.at)).where(failures.c.address == address)).scalar()


def wires_of(connection: Connection, address: str) -> set[str]:
    """The wire forms of an address (normal form) in the copies that failed there."""
    query = (
        select(deliveries.c.address)
        .distinct()
        .join(failures, failures.c.delivery == deliveries.c.id)
        .where(failures.c.address == address)
    )
    return set(connection.execute(query).scalars())


def copies_at(connection: Connection, address: str) -> list[int]:
    """The copies that failed at an address (normal form)."""
    query = select(failures.c.delivery).distinct().where(failures.c.address == address)
    return sorted(connection.execute(query).scalars())


def of_mailings(connection: Connection, identities: Collection[int]) -> dict[int, Failure]:
    """The last failure of each failed copy of these mailings, by delivery."""
    query = select(failures.c.delivery, *_FAILURE).where(failures.c.mailing.in_(identities))
    query = query.order_by(failures.c.at, failures.c.refused.desc())  # a report comes after the refusal
    return {row.delivery: _failure(row) for row in connection.execute(query)}


def accepted_at(connection: Connection, wires: Collection[str]) -> list[datetime]:
    """When the copies to these addresses that have not come back were accepted."""
    query = (
        select(func.max(attempts.c.finished_at))
        .join(deliveries, deliveries.c.id == attempts.c.delivery)
        .where(deliveries.c.address.in_(wires), deliveries.c.state == State.ACCEPTED)
        .where(attempts.c.outcome == "accepted")
        .group_by(deliveries.c.id)
    )
    return list(connection.execute(query).scalars())


def addresses_of(connection: Connection, mailing: int) -> set[str]:
    """The addresses (normal form) at which copies of a mailing failed."""
    return set(connection.execute(select(failures.c.address).distinct().where(failures.c.mailing == mailing)).scalars())


def unwanted(connection: Connection, mailing: int, since: datetime | None) -> int:
    """How many copies of a mailing tried since that time failed because the sender or the text was not wanted."""
    return _count(connection, mailing, since, failures.c.scope.in_(sorted(SENDER_SCOPES)))


def dead(connection: Connection, mailing: int, since: datetime | None) -> int:
    """How many copies of a mailing tried since that time failed because their address is dead."""
    return _count(connection, mailing, since, failures.c.hard)


def alike(connection: Connection, mailing: int, since: datetime | None, *, reply: str = "", wording: str = "") -> int:
    """How many copies of a mailing tried since that time failed with this reply, or with this wording."""
    return _count(connection, mailing, since, _is_alike(reply, wording))


def alike_by_family(
    connection: Connection, mailing: int, since: datetime | None, *, reply: str = "", wording: str = ""
) -> Counter[str]:
    """The same for each provider."""
    query = (
        select(deliveries.c.family, func.count(failures.c.delivery.distinct()).label("number"))
        .join(deliveries, deliveries.c.id == failures.c.delivery)
        .where(*_since(mailing, since), _is_alike(reply, wording))
        .group_by(deliveries.c.family)
    )
    return Counter({row.family: row.number for row in connection.execute(query)})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeFailure:
    """A copy that failed like others: its provider, and its last attempt by number and relay."""

    attempt: int
    family: str
    relay: str


def last_alike(
    connection: Connection, mailing: int, since: datetime | None, most: int, *, reply: str = "", wording: str = ""
) -> list[AlikeFailure]:
    """The copies of a mailing that were tried last of those tried since that time that failed alike, the last one first."""
    attempt = func.max(attempts.c.id).label("attempt")
    last = (
        select(attempt, func.max(deliveries.c.family).label("family"))
        .select_from(failures)
        .join(deliveries, deliveries.c.id == failures.c.delivery)
        .join(attempts, attempts.c.delivery == failures.c.delivery)
        .where(*_since(mailing, since), _is_alike(reply, wording))
        .group_by(failures.c.delivery)
        .order_by(attempt.desc())
        .limit(most)
        .subquery()
    )
    query = select(last, attempts.c.relay).join(attempts, attempts.c.id == last.c.attempt)
    return [AlikeFailure(**row._asdict()) for row in connection.execute(query.order_by(last.c.attempt.desc()))]


def _is_alike(reply: str, wording: str) -> ColumnElement[bool]:
    return failures.c.reply == reply if reply else failures.c.wording == wording


def _count(connection: Connection, mailing: int, since: datetime | None, which: ColumnElement[bool]) -> int:
    query = select(func.count(failures.c.delivery.distinct())).where(*_since(mailing, since), which)
    return connection.execute(query).scalar_one()


def _since(mailing: int, since: datetime | None) -> list[ColumnElement[bool]]:
    of_mailing = failures.c.mailing == mailing
    if since is None:
        return [of_mailing]
    # What left before may come back for days.
    tried = attempts.alias("tried")
    again = select(tried.c.id).where(tried.c.delivery == failures.c.delivery, tried.c.finished_at > since)
    return [of_mailing, again.exists()]


_FAILURE = [failures.c[_COLUMNS.get(name, name)].label(name) for name in Failure.__slots__]


def _failure(row: Row[tuple[object, ...]]) -> Failure:
    fields = {name: getattr(row, name) for name in Failure.__slots__}
    return Failure(**{**fields, "reason": FailureReason(row.reason)})
