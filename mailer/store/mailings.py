"""Mailings with their editions and their frozen circulation."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, delete, func, insert, select, update

from mailer.domain.circulation import Decision, Judged
from mailer.domain.distribution_report import FrozenMailing
from mailer.domain.mailing import Mailing, MailingState
from mailer.store.columns import CHUNK, by_code_point
from mailer.store.schema import (
    attempts,
    deliveries,
    editions,
    exclusions,
    failures,
    holds,
    mailings,
    own_pauses,
    recipients,
    reports,
    test_mailings,
)

_COLUMNS = [mailings.c[field.name] for field in fields(Mailing)]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEdition:
    """A compiled edition as stored: `body` is what `formats.edition.stored.load` reads."""

    language: str
    variant: str
    digest: str
    body: bytes


def mailings_of(connection: Connection, newsletter: str, serial: int) -> list[Mailing]:
    """Every mailing of an issue, the first before its supplements."""
    query = select(*_COLUMNS).where(mailings.c.newsletter == newsletter, mailings.c.serial == serial)
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.supplement))]


def mailings_in(connection: Connection, states: Iterable[MailingState]) -> list[Mailing]:
    """Every mailing in one of these states, oldest plan first."""
    query = select(*_COLUMNS).where(mailings.c.state.in_([state.value for state in states]))
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.planned_at))]


def ended_since(connection: Connection, since: datetime) -> list[Mailing]:
    """Every mailing that was closed or cancelled at that instant or later, the first to end first.

    One that goes on since, with a copy that came back to it, is among them.
    """
    query = select(*_COLUMNS).where(mailings.c.closed_at >= since)
    return [_mailing(row) for row in connection.execute(query.order_by(mailings.c.closed_at, mailings.c.id))]


def mailing(connection: Connection, identity: int) -> Mailing:
    """The mailing with this id."""
    return _mailing(connection.execute(select(*_COLUMNS).where(mailings.c.id == identity)).one())


def add_mailing(connection: Connection, values: Mapping[str, object]) -> int:
    """A new mailing; returns its id."""
    identity: int = connection.execute(insert(mailings).values(values).returning(mailings.c.id)).scalar_one()
    return identity


def move(connection: Connection, found: Mailing, to: MailingState, **also: object) -> bool:
    """Move a mailing on from the state it was read in; False when somebody else moved it meanwhile."""
    values = {"state": to, "held_reason": None, **also}
    where = (mailings.c.id == found.id) & (mailings.c.state == found.state)
    return connection.execute(update(mailings).where(where).values(values)).rowcount == 1


def change(connection: Connection, identity: int, **values: object) -> None:
    """Change facts of a mailing that are not its state."""
    connection.execute(update(mailings).where(mailings.c.id == identity).values(values))


def lock(connection: Connection, newsletter: str, serial: int) -> None:
    """No copy of the issue is claimed or marked until this transaction ends (SQLite has one writer anyway)."""
    rows = select(mailings.c.id).where(mailings.c.newsletter == newsletter, mailings.c.serial == serial)
    connection.execute(rows.with_for_update()).all()


def share(connection: Connection, identity: int) -> None:
    """Nobody replaces the mailing's plan until this transaction ends."""
    connection.execute(select(mailings.c.id).where(mailings.c.id == identity).with_for_update(read=True)).all()


def forget_plan(connection: Connection, identity: int) -> None:
    """Remove a plan of which nothing has left, with its mailing, so that a new one can take its place.

    Attempts that ended before any content was asked for go with their copies.
    """
    copies = select(deliveries.c.id).where(deliveries.c.mailing == identity)
    connection.execute(delete(attempts).where(attempts.c.delivery.in_(copies)))
    connection.execute(delete(failures).where(failures.c.mailing == identity))
    for table in (reports, holds, own_pauses):  # what came of copies that were refused before any content was asked for
        connection.execute(update(table).where(table.c.delivery.in_(copies)).values(delivery=None))
    for table in (deliveries, recipients, exclusions, editions):
        connection.execute(delete(table).where(table.c.mailing == identity))
    connection.execute(delete(mailings).where(mailings.c.id == identity))


def freeze(connection: Connection, identity: int, judged: Iterable[Judged]) -> None:
    """Write every Recipient and every Exclusion of a mailing."""
    in_, out = [], []
    for one in judged:
        answer = one.entitlement
        row = {
            "mailing": identity,
            "person": one.person,
            "reason": answer.reason.value,
            "rule": answer.rule,
            "evidence": list(answer.evidence),
        }
        if answer.receives:
            address = one.candidate.seat.address
            assert address is not None, "rule 3 excludes people without an address"
            membership = one.candidate.membership.id
            more = {"membership": membership, "address": address.wire, "paid_until": answer.paid_until}
            in_.append({**row, **more, "editions": list(answer.editions)})
        else:
            out.append(row)
    if in_:
        connection.execute(insert(recipients), in_)
    if out:
        connection.execute(insert(exclusions), out)


def add_editions(connection: Connection, identity: int, compiled: Iterable[StoredEdition]) -> None:
    """Store the compiled editions of a mailing."""
    rows = [
        {"mailing": identity, "language": one.language, "variant": one.variant, "digest": one.digest, "body": one.body}
        for one in compiled
    ]
    if rows:
        connection.execute(insert(editions), rows)


