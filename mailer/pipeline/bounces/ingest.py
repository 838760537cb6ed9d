"""Takes in what comes back: keeps each mail once, has it understood, and lets what must follow from it follow."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from mailer.domain.bounce import RawReport
from mailer.domain.errors import NotFound, Refused
from mailer.domain.remedy import Action
from mailer.domain.report import Reading, Report
from mailer.pipeline import maillog
from mailer.pipeline.bounces.consequences import after_failures
from mailer.pipeline.bounces.interpret import ReadMail, take_in
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.issues.shelf import find_revision
from mailer.store import Connection, DatabaseError, history, is_deadlock, reports
from mailer.store.failures import CopyFailed

# How often at most a transaction is begun that others' keep from ending.
TRIES = 5
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one mail: its id, None when it was known already, and what was read from it."""

    id: int | None
    readings: tuple[Reading, ...] = ()


def ingest(context: Context, mails: Sequence[RawReport]) -> list[Ingested]:
    """Each of these mails is kept with what was read from it, and what had to follow has followed: all, or nothing.

    A mail that is known, by its octets and its envelope's recipient, changes nothing. Any octets are taken.
    """
    read = [ReadMail.of(context, mail) for mail in mails]
    done = _in_turn(context, partial(_take_all_in, context, mails, read))
    for each in done:
        for reading in each.readings:
            maillog.report_read(each.id, reading.kind, reading.reason, reading.delivery)
    return done


def _in_turn(context: Context, step: Callable[[Connection], Answer]) -> Answer:
    """Take a step in a transaction of its own, one process after another, again where the database broke it off."""
    for tried in range(1, TRIES + 1):
        try:
            with context.store.transaction() as connection:
                reports.take_turns(connection)
                return step(connection)
        except DatabaseError as error:
            # A sender may be at the same copies, and wait for us as we wait for it.
            if tried == TRIES or not is_deadlock(error):
                raise
    raise AssertionError("the last try returns or raises")


def _take_all_in(
    context: Context, mails: Sequence[RawReport], read: Sequence[ReadMail], connection: Connection
) -> list[Ingested]:
    now = context.clock.now()
    done: list[Ingested] = []
    failed: list[CopyFailed] = []
    for mail, one in zip(mails, read, strict=True):
        identity = reports.keep(connection, mail, hashlib.sha256(mail.content).hexdigest(), now)
        readings, fails = take_in(connection, context, identity, one, now) if identity is not None else ((), [])
        done.append(Ingested(id=identity, readings=readings))
        failed += fails
    after_failures(connection, context, failed)
    return done


def read_again(context: Context) -> tuple[int, int]:
    """Every mail of which the octets are kept is read by the parser of today; what must follow and has not, follows.

    What followed before stays. Returns how many were read, and how many of them say something else now.
    """
    after, read, changed = 0, 0, 0
    while chunk := _read_chunk(context, after):
        after = chunk[-1][0]
        read += len(chunk)
        changed += sum(differs for _, differs in chunk)
    return read, changed


def _read_chunk(context: Context, after: int) -> list[tuple[int, bool]]:
    with context.store.reading() as connection:
        kept = reports.kept(connection, after=after)
    read = [(one, ReadMail.of(context, one.raw)) for one in kept]

    def step(connection: Connection) -> list[tuple[int, bool]]:
        done = []
        for one, mail in read:
            before = [(old.kind, old.reason, old.delivery) for old in reports.of_raw(connection, one.id)]
            readings, failed = take_in(connection, context, one.id, mail, one.arrived_at)
            after_failures(connection, context, failed)
            done.append((one.id, before != [(new.kind, new.reason, new.delivery) for new in readings]))
        return done

    return _in_turn(context, step)


def forget_old(context: Context, keep: timedelta) -> int:
    """Of mails older than that only what was read from them is kept; returns how many that were."""
    with context.store.transaction() as connection:
        return reports.let_go(connection, context.clock.now() - keep)


def listing(context: Context, *, every: bool, issue: str | None = None) -> list[Report]:
    """The reports that somebody has to see to, or every one; of one issue or of all; the oldest first.

    NotFound for an issue that was not pulled.
    """
    with context.store.reading() as connection:
        if issue is not None:
            find_revision(connection, IssueName.parse(issue))
        return reports.listing(connection, unsettled=not every, issue=issue)


def show(context: Context, identity: int) -> tuple[Report, bytes | None]:
    """One report, and its mail as it came as long as that is kept; NotFound for an unknown one."""
    with context.store.reading() as connection:
        return _report(connection, identity), reports.octets_of(connection, identity)


def settle(context: Context, identities: Sequence[int]) -> None:
    """A person has seen to these reports.

    Refused, with why for each, when one is not there, needs nobody or is settled already: then none is settled.
    """
    with context.store.transaction() as connection:
        found = {identity: reports.report(connection, identity) for identity in identities}
        wrong = [why for identity, one in found.items() if (why := _why_not(identity, one))]
        if wrong:
            raise Refused(f"nothing was settled: {'; '.join(wrong)}", Action.LIST_REPORTS.of())
        now = context.clock.now()
        reports.settle(connection, identities, by=context.who, now=now)
        for identity, one in found.items():
            assert one is not None, "it was looked for above"
            subject = f"delivery {one.delivery}" if one.delivery is not None else f"report {identity}"
            detail = f"report {identity}: {one.matter}"
            history.record(connection, at=now, who=context.who, verb="settle", subject=subject, detail=detail)


def _why_not(identity: int, one: Report | None) -> str:
    """Why a report cannot be settled; empty when it can."""
    if one is None:
        return f"there is no report {identity}"
    if one.settled_at is not None:
        return f"report {identity} is settled already, on {one.settled_at:%Y-%m-%d %H:%M} UTC by {one.settled_by}"
    return f"report {identity} needs nobody" if one.matter is None else ""


def _report(connection: Connection, identity: int) -> Report:
    found = reports.report(connection, identity)
    if found is None:
        raise NotFound(f"there is no report {identity}", Action.LIST_REPORTS.of())
    return found
