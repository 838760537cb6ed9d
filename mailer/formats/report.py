"""Reads a mail that came back: what it reports, about whom, why, and whether the address is dead for good."""

from collections.abc import Sequence

from mailer.domain.bounce import BounceReport, ReportKind
from mailer.formats.reports import amazon_ses, auto_replies, bounce, complaint
from mailer.formats.reports.body_text import first_text, page_of
from mailer.formats.reports.classify import classify
from mailer.formats.reports.mime import open_mail
from mailer.formats.reports.original_message import original

__all__ = ["classify", "parse", "readable"]


def parse(raw: bytes) -> Sequence[BounceReport]:
    """The reports in this mail, at least one: a mail that reports nothing gives one report of kind `other`.

    Never raises, whatever the bytes; the work is bounded by what the rooms below look at. Nothing in the answer is
    verified: only a signed return path, or our signature in the original's Message-ID, names a delivery.
    """
    mail = open_mail(raw)
    page = page_of(mail)
    returned = original(mail, page)
    return (
        complaint.complaints(mail, page, returned)
        or amazon_ses.notifications(first_text(mail))
        or auto_replies.receipts(mail, returned)
        or auto_replies.by_subject(mail, page)
        or bounce.failures(mail, page, returned)
        or auto_replies.notices(mail, page, returned)
        or [BounceReport(kind=ReportKind.OTHER, original=returned)]
    )


def readable(raw: bytes) -> str:
    """What this mail says to its reader, as text to be looked at: bounded, and without characters that a terminal obeys."""
    said = page_of(open_mail(raw)).text
    return "".join(one if one.isprintable() or one == "\n" else " " for one in said)
