"""Stores what one mail reports: what it says, which copy it is about, and what follows at once for that copy."""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from mailer.domain.address import Address
from mailer.domain.bounce import BounceReport, FailureReason, RawReport, ReportContent, ReportKind, failed_elsewhere
from mailer.domain.delivery import MOVES, Delivery, Event, State
from mailer.domain.hold import Failure
from mailer.domain.matter import Matter, NamedBy, asks_to_stop, matter_of
from mailer.domain.report import Reading
from mailer.formats.pause_subject import copy_to_pause
from mailer.formats.report import read_reports
from mailer.formats.reports.mail_header import MailHeader, read_header
from mailer.formats.reports.mime import parse_mail
from mailer.formats.reports.signed_copies import SignedCopies, find_signed
from mailer.formats.reports.wording import joined, wording_of
from mailer.formats.token import Purpose, Token
from mailer.pipeline.bounces import alarms, holds
from mailer.pipeline.bounces.consequences import MOST_SAID
from mailer.pipeline.bounces.match import CopyMatch, copy_of, match_report, reader_named, token_among
from mailer.pipeline.bounces.preferences import pause_by_reader
from mailer.pipeline.context import Context
from mailer.store import Connection, mailings, reports
from mailer.store.copies import deliveries
from mailer.store.failures import CopyFailed

