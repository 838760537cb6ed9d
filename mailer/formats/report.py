"""Reads a returned mail: what it reports, about which recipient, why, and whether the address is dead for good."""

from collections.abc import Sequence

from mailer.domain.bounce import BounceReport, ReportKind
from mailer.formats.reports import amazon_ses, auto_replies, bounce, complaint
from mailer.formats.reports.body_text import BodyText, extract_text, first_text
from mailer.formats.reports.mime import MailPart, parse_mail
from mailer.formats.reports.original_message import read_original
from mailer.formats.reports.wrapped import find_wrapped


def parse(raw: bytes) -> Sequence[BounceReport]:
    """The reports in this mail, at least one: a mail that reports nothing gives one report of kind `other`.

    Never raises, and works within fixed limits, whatever the bytes. Nothing in a report is verified: only a signed
    return path, or our signature in the original's Message-ID, names a delivery.
    """
    mail = parse_mail(raw)
    body = extract_text(mail)
    reports = _read(mail, body)
    if not any(report.recipient for report in reports) and (inner := find_wrapped(mail, body)):
        of_inner = _read(inner, extract_text(inner))
        reports = of_inner if any(report.recipient for report in of_inner) else reports
    return reports


def _read(mail: MailPart, body: BodyText) -> Sequence[BounceReport]:
    original = read_original(mail, body)
    return (
        complaint.read_complaints(mail, body, original)
        or amazon_ses.read_notifications(first_text(mail))
        or auto_replies.read_receipts(mail, body, original)
        or auto_replies.read_by_subject(mail, body)
        or bounce.read_bounces(mail, body, original)
        or auto_replies.read_replies(mail, body, original)
        or [BounceReport(kind=ReportKind.OTHER, original=original)]
    )


def readable(raw: bytes) -> str:
    """The text of a mail, for display: within fixed limits, and without control characters for the terminal."""
    text = extract_text(parse_mail(raw)).text
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)
