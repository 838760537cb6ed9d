"""Reads complaints: feedback reports (RFC 5965), copies from Outlook.com's junk button, and plain abuse reports."""

import re

from mailer.domain.bounce import BounceReport, FailureReason, Original, ReportKind
from mailer.formats.reports import addresses
from mailer.formats.reports.body_text import BodyText
from mailer.formats.reports.mime import MailPart

_FIELD = re.compile(r"^[ \t]{0,4}([A-Za-z][A-Za-z\-]{2,40})[ \t]*:[ \t]*(.{0,600})$", re.MULTILINE)
_INLINE_REPORT = re.compile(r"^[ \t]{0,4}Feedback-Type[ \t]*:[ \t]*[a-z\-]+", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(
    r"complaint about message from|abuse report|feedback report for|spam (?:report|complaint)|email feedback report",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"(?:this is|is) an? (?:e-?mail |[\w.]{1,30} )?(?:e-?mail )?abuse report|complaint about (?:a )?message|reported (?:as|by).{0,40}spam|user complaint|marked .{0,40}as (?:spam|junk)",
    re.IGNORECASE,
)
# RFC 5965 §7.3, RFC 6591, RFC 6430; `not-spam` is no complaint.
_REASONS = {
    "auth-failure": FailureReason.AUTH_FAILURE,
    "dmarc": FailureReason.AUTH_FAILURE,
    "opt-out": FailureReason.OPT_OUT,
    "opt-out-list": FailureReason.OPT_OUT,
}


def read_complaints(mail: MailPart, body: BodyText, original: Original) -> list[BounceReport]:
    """One report for each recipient that a complaint names; none if the mail is no complaint."""
    parts = [part for part in mail.walk() if part.kind == "message/feedback-report"]
    if parts:
        report = parts[0].text
    else:
        report = body.text if _INLINE_REPORT.search(body.text[:8000]) and not _is_answer(mail) else ""
    if report:
        fields: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(report[:16_000]):
            fields.setdefault(name.lower(), []).append(value.strip())
        return _reports(fields, mail, body, original)
    if _is_from_junk_button(mail) or (
        _SUBJECT.search(mail.get("subject")) and _TEXT.search(body.text[:3000]) and not _is_answer(mail)
    ):
        return _reports({}, mail, body, original)
    return []


def _is_answer(mail: MailPart) -> bool:
    """Whether a person answers or forwards something, which a provider's feedback loop never does."""
    return bool(re.match(r"\s*(?:re|fwd?|aw|wg|sv)\s*:", mail.get("subject"), re.IGNORECASE))


def _is_from_junk_button(mail: MailPart) -> bool:
    """Whether Outlook.com's junk reporting program sent it: our message, with the recipient in a field of its own.

    It sent the message itself until 2011, and has attached it since.
    """
    return _was_junk(mail) or any(
        _was_junk(inner) for part in mail.walk() if part.kind == "message/rfc822" for inner in part.parts
    )


def _was_junk(mail: MailPart) -> bool:
    return mail.has("x-hmxmroriginalrecipient")


def _reports(fields: dict[str, list[str]], mail: MailPart, body: BodyText, original: Original) -> list[BounceReport]:
    kind = " ".join(fields.get("feedback-type", [])).lower().strip()
    recipients = addresses.find(
        " ".join(fields.get("original-rcpt-to", []) + fields.get("removal-recipient", [])), limit=50
    )
    # Some providers hide the address; the returned message still has it.
    recipients = (
        recipients
        or addresses.find(mail.get("x-hmxmroriginalrecipient"))
        or list(original.recipients[:1])
        or addresses.find(body.text[:3000], limit=1)
    )
    sender = addresses.first(mail.get("from"))
    return [
        BounceReport(
            kind=ReportKind.OTHER if kind == "not-spam" else ReportKind.COMPLAINT,
            recipient=recipient,
            reason=FailureReason.UNKNOWN if kind == "not-spam" else _REASONS.get(kind, FailureReason.COMPLAINT),
            rule=f"Feedback-Type: {kind[:40]}" if kind else "subject and text are those of a complaint",
            diagnostic=" ".join(body.text[:1000].split()),
            reporting_mta=" ".join(fields.get("reporting-mta", []))[:255] or sender or "",
            envelope_id=" ".join(fields.get("original-envelope-id", []))[:200],
            original_recipient=recipients[0] if recipients else None,
            original=original,
        )
        for recipient in [*recipients] or (None,)
    ]