# So much of each field of a report is kept, in characters: as much as the parser gives of a diagnostic.
MOST_KEPT = 1000
# What is listed once for a copy, however many mails report it. Letters and new addresses are listed each time.
_ONCE = frozenset({Matter.BOUNCED, Matter.COMPLAINED, Matter.UNSUBSCRIBED})
# Reports in which servers say what became of a copy, and at which address.
_OF_DELIVERY = frozenset({ReportKind.BOUNCE, ReportKind.DELAYED, ReportKind.DELIVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMail:
    """A mail as the parser reads it, before the database is used."""

    header: MailHeader
    token: Token | None
    signed: SignedCopies
    reports: tuple[BounceReport, ...]

    @classmethod
    def parse(cls, context: Context, mail: RawReport) -> "ReadMail":
        """Parse a mail; the envelope's recipient, where there is one, is the only one that counts."""
        header = read_header(mail.content)
        recipients = (mail.recipient,) if mail.recipient else header.recipients
        parts = parse_mail(mail.content)
        return cls(
            header=header,
            token=token_among(context, recipients),
            signed=find_signed(parts, context.keys),
            reports=tuple(read_reports(parts)),
        )


def store_readings(
    connection: Connection, context: Context, raw: int, mail: ReadMail, at: datetime
) -> tuple[tuple[Reading, ...], list[CopyFailed]]:
    """Store what the mail says and do what follows at once; returns the failures, from which holds and pauses follow.

    What it said when it was read before has had its consequences.
    """
    matches = [_match(connection, mail, report, at) for report in mail.reports]
    before = reports.of_raw(connection, raw)
    gists = {reading.place: reading.gist for reading in before}
    readings: list[Reading] = []
    for place, (report, match) in enumerate(zip(mail.reports, matches, strict=True)):
        reading = _reading(place, mail, report, match)
        if match.copy is not None:
            is_news = gists.get(place) != reading.gist
            matter = _matter(connection, raw, reading, match.copy, is_news=is_news)
            repeated = any((other.delivery, other.matter) == (reading.delivery, matter) for other in readings)
            reading = replace(reading, matter=None if repeated else matter)
        readings.append(reading)
    if any(old.named_by and not new.named_by for old, new in zip(before, readings, strict=False)):
        # It was first read with a key, or for a domain, that is no longer ours: that reading stays.
        return tuple(before), []
    reports.write(connection, raw, readings)
    if any(match.copy is not None and not match.copy.address for match in matches):
        reports.drop_octets(connection, raw)
    failed = []
    for report, match, reading in zip(mail.reports, matches, readings, strict=True):
        if match.copy is not None and gists.get(reading.place) != reading.gist:
            failed += _act_on(connection, context, raw, report, match, match.copy, at)
    return tuple(readings), failed


def _match(connection: Connection, mail: ReadMail, report: BounceReport, at: datetime) -> CopyMatch:
    token = mail.token
    if token is None or token.purpose is not Purpose.UNSUBSCRIBE:
        match = match_report(connection, token, mail.signed, report, at)
        # A reader's mail to the secretary says in its subject whose copy it is, which anybody can write.
        person = match.person or reader_named(connection, copy_to_pause(mail.header.subject))
        return replace(match, person=person)
    copy = copy_of(connection, token, at)
    if copy is None or not asks_to_stop(report.kind):
        return CopyMatch(person=copy.person if copy is not None else "")
    return CopyMatch(copy=copy, named_by=NamedBy.UNSUBSCRIBE, person=copy.person)


def _act_on(
    connection: Connection,
    context: Context,
    raw: int,
    report: BounceReport,
    match: CopyMatch,
    copy: Delivery,
    at: datetime,
) -> list[CopyFailed]:
    """Do what follows at once for the copy of a report; returns the failure that it reports, if any."""
    mailing = mailings.mailing(connection, copy.mailing)
    words = (_words(report) or report.rule)[:MOST_SAID]
    if report.kind is ReportKind.BOUNCE and _can_bounce(copy):
        deliveries.move(connection, copy, Event.BOUNCE_REPORTED)  # it is locked, so that no other process moves it
    if not copy.address:
        return []  # its person is erased, and nothing more is stored about them
    if match.named_by is NamedBy.UNSUBSCRIBE:
        pause_by_reader(connection, context, copy, at)
    elif report.kind is ReportKind.BOUNCE and _has_bounced(copy):
        if reports.is_bounced_later(connection, copy.id, raw):
            return []  # of two bounces of a copy the last one says why
        return [_failure(copy, mailing.issue, report, words, at)]
    elif report.kind is ReportKind.COMPLAINT and report.reason is FailureReason.AUTH_FAILURE:
        alarms.failure(connection, context, mailing, report.reason, words)
    elif (
        report.kind is ReportKind.COMPLAINT
        and report.reason is FailureReason.COMPLAINT
        # A person to whom the copy was forwarded must not end it for the member.
        and not failed_elsewhere(report.recipient, copy.address)
    ):
        holds.hold_for_complaint(connection, context, copy, issue=mailing.issue, words=words, at=at)
    return []


def _can_bounce(copy: Delivery) -> bool:
    return (copy.state, Event.BOUNCE_REPORTED) in MOVES


def _has_bounced(copy: Delivery) -> bool:
    """Whether a bounce means that the copy did not arrive. A pending copy is still sent; a rejected one failed before."""
    return _can_bounce(copy) or copy.state is State.BOUNCED


def _failure(copy: Delivery, issue: str, report: BounceReport, words: str, at: datetime) -> CopyFailed:
    failure = Failure(
        issue=issue,
        reason=report.reason,
        hard=bool(report.hard),
        refused=False,
        forwarded=failed_elsewhere(report.final_recipient or report.recipient, copy.address),
        at=at,
        words=words,
        reply=joined(report.code, report.status),
        wording=wording_of(_words(report), copy.address),
    )
    address = Address.from_wire(copy.address).normal
    return CopyFailed(delivery=copy.id, mailing=copy.mailing, address=address, failure=failure)


def _reading(place: int, mail: ReadMail, report: BounceReport, match: CopyMatch) -> Reading:
    """What a report says, with the matter that it is by its words alone."""
    copy = match.copy
    matter = matter_of(report, match.named_by)
    if copy is not None and not copy.address:
        # Its person is erased: nothing that names the person is stored.
        report = BounceReport(kind=report.kind, reason=report.reason, hard=report.hard, rule=report.rule)
        mail = replace(mail, header=MailHeader(sender="", subject="", recipients=()))
    failed = report.final_recipient or report.recipient
    content = {field.name: getattr(report, field.name) for field in fields(ReportContent)}
    content["rule"] = "; ".join(filter(None, (report.rule, match.note)))
    texts = {name: _storable(value) for name, value in content.items() if type(value) is str}
    return Reading(
        **{**content, **texts, "diagnostic": _words(report)},
        place=place,
        sender=_storable(mail.header.sender),
        subject=_storable(mail.header.subject),
        delivery=copy.id if copy is not None else None,
        named_by=match.named_by,
        person=match.person,
        forwarded=copy is not None and report.kind in _OF_DELIVERY and failed_elsewhere(failed, copy.address),
        matter=matter,
    )


def _matter(connection: Connection, raw: int, reading: Reading, copy: Delivery, *, is_news: bool) -> Matter | None:
    """What a report about a copy leaves to do, as the copy stands and by what earlier mails said of it."""
    matter = reading.matter
    failed = _has_bounced(copy) if is_news else copy.state is State.BOUNCED
    if not copy.address or (matter is Matter.BOUNCED and not failed):
        return None  # its person is erased, or the copy did not fail by this
    if matter in _ONCE and reports.is_matter(connection, copy.id, matter, not_of=raw):
        # An earlier mail said so. A reader who has unsubscribed and writes once more has something else to say.
        return Matter.UNREAD if matter is Matter.UNSUBSCRIBED else None
    return matter


def _words(report: BounceReport) -> str:
    """The server's own words, without the type that RFC 3464 §2.3.6 puts before them."""
    return _storable(report.diagnostic).removeprefix("smtp;").strip()


def _storable(text: str) -> str:
    """The text as every database can store it and a terminal show it: cut, without NUL, controls and lone surrogates."""
    whole = text[:MOST_KEPT].encode("utf-8", "replace").decode()
    return "".join(character if character.isprintable() else " " for character in whole)
