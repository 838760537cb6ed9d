"""Takes in what comes back: keeps each mail once, reads it, finds its copy, and lets what must follow from it follow."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailer.domain.address import Address
from mailer.domain.bounce import (
    BounceReport,
    Kind,
    Matter,
    NamedBy,
    RawReport,
    Reason,
    asks_to_stop,
    is_elsewhere,
    matter_of,
)
from mailer.domain.delivery import MOVES, Event
from mailer.domain.errors import NotFound, Refused
from mailer.domain.hold import Failure
from mailer.formats.report import parse
from mailer.formats.reports.heading import Heading, heading
from mailer.formats.token import Purpose, Token
from mailer.pipeline import alarming, holding, maillog
from mailer.pipeline.consequences import MOST_SAID, Consequences, follow
from mailer.pipeline.finding import Found, find, taken, token_among
from mailer.pipeline.preferring import pause_by_reader
from mailer.pipeline.press import Press
from mailer.store import Connection, DatabaseError, deliveries, history, is_deadlock, mailings, reports
from mailer.store.failures import CopyFailed
from mailer.store.reports import Reading, Report

# So much of each field of a report is kept, in characters: as much as the parser gives of a diagnostic.
MOST_KEPT = 1000
# How often at most a transaction is begun that others' keep from ending.
TRIES = 5


# Reports of servers about what became of a copy, and at which address.
_OF_DELIVERY = frozenset({Kind.BOUNCE, Kind.DELAYED, Kind.DELIVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one mail: its id, None when it was known already, and what was read from it."""

    id: int | None
    readings: tuple[Reading, ...] = ()


def ingest(press: Press, rules: Consequences, mails: Sequence[RawReport]) -> list[Ingested]:
    """Each of these mails is kept with what was read from it, and what had to follow has followed: all, or nothing.

    A mail that is known, by its octets and its envelope's recipient, changes nothing. Any octets are taken.
    """
    read = [_Read.of(press, mail) for mail in mails]
    for tried in range(1, TRIES + 1):
        try:
            done = _take_all_in(press, rules, mails, read)
        except DatabaseError as error:
            # A sender may be at the same copies, and wait for us as we wait for it.
            if tried == TRIES or not is_deadlock(error):
                raise
        else:
            break
    for each in done:
        for reading in each.readings:
            maillog.came_back(each.id, reading.kind, reading.reason, reading.delivery)
    return done


def _take_all_in(
    press: Press, rules: Consequences, mails: Sequence[RawReport], read: Sequence["_Read"]
) -> list[Ingested]:
    with press.store.transaction() as connection:
        reports.take_turns(connection)
        now = press.clock.now()
        done: list[Ingested] = []
        failed: list[CopyFailed] = []
        for mail, one in zip(mails, read, strict=True):
            identity = reports.keep(connection, mail, hashlib.sha256(mail.content).hexdigest(), now)
            readings, fails = _take_in(connection, press, identity, one, now) if identity is not None else ((), [])
            done.append(Ingested(id=identity, readings=readings))
            failed += fails
        follow(connection, press, rules, failed)
    return done


def read_again(press: Press, rules: Consequences) -> tuple[int, int]:
    """Every mail of which the octets are kept is read by the parser of today; what must follow and has not, follows.

    What followed before stays. Returns how many were read, and how many of them say something else now.
    """
    after, read, changed = 0, 0, 0
    while chunk := _read_chunk(press, rules, after):
        after = chunk[-1][0]
        read += len(chunk)
        changed += sum(differs for _, differs in chunk)
    return read, changed


def _read_chunk(press: Press, rules: Consequences, after: int) -> list[tuple[int, bool]]:
    with press.store.reading() as connection:
        kept = reports.kept(connection, after=after)
    read = [(one, _Read.of(press, one.raw)) for one in kept]
    done = []
    with press.store.transaction() as connection:
        reports.take_turns(connection)
        for one, mail in read:
            before = [(report.kind, report.reason, report.delivery) for report in reports.of_raw(connection, one.id)]
            readings, failed = _take_in(connection, press, one.id, mail, one.arrived_at)
            follow(connection, press, rules, failed)
            done.append((one.id, before != [(new.kind, new.reason, new.delivery) for new in readings]))
    return done


def forget_old(press: Press, keep: timedelta) -> int:
    """Of mails older than that only what was read from them is kept; returns how many that were."""
    with press.store.transaction() as connection:
        return reports.let_go(connection, press.clock.now() - keep)


def listing(press: Press, *, every: bool, issue: str | None = None) -> list[Report]:
    """The reports that somebody has to see to, or every one; of one issue or of all; the oldest first."""
    with press.store.reading() as connection:
        return reports.listing(connection, unsettled=not every, issue=issue)


def show(press: Press, identity: int) -> tuple[Report, bytes | None]:
    """One report, and its mail as it came as long as that is kept; NotFound for an unknown one."""
    with press.store.reading() as connection:
        return _report(connection, identity), reports.octets_of(connection, identity)


def settle(press: Press, identities: Sequence[int]) -> None:
    """A person has seen to these reports. NotFound names one that is not there, Refused one that needs nobody."""
    with press.store.transaction() as connection:
        for identity in identities:
            found = _report(connection, identity)
            if found.matter is None or found.settled_at is not None:
                raise Refused(f"report {identity} needs nobody: there is nothing to settle")
        now = press.clock.now()
        reports.settle(connection, identities, by=press.who, now=now)
        for identity in identities:
            history.record(connection, at=now, who=press.who, verb="settle", subject=f"report {identity}", detail="")


