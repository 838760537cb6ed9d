"""Holds, the addresses to which nothing is written for now, and the pauses of readers who unsubscribed."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from mailer.domain.bounce import FailureReason
from mailer.domain.hold import Failure, Hold, HoldReason, OwnPause
from mailer.domain.membership import Pause
from mailer.store.columns import insert_into
from mailer.store.ledger.batches import listed, packed
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
    why: str = "",
) -> bool:
    """Hold an address, for which this copy was the last reason; False when it is held already."""
    rows = [_evidence_row(failure) for failure in evidence]
    values = {"address": address, "reason": reason, "evidence": rows, "delivery": delivery, "since": now, "set_by": by}
    values["why"] = why
    once = (
        insert_into(connection, holds)
        .values(values)
        .on_conflict_do_nothing(index_elements=["address"], index_where=holds.c.lifted_at.is_(None))
    )
    return connection.execute(once.returning(holds.c.id)).first() is not None


def confirm(connection: Connection, hold: Hold, reason: HoldReason, evidence: Collection[Failure]) -> None:
    """Give a hold this graver reason, and add its evidence to what decided before."""
    rows = [_evidence_row(failure) for failure in (*hold.evidence, *evidence)]
    connection.execute(update(holds).where(holds.c.id == hold.id).values(reason=reason, evidence=rows))


def lift(connection: Connection, address: str, *, by: str, now: datetime) -> None:
    """Lift the hold on an address, or note that it is right: what failed there so far counts no more."""
    is_current = (holds.c.address == address) & holds.c.lifted_at.is_(None)
    values = {"lifted_at": now, "lifted_by": by}
    if not connection.execute(update(holds).where(is_current).values(values)).rowcount:
        lifted = {"address": address, "reason": None, "evidence": [], "since": now, "set_by": by, **values}
        connection.execute(insert(holds).values(lifted))


def withdraw(connection: Connection, address: str) -> None:
    """Delete the hold on an address, which was a mistake."""
    connection.execute(delete(holds).where(holds.c.address == address, holds.c.lifted_at.is_(None)))


def lifted_at(connection: Connection, address: str) -> datetime | None:
    """When a person last said that the address is right."""
    query = select(func.max(holds.c.lifted_at)).where(holds.c.address == address)
    return connection.execute(query).scalar()


def lifts(connection: Connection) -> dict[str, datetime]:
    """When a person last said of each address that it is right."""
    query = select(holds.c.address, func.max(holds.c.lifted_at).label("at")).where(holds.c.lifted_at.is_not(None))
    return {row.address: row.at for row in connection.execute(query.group_by(holds.c.address))}


def held_among(connection: Connection, addresses: Collection[str]) -> frozenset[str]:
    """Which of these addresses (normal forms) are held."""
    query = _held(connection.dialect.name)
    return frozenset(connection.execute(query, {"values": packed(addresses)}).scalars())


@cache
def _held(dialect: str) -> Select[Any]:
    return select(holds.c.address).where(holds.c.address.in_(listed(dialect, str)), holds.c.lifted_at.is_(None))


def hold_on(connection: Connection, address: str) -> Hold | None:
    """The hold on an address."""
    query = select(holds).where(holds.c.address == address, holds.c.lifted_at.is_(None))
    row = connection.execute(query).first()
    return _hold(row) if row else None


def hold(connection: Connection, identity: int) -> Hold | None:
    """One hold, lifted or not."""
    row = connection.execute(select(holds).where(holds.c.id == identity)).first()
    return _hold(row) if row else None


def listing(connection: Connection, *, lifted: bool = False) -> list[Hold]:
    """The holds, oldest first; `lifted`: those that were lifted, too."""
    query = select(holds) if lifted else select(holds).where(holds.c.lifted_at.is_(None))
    return [_hold(row) for row in connection.execute(query.order_by(holds.c.id))]


def _hold(row: Row[tuple[object, ...]]) -> Hold:
    fields = row._asdict()
    reason = HoldReason(fields["reason"]) if fields["reason"] else None
    return Hold(**{**fields, "reason": reason, "evidence": tuple(map(_failure, fields["evidence"]))})


def _evidence_row(failure: Failure) -> dict[str, object]:
    row = asdict(failure)
    words = row.pop("words")
    del row["reply"], row["wording"]  # they are for the breaker
    return {**row, "at": failure.at.isoformat(), "said": words}


def _failure(row: Mapping[str, Any]) -> Failure:
    return Failure(
        issue=row["issue"],
        reason=FailureReason(row["reason"]),
        hard=row["hard"],
        refused=row["refused"],
        forwarded=row["forwarded"],
        at=datetime.fromisoformat(row["at"]),
        words=row["said"],
    )


# --- the pauses of readers --------------------------------------------------------------------------------------------


def set_pause(
    connection: Connection, person: str, newsletter: str, first: date, *, delivery: int, now: datetime
) -> bool:
    """Pause a person's copies of the newsletter's issues of that date and later, without an end.

    False when the person had paused them before from that date on; a pause that ends, or begins later, is extended.
    """
    if any(
        pause.last is None and pause.first <= first and not pause.newsletter
        for pause in pauses(connection, [person]).get(person, ())
    ):
        return False
    values = {"person": person, "newsletter": newsletter, "first": first, "since": now, "delivery": delivery}
    once = (
        insert_into(connection, own_pauses)
        .values(values)
        .on_conflict_do_nothing(index_elements=["person", "newsletter"], index_where=own_pauses.c.lifted_at.is_(None))
    )
    if connection.execute(once.returning(own_pauses.c.id)).first() is not None:
        return True
    shorter = _current(person, newsletter) & (own_pauses.c.last.is_not(None) | (own_pauses.c.first > first))
    return connection.execute(update(own_pauses).where(shorter).values({**values, "last": None})).rowcount > 0


def replace_pause(
    connection: Connection,
    person: str,
    days: Pause,
    *,
    now: datetime,
    newsletter: str = "",
    delivery: int | None = None,
) -> None:
    """Pause a person's copies for these days, of a newsletter or of all, in place of such a pause before.

    The register is locked.
    """
    values = {"first": days.first, "last": days.last, "since": now, "delivery": delivery}
    if not connection.execute(update(own_pauses).where(_current(person, newsletter)).values(values)).rowcount:
        connection.execute(insert(own_pauses).values({"person": person, "newsletter": newsletter, **values}))


def _current(person: str, newsletter: str) -> ColumnElement[bool]:
    return (own_pauses.c.person == person) & (own_pauses.c.newsletter == newsletter) & own_pauses.c.lifted_at.is_(None)


def lift_pauses(connection: Connection, person: str, *, by: str, now: datetime, newsletter: str | None = None) -> None:
    """End a person's pauses; with a newsletter that of this one alone."""
    current = (own_pauses.c.person == person) & own_pauses.c.lifted_at.is_(None)
    if newsletter is not None:
        current &= own_pauses.c.newsletter == newsletter
    connection.execute(update(own_pauses).where(current).values(lifted_at=now, lifted_by=by))


