"""Reads complaints: feedback reports (RFC 5965), what Outlook.com sends for its junk button, and plain abuse mails."""

import re

from mailer.domain.bounce import BounceReport, FailureReason, Original, ReportKind
from mailer.formats.reports import addresses
from mailer.formats.reports.body_text import Page
from mailer.formats.reports.mime import MailPart

_FIELD = re.compile(r"^[ \t]{0,4}([A-Za-z][A-Za-z\-]{2,40})[ \t]*:[ \t]*(.{0,600})$", re.MULTILINE)
_INLINE = re.compile(r"^[ \t]{0,4}Feedback-Type[ \t]*:[ \t]*[a-z\-]+", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(
    r"complaint about message from|abuse report|feedback report for|spam (?:report|complaint)|email feedback report",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:this is|is) an? (?:e-?mail |[\w.]{1,30} )?(?:e-?mail )?abuse report|complaint about (?:a )?message|reported (?:as|by).{0,40}spam|user complaint|marked .{0,40}as (?:spam|junk)",
    re.IGNORECASE,
)
# RFC 5965 §7.3 and RFC 6591, 6430; `not-spam` praises, and is no complaint.
_TYPES = {
    "auth-failure": FailureReason.AUTH_FAILURE,
    "dmarc": FailureReason.AUTH_FAILURE,
    "opt-out": FailureReason.OPT_OUT,
    "opt-out-list": FailureReason.OPT_OUT,
}


def complaints(mail: MailPart, page: Page, original: Original) -> list[BounceReport]:
    """The complaint in this mail, once for each recipient that it names; empty where it is none."""
    parts = [part for part in mail.walk() if part.kind == "message/feedback-report"]
    told = parts[0].text if parts else page.text if _INLINE.search(page.text[:8000]) and _outside(mail) else ""
    if told:
        fields: dict[str, list[str]] = {}
        for name, value in _FIELD.findall(told[:16_000]):
            fields.setdefault(name.lower(), []).append(value.strip())
        return _reports(fields, mail, page, original)
    if _junk_button(mail) or (
        _SUBJECT.search(mail.get("subject")) and _TOLD.search(page.text[:3000]) and _outside(mail)
    ):
        return _reports({}, mail, page, original)
    return []


def _outside(mail: MailPart) -> bool:
    """Whether the mail can come from a provider's feedback loop: not an answer or forward by a person."""
    return not re.match(r"\s*(?:re|fwd?|aw|wg|sv)\s*:", mail.get("subject"), re.IGNORECASE)


def _junk_button(mail: MailPart) -> bool:
    """Outlook.com's junk mail reporting program: the message itself, with the reader's address in a field of its own."""
    return any(
        inner.has("x-hmxmroriginalrecipient")
        for part in mail.walk()
        if part.kind == "message/rfc822"
        for inner in part.parts
    )


def _reports(fields: dict[str, list[str]], mail: MailPart, page: Page, original: Original) -> list[BounceReport]:
    kind = " ".join(fields.get("feedback-type", [])).lower().strip()
    who = addresses.find(" ".join(fields.get("original-rcpt-to", []) + fields.get("removal-recipient", [])), most=50)
    # Providers hide the address; then the message that comes with the complaint tells who it was written to.
    who = who or list(original.recipients[:1]) or addresses.find(page.text[:3000], most=1)
    own = addresses.find(mail.get("from"))
    named: list[str | None] = [*who] or [None]
    return [
        BounceReport(
            kind=ReportKind.OTHER if kind == "not-spam" else ReportKind.COMPLAINT,
            recipient=one,
            reason=FailureReason.UNKNOWN if kind == "not-spam" else _TYPES.get(kind, FailureReason.COMPLAINT),
            rule=f"Feedback-Type: {kind[:40]}" if kind else "a complaint by its subject and words",
            diagnostic=" ".join(page.text[:1000].split()),
            reporting_mta=" ".join(fields.get("reporting-mta", []))[:255] or (own[0] if own else ""),
            envelope_id=" ".join(fields.get("original-envelope-id", []))[:200],
            original_recipient=who[0] if who else None,
            original=original,
        )
        for one in named
    ]