def _report(connection: Connection, identity: int) -> Report:
    found = reports.report(connection, identity)
    if found is None:
        raise NotFound(f"there is no report {identity}; `mailer bounce list --all` shows them")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A mail as it was read, before the database is asked anything."""

    heading: Heading
    token: Token | None
    reports: tuple[BounceReport, ...]

    @classmethod
    def of(cls, press: Press, mail: RawReport) -> "_Read":
        head = heading(mail.content)
        # An envelope's recipient is the only one that counts where there is one.
        recipients = (mail.recipient,) if mail.recipient else head.recipients
        return cls(heading=head, token=token_among(press, recipients), reports=tuple(parse(mail.content)))


def _take_in(
    connection: Connection, press: Press, raw: int, mail: _Read, at: datetime
) -> tuple[tuple[Reading, ...], list[CopyFailed]]:
    """Write down what the mail says, and let follow at once what must; returns the failures, which are to follow too."""
    found = [_about(connection, press, mail, report, at) for report in mail.reports]
    readings: list[Reading] = []
    for place, (report, one) in enumerate(zip(mail.reports, found, strict=True)):
        reading = _reading(connection, raw, place, mail, report, one)
        again = any((each.delivery, each.matter) == (reading.delivery, reading.matter) for each in readings)
        readings.append(replace(reading, matter=None) if again and one.copy is not None else reading)
    reports.write(connection, raw, readings)
    failed = []
    for report, one in zip(mail.reports, found, strict=True):
        failed += _follow(connection, press, report, one, at)
    return tuple(readings), failed


def _about(connection: Connection, press: Press, mail: _Read, report: BounceReport, at: datetime) -> Found:
    token = mail.token
    if token is None or token.purpose is not Purpose.UNSUBSCRIBE:
        return find(connection, press, token, report, at)
    copy = taken(connection, token, at)
    if copy is None or not asks_to_stop(report.kind):
        return Found(person=copy.person if copy is not None else "")
    return Found(copy=copy, named_by=NamedBy.UNSUBSCRIBE, person=copy.person)


def _follow(connection: Connection, press: Press, report: BounceReport, found: Found, at: datetime) -> list[CopyFailed]:
    """What follows for the copy at once; the failure that it is, if it is one."""
    copy = found.copy
    if copy is None:
        return []
    issue = mailings.mailing(connection, copy.mailing).issue
    said = (_words(report) or report.rule)[:MOST_SAID]
    if found.named_by is NamedBy.UNSUBSCRIBE:
        pause_by_reader(connection, press, copy, at)
    elif report.kind is Kind.COMPLAINT and report.reason is Reason.COMPLAINT:
        holding.hold_for_complaint(connection, press, copy, issue=issue, said=said, at=at)
    elif report.kind is Kind.COMPLAINT and report.reason is Reason.AUTH_FAILURE:
        alarming.unwanted(connection, press, mailings.mailing(connection, copy.mailing), report.reason, said)
    elif report.kind is Kind.BOUNCE:
        if (copy.state, Event.BOUNCE_REPORTED) in MOVES:
            deliveries.move(connection, copy, Event.BOUNCE_REPORTED)
        return [_failure(copy, issue, report, said, at)]
    return []


def _failure(copy: deliveries.Delivery, issue: str, report: BounceReport, said: str, at: datetime) -> CopyFailed:
    failure = Failure(
        issue=issue,
        reason=report.reason,
        hard=bool(report.hard),
        refused=False,
        forwarded=is_elsewhere(report.final_recipient or report.recipient, copy.address),
        at=at,
        said=said,
    )
    address = Address.kept(copy.address).normal
    return CopyFailed(delivery=copy.id, mailing=copy.mailing, address=address, failure=failure)


def _reading(connection: Connection, raw: int, place: int, mail: _Read, report: BounceReport, found: Found) -> Reading:
    copy = found.copy
    matter = matter_of(report, found.named_by)
    if matter is Matter.UNNAMED and not found.person and report.recipient:
        matter = None  # about somebody whom we never wrote to: mail that others sent in our name comes back like this
    if matter is not None and copy is not None and reports.is_matter(connection, copy.id, matter, not_of=raw):
        matter = None  # said before
    failed = report.final_recipient or report.recipient
    return Reading(
        place=place,
        kind=report.kind,
        reason=report.reason,
        hard=report.hard,
        status=_kept(report.status),
        code=report.code,
        recipient=_kept(report.recipient),
        original_recipient=_kept(report.original_recipient),
        final_recipient=_kept(report.final_recipient),
        action=_kept(report.action) or "",
        diagnostic=_words(report),
        reporting_mta=_kept(report.reporting_mta) or "",
        rule=report.rule,
        returns_on=report.returns_on,
        successor=_kept(report.successor),
        sender=_kept(mail.heading.sender) or "",
        subject=_kept(mail.heading.subject) or "",
        delivery=copy.id if copy is not None else None,
        named_by=found.named_by,
        person=found.person,
        forwarded=copy is not None and report.kind in _OF_DELIVERY and is_elsewhere(failed, copy.address),
        matter=matter,
    )


def _words(report: BounceReport) -> str:
    """The server's own words, without the type that RFC 3464 §2.3.6 puts before them."""
    return (_kept(report.diagnostic) or "").removeprefix("smtp;").strip()


def _kept(text: str | None) -> str | None:
    """The text as every database can keep it and a terminal show it: no NUL, no half characters, no controls, cut."""
    if text is None:
        return None
    whole = text[:MOST_KEPT].encode("utf-8", "replace").decode()
    return "".join(one if one.isprintable() else " " for one in whole)
