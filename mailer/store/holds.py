"""Holds: the addresses we do not write to for now. And the pauses that people made for themselves."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from mailer.domain.bounce import FailureReason
from mailer.domain.hold import Failure, Hold, HoldReason, OwnPause
from mailer.store.columns import insert_into
from mailer.store.schema import holds, own_pauses


def set_hold(
    connection: Connection,
    address: str,
    reason: HoldReason,
    evidence: Collection[Failure],
    *,
    delivery: int | None,
    by: str,
    now: datetime,
) -> bool:
    """The address is held, because of this copy at last; False when it is already."""
    told = [_told(one) for one in evidence]
    values = {"address": address, "reason": reason, "evidence": told, "delivery": delivery, "since": now, "set_by": by}
    once = (
        insert_into(connection, holds)
        .values(values)
        .on_conflict_do_nothing(index_elements=["address"], index_where=holds.c.lifted_at.is_(None))
    )
    return connection.execute(once.returning(holds.c.id)).first() is not None


def confirm(connection: Connection, found: Hold, reason: HoldReason, evidence: Collection[Failure]) -> None:
    """The address is held for this reason, too, which is the graver one; what decided before is kept."""
    told = [_told(one) for one in (*found.evidence, *evidence)]
    connection.execute(update(holds).where(holds.c.id == found.id).values(reason=reason, evidence=told))


def lift(connection: Connection, address: str, *, by: str, now: datetime) -> bool:
    """The address is not held any more; what failed there so far counts no more. False when it was not held."""
    open_one = (holds.c.address == address) & holds.c.lifted_at.is_(None)
    values = {"lifted_at": now, "lifted_by": by}
    if connection.execute(update(holds).where(open_one).values(values)).rowcount:
        return True
    connection.execute(insert(holds).values(address=address, reason=None, evidence=[], since=now, set_by=by, **values))
    return False


def withdraw(connection: Connection, address: str) -> None:
    """The hold on an address was a mistake: there never was one."""
    connection.execute(delete(holds).where(holds.c.address == address, holds.c.lifted_at.is_(None)))


def lifted_at(connection: Connection, address: str) -> datetime | None:
    """When a person said last that the address is right."""
    query = select(func.max(holds.c.lifted_at)).where(holds.c.address == address)
    return connection.execute(query).scalar()


def lifts(connection: Connection) -> dict[str, datetime]:
    """When a person said last of each address that it is right."""
    query = select(holds.c.address, func.max(holds.c.lifted_at).label("at")).where(holds.c.lifted_at.is_not(None))
    return {row.address: row.at for row in connection.execute(query.group_by(holds.c.address))}


def held_among(connection: Connection, addresses: Collection[str]) -> frozenset[str]:
    """Which of these addresses (normal forms) are held."""
    query = select(holds.c.address).where(holds.c.address.in_(addresses), holds.c.lifted_at.is_(None))
    return frozenset(connection.execute(query).scalars())


def hold_on(connection: Connection, address: str) -> Hold | None:
    """The hold on an address."""
    query = select(holds).where(holds.c.address == address, holds.c.lifted_at.is_(None))
    row = connection.execute(query).first()
    return _hold(row) if row else None


def listing(connection: Connection, *, lifted: bool = False) -> list[Hold]:
    """The holds, the oldest first; with `lifted` those that were lifted too."""
    query = select(holds) if lifted else select(holds).where(holds.c.lifted_at.is_(None))
    return [_hold(row) for row in connection.execute(query.order_by(holds.c.id))]


def _hold(row: Row[tuple[object, ...]]) -> Hold:
    fields = row._asdict()
    reason = HoldReason(fields["reason"]) if fields["reason"] else None
    return Hold(**{**fields, "reason": reason, "evidence": tuple(map(_untold, fields["evidence"]))})


def _told(failure: Failure) -> dict[str, object]:
    return {**asdict(failure), "at": failure.at.isoformat()}


def _untold(kept: Mapping[str, Any]) -> Failure:
    return Failure(**{**kept, "reason": FailureReason(kept["reason"]), "at": datetime.fromisoformat(kept["at"])})


# --- people's own pauses ----------------------------------------------------------------------------------------------


def set_pause(connection: Connection, person: str, first: date, *, delivery: int, now: datetime) -> bool:
    """The person wants no copies of issues of that date and later; False when they had said so already."""
    values = {"person": person, "first": first, "since": now, "delivery": delivery}
    once = (
        insert_into(connection, own_pauses)
        .values(values)
        .on_conflict_do_nothing(index_elements=["person"], index_where=own_pauses.c.lifted_at.is_(None))
    )
    return connection.execute(once.returning(own_pauses.c.id)).first() is not None


def lift_pause(connection: Connection, person: str, *, by: str, now: datetime) -> bool:
    """The person wants copies again; False when they had not paused them."""
    open_one = (own_pauses.c.person == person) & own_pauses.c.lifted_at.is_(None)
    return connection.execute(update(own_pauses).where(open_one).values(lifted_at=now, lifted_by=by)).rowcount == 1


def pause_lifted_at(connection: Connection, person: str) -> datetime | None:
    """When the person said last that they want copies again."""
    query = select(func.max(own_pauses.c.lifted_at)).where(own_pauses.c.person == person)
    return connection.execute(query).scalar()


def pauses(connection: Connection, persons: Collection[str] | None = None) -> dict[str, OwnPause]:
    """The pauses that these people, or all, have made for themselves, by person."""
    columns = [own_pauses.c[name] for name in OwnPause.__slots__]
    query = select(*columns).where(own_pauses.c.lifted_at.is_(None))
    if persons is not None:
        query = query.where(own_pauses.c.person.in_(persons))
    return {row.person: OwnPause(**row._asdict()) for row in connection.execute(query)}
