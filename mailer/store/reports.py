"""Reports: each mail as it came, stored once, and what it says."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from mailer.domain.bounce import FailureReason, RawReport, ReportKind, Way
from mailer.domain.matter import Matter, NamedBy
from mailer.domain.report import Reading, Report
from mailer.store.columns import insert_into
from mailer.store.copies.open_copies import is_replaced
from mailer.store.schema import counted_reports, deliveries, mailings, raw_reports, reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A stored mail, with its octets."""

    id: int
    raw: RawReport
    arrived_at: datetime


_READ = tuple(field.name for field in fields(Reading))
_OF_REPORT = ("id", "settled_at", "settled_by")
_OF_COPY = ("language", "address", "copy_number")


def keep(connection: Connection, raw: RawReport, content_hash: str, now: datetime) -> int | None:
    """Store the mail with its octets; returns its id, None when it was stored before."""
    values = {"content_hash": content_hash, "recipient": raw.recipient, "way": raw.way, "arrived_at": now}
    once = insert_into(connection, raw_reports).on_conflict_do_nothing(index_elements=["content_hash", "recipient"])
    return connection.execute(once.returning(raw_reports.c.id), {**values, "content": raw.content}).scalar()


def kept(connection: Connection, *, after: int = 0, limit: int = 100) -> list[Kept]:
    """The next mails whose octets are still stored, by id, with ids above `after`."""
    query = select(raw_reports).where(raw_reports.c.id > after, raw_reports.c.content.is_not(None))
    return [
        Kept(
            id=row.id,
            raw=RawReport(content=row.content, recipient=row.recipient, way=Way(row.way)),
            arrived_at=row.arrived_at,
        )
        for row in connection.execute(query.order_by(raw_reports.c.id).limit(limit))
    ]


def drop_octets(connection: Connection, raw: int) -> None:
    """Delete the octets of this mail, and keep what it says."""
    connection.execute(update(raw_reports).where(raw_reports.c.id == raw).values(content=None))


def delete_octets(connection: Connection, before: datetime) -> int:
    """Delete the octets of mails that came before that time, and keep what they say; returns how many."""
    old = (raw_reports.c.arrived_at < before) & raw_reports.c.content.is_not(None)
    return connection.execute(update(raw_reports).where(old).values(content=None)).rowcount


def write(connection: Connection, raw: int, readings: Sequence[Reading]) -> None:
    """Store what a mail says in place of what was stored of it before, under the same ids.

    A settled report stays settled, unless it is another matter now.
    """
    own = reports.c.raw == raw
    before = {row.place: row for row in connection.execute(select(reports.c.place, reports.c.matter).where(own))}
    new = []
    for reading in readings:
        row = {name: getattr(reading, name) for name in _READ}
        if reading.place not in before:
            new.append({"raw": raw, **row})
            continue
        if before[reading.place].matter != reading.matter:
            row |= {"settled_at": None, "settled_by": None}
        connection.execute(update(reports).where(own, reports.c.place == reading.place).values(row))
    if new:
        connection.execute(insert(reports), new)
    if before:
        connection.execute(delete(reports).where(own, reports.c.place >= len(readings)))


def count_open(connection: Connection) -> int:
    """How many reports wait for a person."""
    query = select(func.count()).where(reports.c.matter.is_not(None), reports.c.settled_at.is_(None))
    return connection.execute(query).scalar_one()


def count(connection: Connection, raw: int, readings: Collection[Reading]) -> None:
    """Count what a mail says that has just been stored; whatever a later reading finds in it, this stays."""
    numbers = Counter((reading.kind, bool(reading.hard)) for reading in readings)
    if numbers:
        rows = [{"raw": raw, "kind": kind, "hard": hard, "number": number} for (kind, hard), number in numbers.items()]
        connection.execute(insert(counted_reports), rows)


def numbers_by_kind(connection: Connection) -> dict[tuple[ReportKind, bool], int]:
    """How many reports have come of each kind, and whether they said that an address is dead for good; none gets lower."""
    columns = (counted_reports.c.kind, counted_reports.c.hard)
    query = select(*columns, func.sum(counted_reports.c.number).label("number")).group_by(*columns)
    return {(ReportKind(row.kind), row.hard): row.number for row in connection.execute(query)}


