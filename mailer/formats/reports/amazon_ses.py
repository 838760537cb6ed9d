"""Reads the notifications that Amazon SES sends as JSON in a mail, in place of a report."""

import json
from collections.abc import Iterator

from mailer.domain.bounce import BounceReport, FailureReason, Original, ReportKind
from mailer.formats.reports.classify import classify
from mailer.formats.reports.smtp_reply import reply_in

_KINDS = {"bounce": ReportKind.BOUNCE, "complaint": ReportKind.COMPLAINT, "delivery": ReportKind.DELIVERED}
_MOST = 100


def notifications(text: str) -> list[BounceReport]:
    """The reports in a JSON notification at the beginning of this text; empty where there is none. Never raises."""
    told = text.lstrip()
    if not told.startswith("{") or ("notificationType" not in told[:6000] and "eventType" not in told[:6000]):
        return []
    try:
        # Mail breaks long lines, also inside of strings: hence the lines are joined, and control characters allowed.
        outer, _ = json.JSONDecoder(strict=False).raw_decode(told.replace("\n ", "").replace("\n", ""))
    except (ValueError, RecursionError):
        return []
    return list(_reports(_table(outer)))


def _reports(outer: dict[str, object]) -> Iterator[BounceReport]:
    name = str(outer.get("notificationType") or outer.get("eventType")).lower()
    kind = _KINDS.get(name)
    mail = _table(outer.get("mail"))
    original = Original(message_id=_message_id(mail), sender=str(mail.get("source", ""))[:320])
    what = _table(outer.get(name))
    match kind:
        case ReportKind.BOUNCE:
            for one in _tables(what.get("bouncedRecipients")):
                yield _bounce(one, what, original)
        case ReportKind.COMPLAINT:
            for one in _tables(what.get("complainedRecipients")):
                yield BounceReport(
                    kind=kind,
                    recipient=_text(one, "emailAddress"),
                    reason=FailureReason.COMPLAINT,
                    rule="a notification of a complaint",
                    original=original,
                )
        case ReportKind.DELIVERED:
            for who in _list(what.get("recipients")):
                status = reply_in(str(what.get("smtpResponse", ""))).status
                yield BounceReport(kind=kind, recipient=str(who)[:320], status=status, original=original)
        case _:
            return


def _bounce(one: dict[str, object], what: dict[str, object], original: Original) -> BounceReport:
    diagnostic = str(one.get("diagnosticCode", ""))[:1000]
    reply = reply_in(diagnostic)
    status = _text(one, "status") or reply.status
    verdict = classify(reply.code, status, diagnostic, reply.phase)
    passing = str(what.get("bounceType", "")).lower() == "transient"
    return BounceReport(
        kind=ReportKind.BOUNCE,
        recipient=_text(one, "emailAddress"),
        status=status,
        code=reply.code,
        hard=verdict.hard and not passing,
        reason=verdict.reason,
        rule=verdict.rule,
        action=str(one.get("action", ""))[:20],
        diagnostic=diagnostic,
        reporting_mta=str(what.get("reportingMTA", ""))[:255],
        original=original,
    )


def _message_id(mail: dict[str, object]) -> str:
    common = _table(mail.get("commonHeaders"))
    if found := _text(common, "messageId"):
        return found
    named = (one for one in _tables(mail.get("headers")) if str(one.get("name", "")).lower() == "message-id")
    return next((str(one.get("value", ""))[:300] for one in named), "")


def _text(table: dict[str, object], key: str) -> str | None:
    value = table.get(key)
    return value[:320] if isinstance(value, str) and value else None


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value[:_MOST] if isinstance(value, list) else []


def _tables(value: object) -> list[dict[str, object]]:
    return [one for one in _list(value) if isinstance(one, dict)]