def editions_of(connection: Connection, identity: int) -> list[StoredEdition]:
    """The compiled editions of a mailing, by language and variant."""
    query = select(editions.c.language, editions.c.variant, editions.c.digest, editions.c.body)
    query = query.where(editions.c.mailing == identity).order_by(editions.c.language, editions.c.variant)
    return [StoredEdition(**row._asdict()) for row in connection.execute(query)]


def letterhead_of(connection: Connection, identity: int) -> Mapping[str, str]:
    """From, Reply-To and the list's name as frozen with the editions."""
    query = select(mailings.c.letterhead).where(mailings.c.id == identity)
    letterhead: Mapping[str, str] = connection.execute(query).scalar_one()
    return letterhead


def decided(connection: Connection, identity: int, *, person: str | None = None) -> Iterator[Decision]:
    """Everybody's decision in one mailing, in the order of code points, read as they are asked for; or one person's."""
    # Each table is read in that order, so the two are joined like the halves of a zip.
    return heapq.merge(
        *(_decided(connection, table, identity, person) for table in (recipients, exclusions)),
        key=lambda one: one.person,
    )


def decisions(connection: Connection, identities: Sequence[int], *, person: str | None = None) -> list[Decision]:
    """Each person's decision over these mailings of one issue, the latest mailing's counting; by person. Or one's."""
    latest = {one.person: one for identity in identities for one in decided(connection, identity, person=person)}
    return [latest[person] for person in sorted(latest)]


def _decided(connection: Connection, table: Table, identity: int, person: str | None) -> Iterator[Decision]:
    query = select(table).where(table.c.mailing == identity)
    if person is not None:
        query = query.where(table.c.person == person)
    query = query.order_by(by_code_point(connection, table.c.person))
    for row in connection.execute(query, execution_options={"yield_per": CHUNK}):
        receives = table is recipients
        yield Decision(
            person=row.person,
            decision="recipient" if receives else "excluded",
            reason=row.reason,
            rule=row.rule,
            evidence=tuple(row.evidence),
            editions=tuple(row.editions) if receives else (),
            paid_until=row.paid_until if receives else None,
        )


def excluded(connection: Connection, identity: int, reason: str, limit: int) -> list[str]:
    """The first people, by person, whom a mailing excludes for this reason; so many at most."""
    query = select(exclusions.c.person).where(exclusions.c.mailing == identity, exclusions.c.reason == reason)
    query = query.order_by(by_code_point(connection, exclusions.c.person)).limit(limit)
    return list(connection.execute(query).scalars())


def only_in(connection: Connection, identity: int, other: int) -> Iterator[str]:
    """The recipients of one mailing who are not recipients of the other, by person, read as they are asked for."""
    query = _only_in(recipients.c.person, identity, other).order_by(by_code_point(connection, recipients.c.person))
    yield from connection.execute(query, execution_options={"yield_per": CHUNK}).scalars()


def count_only_in(connection: Connection, identity: int, other: int) -> int:
    """How many these are."""
    number: int = connection.execute(_only_in(func.count(), identity, other)).scalar_one()
    return number


def _only_in(what: ColumnElement[Any], identity: int, other: int) -> Select[Any]:
    there = recipients.alias("there")
    same = select(there.c.person).where(there.c.mailing == other, there.c.person == recipients.c.person)
    return select(what).select_from(recipients).where(recipients.c.mailing == identity, ~same.exists())


def frozen(connection: Connection, identity: int) -> FrozenMailing:
    """The rows of one mailing, to be balanced."""
    in_ = connection.execute(select(recipients.c.person, recipients.c.editions).where(recipients.c.mailing == identity))
    out = connection.execute(select(exclusions.c.person).where(exclusions.c.mailing == identity))
    made = select(deliveries.c.person, deliveries.c.language).where(deliveries.c.mailing == identity)
    return FrozenMailing(
        recipients={row.person: tuple(row.editions) for row in in_},
        excluded=tuple(out.scalars()),
        copies=tuple((row.person, row.language) for row in connection.execute(made)),
    )


def previous_mailing(connection: Connection, newsletter: str, serial: int) -> int | None:
    """The id of the first mailing of the latest earlier issue that was planned."""
    query = select(mailings.c.id).where(
        mailings.c.newsletter == newsletter, mailings.c.serial < serial, mailings.c.supplement == 0
    )
    return connection.execute(query.order_by(mailings.c.serial.desc()).limit(1)).scalar()


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
    """Remember that a test mailing of exactly this was sent."""
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


def was_tested(connection: Connection, content_hash: str, editions_hash: str) -> bool:
    """Whether a test mailing of exactly this content and these editions was sent."""
    query = select(func.count()).where(
        test_mailings.c.content_hash == content_hash, test_mailings.c.editions_hash == editions_hash
    )
    return connection.execute(query).scalar_one() > 0


def _mailing(row: Row[tuple[object, ...]]) -> Mailing:
    fields = row._asdict()
    return Mailing(**{**fields, "state": MailingState(fields["state"])})
