"""Reads a returned mail: what it reports, about which recipient, why, and whether the address is dead for good."""

from collections.abc import Sequence

from mailer.domain.bounce import BounceReport, ReportKind
from mailer.formats.reports import addresses, amazon_ses, auto_replies, bounce, complaint
from mailer.formats.reports.body_text import BodyText, extract_text, first_text
from mailer.formats.reports.mime import MailPart, parse_mail
from mailer.formats.reports.original_message import read_original
from mailer.formats.reports.wrapped import find_wrapped

MAX_WRAPS = 3  # reports around a report: a gateway's around a person's around a server's


def parse(raw: bytes) -> Sequence[BounceReport]:
    """The reports in this mail, at least one: a mail that reports nothing gives one report of kind `other`.

    Never raises, and works within fixed limits, whatever the bytes. Nothing in a report is verified: only our
    signature names a delivery.
    """
    return read_reports(parse_mail(raw))


def read_reports(mail: MailPart) -> Sequence[BounceReport]:
    """The reports in this mail, as `parse` reads them."""
    return _read_unwrapped(mail, MAX_WRAPS)


def _read_unwrapped(mail: MailPart, wraps: int) -> Sequence[BounceReport]:
    """The reports in this mail; where it names no recipient, those in a report that it carries."""
    body = extract_text(mail)
    reports = _read(mail, body)
    has_fields = bool(mail.of_kind("message/delivery-status"))  # of its own: what it returns is then no report of ours
    inner = None if has_fields or not wraps else find_wrapped(mail, body)
    if inner is None or _names_recipient(reports, of=inner):
        return reports
    carried = _read_unwrapped(inner, wraps - 1)
    return carried if _names_recipient(carried, of=inner) else reports


def _names_recipient(reports: Sequence[BounceReport], *, of: MailPart) -> bool:
    """Whether these name a recipient other than the one to whom the report inside was written."""
    readers = addresses.find(of.get("to"))
    return any(report.recipient and not addresses.contains(readers, report.recipient) for report in reports)


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