def pause_lifted_at(connection: Connection, person: str, newsletter: str) -> datetime | None:
    """When the person last asked for copies of the newsletter again."""
    of_it = own_pauses.c.newsletter.in_([newsletter, ""])
    query = select(func.max(own_pauses.c.lifted_at)).where(own_pauses.c.person == person, of_it)
    return connection.execute(query).scalar()


def pauses(connection: Connection, persons: Collection[str] | None = None) -> dict[str, tuple[OwnPause, ...]]:
    """The current pauses of these people, or of all, by person; that of all newsletters first."""
    chosen = {"values": packed(persons)} if persons is not None else {}
    query = _pauses(connection.dialect.name, some=persons is not None)
    by_person: dict[str, tuple[OwnPause, ...]] = {}
    for row in connection.execute(query, chosen).all():
        by_person[row.person] = (*by_person.get(row.person, ()), OwnPause(**row._asdict()))
    return by_person


@cache
def _pauses(dialect: str, *, some: bool) -> Select[Any]:
    columns = [own_pauses.c[name] for name in OwnPause.__slots__]
    query = select(*columns).where(own_pauses.c.lifted_at.is_(None)).order_by(own_pauses.c.newsletter)
    return query.where(own_pauses.c.person.in_(listed(dialect, str))) if some else query


def own_days(connection: Connection, persons: Collection[str] | None = None) -> dict[tuple[str, str], Pause]:
    """The same as days without copies, by person and newsletter, as `Register` has them."""
    return {
        (pause.person, pause.newsletter): pause.days for own in pauses(connection, persons).values() for pause in own
    }