def last_mail(connection: Connection) -> int:
    """The id of the mail that was stored last; 0 without any."""
    return connection.execute(select(func.max(raw_reports.c.id))).scalar() or 0


def listing(
    connection: Connection,
    *,
    unsettled: bool = False,
    delivery: int | None = None,
    issue: str | None = None,
    beyond: int | None = None,
    newest_first: bool = False,
    most: int | None = None,
) -> list[Report]:
    """The reports, the oldest first: all of them, or those that need a person; of one copy, of one issue, or of all.

    At most so many of those that follow the one `beyond`.

    A bounce needs no person any more when a later copy stands in the place of the one that came back.
    """
    query = _all()
    if unsettled:
        query = query.where(reports.c.matter.is_not(None), reports.c.settled_at.is_(None))
        query = query.where(or_(reports.c.matter != Matter.BOUNCED, ~is_replaced()))
    if delivery is not None:
        query = query.where(reports.c.delivery == delivery)
    if issue is not None:
        query = query.where(_issue == issue)
    if beyond is not None:
        query = query.where(reports.c.id < beyond if newest_first else reports.c.id > beyond)
    query = query.order_by(reports.c.id.desc() if newest_first else reports.c.id).limit(most)
    return [_report(row) for row in connection.execute(query)]


def report(connection: Connection, identity: int) -> Report | None:
    """One report."""
    row = connection.execute(_all().where(reports.c.id == identity)).first()
    return _report(row) if row else None


def of_raw(connection: Connection, raw: int) -> list[Report]:
    """The reports of one mail, in their order."""
    return [_report(row) for row in connection.execute(_all().where(reports.c.raw == raw).order_by(reports.c.place))]


def octets_of(connection: Connection, identity: int) -> bytes | None:
    """The mail that a report stood in, as it came; None when its octets are deleted."""
    query = select(raw_reports.c.content).join(reports, reports.c.raw == raw_reports.c.id)
    return connection.execute(query.where(reports.c.id == identity)).scalar()


def is_matter(connection: Connection, delivery: int, matter: Matter, *, not_of: int) -> bool:
    """Whether an earlier mail than this one has reported the same matter of a copy."""
    query = select(reports.c.id).where(
        reports.c.delivery == delivery, reports.c.matter == matter, reports.c.raw < not_of
    )
    return connection.execute(query.limit(1)).first() is not None


def is_bounced_later(connection: Connection, delivery: int, raw: int) -> bool:
    """Whether a later mail than this one has reported a bounce of the copy."""
    query = select(reports.c.id).where(
        reports.c.delivery == delivery, reports.c.kind == ReportKind.BOUNCE, reports.c.raw > raw
    )
    return connection.execute(query.limit(1)).first() is not None


def settle(connection: Connection, identities: Collection[int], *, by: str, now: datetime) -> int:
    """Settle these reports; returns how many were open."""
    is_open = reports.c.id.in_(identities) & reports.c.matter.is_not(None) & reports.c.settled_at.is_(None)
    values = {"settled_at": now, "settled_by": by}
    return connection.execute(update(reports).where(is_open).values(values)).rowcount


_issue = mailings.c.newsletter + "/" + func.cast(mailings.c.serial, mailings.c.newsletter.type)


@cache
def _all() -> Select[tuple[object, ...]]:
    own = [reports.c[name] for name in (*_READ, *_OF_REPORT)]
    mail = [raw_reports.c.way, raw_reports.c.arrived_at]
    about = [mailings.c.newsletter, mailings.c.serial, *(deliveries.c[name] for name in _OF_COPY)]
    return select(*own, *mail, *about).select_from(
        reports.join(raw_reports, raw_reports.c.id == reports.c.raw)
        .outerjoin(deliveries, deliveries.c.id == reports.c.delivery)
        .outerjoin(mailings, mailings.c.id == deliveries.c.mailing)
    )


def _report(row: Row[tuple[object, ...]]) -> Report:
    values = row._asdict()
    newsletter, serial = values.pop("newsletter"), values.pop("serial")
    words = {"kind": ReportKind, "reason": FailureReason, "named_by": NamedBy, "matter": Matter, "way": Way}
    values |= {name: word(values[name]) for name, word in words.items() if values[name] is not None}
    values |= {name: values[name] or "" for name in ("language", "address")}
    return Report(**values, issue=f"{newsletter}/{serial}" if newsletter else "")
