"""Ingests reports: stores each mail once with what it says, and does what follows; lists, shows and settles reports."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from mailer.domain.bounce import RawReport
from mailer.domain.errors import NotFound, Refused
from mailer.domain.looks import Look, look_to_keep, seen_twice
from mailer.domain.remedy import Action
from mailer.domain.report import Reading, Report
from mailer.pipeline import maillog
from mailer.pipeline.bounces.consequences import after_failures
from mailer.pipeline.bounces.interpret import ReadMail, store_readings
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.store import Connection, DatabaseError, is_away, is_deadlock, reports
from mailer.store.failures import CopyFailed
from mailer.store.ledger import instants
from mailer.store.turns import Work, take_turns

# At most so many times a transaction is tried that deadlocks.
TRIES = 5
_OLD_REPORTS = "old reports"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one mail: its id, None when it was stored before, and what it says."""

    id: int | None
    readings: tuple[Reading, ...] = ()


def ingest(context: Context, mails: Sequence[RawReport]) -> list[Ingested]:
    """Store these mails with what they say, and do what follows: all of it, or nothing.

    A mail that was stored before, by its octets and its envelope's recipient, changes nothing. Any octets are accepted.
    """
    parsed = [ReadMail.parse(context, mail) for mail in mails]
    ingested = _in_turn(context, partial(_store_all, context, mails, parsed))
    for mail in ingested:
        for reading in mail.readings:
            maillog.report_read(mail.id, reading.kind, reading.reason, reading.delivery)
    return ingested


def _in_turn(context: Context, step: Callable[[Connection], T]) -> T:
    """Take a step in a transaction of its own, one process after another; again when the database broke it off.

    A step that is taken twice, since the answer to its commit was lost, finds its mails stored.
    """
    for attempt in range(1, TRIES + 1):
        begun = False
        try:
            with context.store.transaction() as connection:
                begun = True
                take_turns(connection, Work.REPORTS)  # two with the same mails would deadlock
                return step(connection)
        except DatabaseError as error:
            # A sender may have locked the same copies, and wait for those that are locked here; or the server was restarted.
            broken_off = is_deadlock(error) or (begun and is_away(error))
            if attempt == TRIES or not broken_off:
                raise
    raise AssertionError("the last attempt returns or raises")


def _store_all(
    context: Context, mails: Sequence[RawReport], parsed: Sequence[ReadMail], connection: Connection
) -> list[Ingested]:
    now = context.clock.now()
    ingested: list[Ingested] = []
    failed: list[CopyFailed] = []
    for raw, mail in zip(mails, parsed, strict=True):
        identity = reports.keep(connection, raw, hashlib.sha256(raw.content).hexdigest(), now)
        if identity is None:
            ingested.append(Ingested(id=None))
            continue
        readings, failures = store_readings(connection, context, identity, mail, now)
        reports.count(connection, identity, readings)
        ingested.append(Ingested(id=identity, readings=readings))
        failed += failures
    after_failures(connection, context, failed)
    return ingested


def read_again(context: Context) -> tuple[int, int]:
    """Read every mail whose octets are kept with the present parser, and do what follows from what it says anew.

    A mail that says what it said changes nothing, and what was done before stays. Returns how many mails were read, and how
    many of them say something else now.
    """
    after, read, changed = 0, 0, 0
    while chunk := _read_chunk(context, after):
        after = chunk[-1][0]
        read += len(chunk)
        changed += sum(differs for _, differs in chunk)
    return read, changed


def _read_chunk(context: Context, after: int) -> list[tuple[int, bool]]:
    with context.store.reading() as connection:
        stored = reports.kept(connection, after=after)
    parsed = [(mail, ReadMail.parse(context, mail.raw)) for mail in stored]

    def step(connection: Connection) -> list[tuple[int, bool]]:
        chunk = []
        for mail, again in parsed:
            before = [old.gist for old in reports.of_raw(connection, mail.id)]
            readings, failed = store_readings(connection, context, mail.id, again, mail.arrived_at)
            after_failures(connection, context, failed)
            chunk.append((mail.id, before != [new.gist for new in readings]))
        return chunk

    return _in_turn(context, step)


def forget_old(context: Context, keep: timedelta) -> int:
    """Delete the octets of mails older than that, and keep what they say; returns how many mails that were.

    Only of those that an earlier look, a day ago or more, has seen as old too: the clock may be wrong.
    """
    clock = context.clock
    now = clock.now()
    look = Look(at=now, boot=clock.boot(), elapsed=clock.elapsed(), before=now - keep)
    with context.store.reading() as connection:
        first = instants.first_look(connection, _OLD_REPORTS)
    before, first_of_next = seen_twice(first, look), look_to_keep(first, look)
    if first_of_next == first:
        return 0
    with context.store.transaction() as connection:
        instants.keep_look(connection, _OLD_REPORTS, first_of_next)
        deleted = reports.delete_octets(connection, before) if before is not None else 0
        if deleted:
            context.record(connection, "forget", "reports", f"{deleted} mails older than {keep.days} days")
        return deleted


def listing(context: Context, *, every: bool, issue: str | None = None) -> list[Report]:
    """The reports that need a person, or every one; of one issue or of all; oldest first.

    NotFound for an issue that was not pulled.
    """
    with context.store.reading() as connection:
        if issue is not None:
            find_revision(connection, IssueName.parse(issue))
        return reports.listing(connection, unsettled=not every, issue=issue)


def page(context: Context, *, every: bool, beyond: int | None, most: int) -> list[Report]:
    """So many reports that need a person, the oldest first, or of all the newest first; those that follow one of them."""
    with context.store.reading() as connection:
        return reports.listing(connection, unsettled=not every, beyond=beyond, newest_first=every, most=most)


def show(context: Context, identity: int) -> tuple[Report, bytes | None]:
    """One report, and its mail as it came while that is kept; NotFound for an unknown report."""
    with context.store.reading() as connection:
        return _report(connection, identity), reports.octets_of(connection, identity)


def settle(context: Context, identities: Sequence[int]) -> None:
    """Settle these reports: a person has dealt with them.

    Refused, with why for each, when one is not there, needs no one or is settled already: then none is settled.
    """
    with context.store.transaction() as connection:
        take_turns(connection, Work.REPORTS)
        chosen = {identity: reports.report(connection, identity) for identity in identities}
        wrong = [why for identity, report in chosen.items() if (why := _why_not(identity, report))]
        if wrong:
            raise Refused(f"nothing was settled: {'; '.join(wrong)}", Action.LIST_REPORTS.of())
        reports.settle(connection, identities, by=context.who, now=context.clock.now())
        for identity, report in chosen.items():
            assert report is not None, "a missing report is refused above"
            subject = f"delivery {report.delivery}" if report.delivery is not None else f"report {identity}"
            detail = f"report {identity}: {report.matter}"
            context.record(connection, "settle", subject, detail)


def _why_not(identity: int, report: Report | None) -> str:
    """Why a report cannot be settled; empty when it can."""
    if report is None:
        return f"there is no report {identity}"
    if report.settled_at is not None:
        return f"report {identity} is settled already, on {report.settled_at:%Y-%m-%d %H:%M} UTC by {report.settled_by}"
    return f"report {identity} leaves nothing to settle" if report.matter is None else ""


def _report(connection: Connection, identity: int) -> Report:
    report = reports.report(connection, identity)
    if report is None:
        raise NotFound(f"there is no report {identity}", Action.LIST_REPORTS.of())
    return report
