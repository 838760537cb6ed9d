"""Reads the notifications that Amazon SES sends as JSON in a mail instead of a report."""

import json
from collections.abc import Iterator

from mailer.domain.bounce import BounceReport, FailureReason, Original, ReportKind
from mailer.formats.reports.classify import classify
from mailer.formats.reports.smtp_reply import find_reply

_KINDS = {"bounce": ReportKind.BOUNCE, "complaint": ReportKind.COMPLAINT, "delivery": ReportKind.DELIVERED}
_MAX_ITEMS = 100


def read_notifications(text: str) -> list[BounceReport]:
    """The reports in a JSON notification at the beginning of the text; none if there is none. Never raises."""
    text = text.lstrip()
    if not text.startswith("{") or ("notificationType" not in text[:6000] and "eventType" not in text[:6000]):
        return []
    notification = _decode(text)
    if isinstance(message := notification.get("Message"), str):
        notification = _decode(message)  # SNS delivers the notification as a string in one of its own
    return list(_reports(notification))


def _decode(text: str) -> dict[str, object]:
    """The JSON object at the beginning of the text; empty if there is none."""
    try:
        # Mail breaks long lines, even within strings: join the lines, and allow control characters.
        notification, _ = json.JSONDecoder(strict=False).raw_decode(text.replace("\n ", "").replace("\n", ""))
    except (ValueError, RecursionError):
        return {}
    return _table(notification)


def _reports(notification: dict[str, object]) -> Iterator[BounceReport]:
    name = str(notification.get("notificationType") or notification.get("eventType")).lower()
    kind = _KINDS.get(name)
    mail = _table(notification.get("mail"))
    original = Original(message_id=_message_id(mail), sender=str(mail.get("source", ""))[:320])
    details = _table(notification.get(name))
    match kind:
        case ReportKind.BOUNCE:
            for recipient in _tables(details.get("bouncedRecipients")):
                yield _bounce(recipient, details, original)
        case ReportKind.COMPLAINT:
            for recipient in _tables(details.get("complainedRecipients")):
                yield BounceReport(
                    kind=kind,
                    recipient=_text(recipient, "emailAddress"),
                    reason=FailureReason.COMPLAINT,
                    rule="a complaint notification of Amazon SES",
                    original=original,
                )
        case ReportKind.DELIVERED:
            for address in _list(details.get("recipients")):
                status = find_reply(str(details.get("smtpResponse", ""))).status
                yield BounceReport(kind=kind, recipient=str(address)[:320], status=status, original=original)
        case _:
            return


def _bounce(recipient: dict[str, object], details: dict[str, object], original: Original) -> BounceReport:
    diagnostic = str(recipient.get("diagnosticCode", ""))[:1000]
    reply = find_reply(diagnostic)
    status = _text(recipient, "status") or reply.status
    verdict = classify(reply.code, status, diagnostic, reply.phase)
    transient = str(details.get("bounceType", "")).lower() == "transient"
    return BounceReport(
        kind=ReportKind.BOUNCE,
        recipient=_text(recipient, "emailAddress"),
        status=status,
        code=reply.code,
        hard=verdict.hard and not transient,
        reason=verdict.reason,
        rule=verdict.rule,
        action=str(recipient.get("action", ""))[:20],
        diagnostic=diagnostic,
        reporting_mta=str(details.get("reportingMTA", ""))[:255],
        original=original,
    )


def _message_id(mail: dict[str, object]) -> str:
    common = _table(mail.get("commonHeaders"))
    if message_id := _text(common, "messageId"):
        return message_id
    for header in _tables(mail.get("headers")):
        if str(header.get("name", "")).lower() == "message-id":
            return str(header.get("value", ""))[:300]
    return ""


def _text(table: dict[str, object], key: str) -> str | None:
    value = table.get(key)
    return value[:320] if isinstance(value, str) and value else None


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value[:_MAX_ITEMS] if isinstance(value, list) else []


def _tables(value: object) -> list[dict[str, object]]:
    return [item for item in _list(value) if isinstance(item, dict)]
