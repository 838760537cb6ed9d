"""Understands one mail that came back: what it says, which copy it is about, and what must follow for that copy."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.bounce import (
    BounceReport,
    FailureReason,
    Matter,
    NamedBy,
    RawReport,
    ReportContent,
    ReportKind,
    asks_to_stop,
    is_elsewhere,
    matter_of,
)
from mailer.domain.delivery import MOVES, Delivery, Event, State
from mailer.domain.hold import Failure
from mailer.domain.report import Reading
from mailer.formats.report import parse
from mailer.formats.reports.mail_header import MailHeader, read_header
from mailer.formats.token import Purpose, Token
from mailer.pipeline.bounces import alarms, holds
from mailer.pipeline.bounces.consequences import MOST_SAID
from mailer.pipeline.bounces.match import CopyMatch, find, taken, token_among
from mailer.pipeline.bounces.preferences import pause_by_reader
from mailer.pipeline.context import Context
from mailer.store import Connection, mailings, reports
from mailer.store.copies import deliveries
from mailer.store.failures import CopyFailed

# So much of each field of a report is kept, in characters: as much as the parser gives of a diagnostic.
MOST_KEPT = 1000
# What a copy can be told of once only; letters and new addresses may come again, and each is to be read.
_ONCE = frozenset({Matter.BOUNCED, Matter.COMPLAINED, Matter.UNSUBSCRIBED})
# Reports of servers about what became of a copy, and at which address.
_OF_DELIVERY = frozenset({ReportKind.BOUNCE, ReportKind.DELAYED, ReportKind.DELIVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """A mail as it was read, before the database is asked anything."""

    header: MailHeader
    token: Token | None
    reports: tuple[BounceReport, ...]

    @classmethod
    def of(cls, context: Context, mail: RawReport) -> "ReadMail":
        header = read_header(mail.content)
        # An envelope's recipient is the only one that counts where there is one.
        recipients = (mail.recipient,) if mail.recipient else header.recipients
        return cls(header=header, token=token_among(context, recipients), reports=tuple(parse(mail.content)))


def take_in(
    connection: Connection, context: Context, raw: int, mail: ReadMail, at: datetime
) -> tuple[tuple[Reading, ...], list[CopyFailed]]:
    """Write down what the mail says, and let follow at once what must; returns the failures, which are to follow too."""
    found = [_about(connection, context, mail, report, at) for report in mail.reports]
    readings: list[Reading] = []
    for place, (report, one) in enumerate(zip(mail.reports, found, strict=True)):
        reading = _reading(connection, raw, place, mail, report, one)
        again = any((each.delivery, each.matter) == (reading.delivery, reading.matter) for each in readings)
        readings.append(replace(reading, matter=None) if again and one.copy is not None else reading)
    before = reports.of_raw(connection, raw)
    if any(old.named_by and not new.named_by for old, new in zip(before, readings, strict=False)):
        # It was read with a key, or for a domain, that is not ours any more: what we knew then is right.
        return tuple(before), []
    reports.write(connection, raw, readings)
    if any(one.copy is not None and not one.copy.address for one in found):
        reports.drop_octets(connection, raw)
    failed = []
    for report, one in zip(mail.reports, found, strict=True):
        failed += _follow(connection, context, report, one, at)
    return tuple(readings), failed


def _about(connection: Connection, context: Context, mail: ReadMail, report: BounceReport, at: datetime) -> CopyMatch:
    token = mail.token
    if token is None or token.purpose is not Purpose.UNSUBSCRIBE:
        return find(connection, context, token, report, at)
    copy = taken(connection, token, at)
    if copy is None or not asks_to_stop(report.kind):
        return CopyMatch(person=copy.person if copy is not None else "")
    return CopyMatch(copy=copy, named_by=NamedBy.UNSUBSCRIBE, person=copy.person)


def _follow(
    connection: Connection, context: Context, report: BounceReport, found: CopyMatch, at: datetime
) -> list[CopyFailed]:
    """What follows for the copy at once; the failure that it is, if it is one."""
    copy = found.copy
    if copy is None:
        return []
    mailing = mailings.mailing(connection, copy.mailing)
    issue = mailing.issue
    said = (_words(report) or report.rule)[:MOST_SAID]
    if report.kind is ReportKind.BOUNCE and _moves(copy):
        deliveries.move(connection, copy, Event.BOUNCE_REPORTED)  # nobody else moves it: it is locked
    if not copy.address:
        return []  # its person is erased: nothing is to be said of them any more
    if found.named_by is NamedBy.UNSUBSCRIBE:
        pause_by_reader(connection, context, copy, at)
    elif report.kind is ReportKind.BOUNCE and _failed(copy):
        return [_failure(copy, issue, report, said, at)]
    elif report.kind is ReportKind.COMPLAINT and report.reason is FailureReason.AUTH_FAILURE:
        alarms.failure(connection, context, mailing, report.reason, said)
    elif (
        report.kind is ReportKind.COMPLAINT
        and report.reason is FailureReason.COMPLAINT
        # Whoever the copy was passed on to must not take it from the member.
        and not is_elsewhere(report.recipient, copy.address)
    ):
        holds.hold_for_complaint(connection, context, copy, issue=issue, said=said, at=at)
    return []


def _moves(copy: Delivery) -> bool:
    return (copy.state, Event.BOUNCE_REPORTED) in MOVES


def _failed(copy: Delivery) -> bool:
    """Whether a bounce means that the copy did not arrive. One that waits goes on, and one that was refused had its say."""
    return _moves(copy) or copy.state is State.BOUNCED


def _failure(copy: Delivery, issue: str, report: BounceReport, said: str, at: datetime) -> CopyFailed:
    failure = Failure(
        issue=issue,
        reason=report.reason,
        hard=bool(report.hard),
        refused=False,
        forwarded=is_elsewhere(report.final_recipient or report.recipient, copy.address),
        at=at,
        said=said,
    )
    address = Address.from_wire(copy.address).normal
    return CopyFailed(delivery=copy.id, mailing=copy.mailing, address=address, failure=failure)


def _reading(
    connection: Connection, raw: int, place: int, mail: ReadMail, report: BounceReport, found: CopyMatch
) -> Reading:
    copy = found.copy
    matter = matter_of(report, found.named_by)
    if copy is not None and (not copy.address or (matter is Matter.BOUNCED and not _failed(copy))):
        matter = None  # its person is erased; the copy goes on
    elif copy is not None and matter in _ONCE and reports.is_matter(connection, copy.id, matter, not_of=raw):
        # It was said before. Who has unsubscribed and writes once more has something else to say.
        matter = Matter.UNREAD if matter is Matter.UNSUBSCRIBED else None
    if copy is not None and not copy.address:
        # Nothing of what it says is theirs to be kept.
        report = BounceReport(kind=report.kind, reason=report.reason, hard=report.hard, rule=report.rule)
        mail = replace(mail, header=MailHeader(sender="", subject="", recipients=()))
    failed = report.final_recipient or report.recipient
    content = {each.name: getattr(report, each.name) for each in fields(ReportContent)}
    texts = {name: _storable(value) for name, value in content.items() if type(value) is str}
    return Reading(
        **{**content, **texts, "diagnostic": _words(report)},
        place=place,
        sender=_storable(mail.header.sender),
        subject=_storable(mail.header.subject),
        delivery=copy.id if copy is not None else None,
        named_by=found.named_by,
        person=found.person,
        forwarded=copy is not None and report.kind in _OF_DELIVERY and is_elsewhere(failed, copy.address),
        matter=matter,
    )


def _words(report: BounceReport) -> str:
    """The server's own words, without the type that RFC 3464 §2.3.6 puts before them."""
    return _storable(report.diagnostic).removeprefix("smtp;").strip()


def _storable(text: str) -> str:
    """The text as every database can keep it and a terminal show it: no NUL, no half characters, no controls, cut."""
    whole = text[:MOST_KEPT].encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else " " for character in whole)
