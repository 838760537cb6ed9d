"""Reads reports of failed, delayed or delivered copies: the RFC 3464 fields first, then the text."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from mailer.domain.bounce import BounceReport, FailureReason, Original, Phase, ReportKind
from mailer.formats.reports import addresses, delivery_status, detect_bounce, failed_addresses
from mailer.formats.reports.body_text import BodyText
from mailer.formats.reports.classify import find_rule
from mailer.formats.reports.delivery_status import RecipientStatus
from mailer.formats.reports.detect_bounce import Evidence
from mailer.formats.reports.mime import MailPart
from mailer.formats.reports.own_title import hide_title
from mailer.formats.reports.refusal import Refusal
from mailer.formats.reports.smtp_reply import QuotedReply, find_reply

MAX_DIAGNOSTIC = 1000
_DELIVERED_ACTIONS = {"delivered", "relayed", "expanded"}
_EMPTY_DIAGNOSTIC = re.compile(r"^(?:[a-z0-9\-]{1,30};)?\s*(?:\d{3}|-)?[\s.;]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReportContext:
    """What all recipients of one report share."""

    body: BodyText
    original: Original
    delayed: bool
    single: bool  # one recipient only: the whole text is about it
    ours: tuple[str, ...]  # the addresses to which the report came, and from which the copy was sent


def read_bounces(mail: MailPart, body: BodyText, original: Original) -> list[BounceReport]:
    """One report for each recipient; none if the mail is no delivery report."""
    if detect_bounce.is_server_note(mail, body):
        return []
    body = hide_title(mail, body, original)
    evidence = detect_bounce.gather_evidence(mail, body)
    status_parts = mail.of_kind("message/delivery-status", "message/global-delivery-status")
    is_report_type = (
        mail.kind == "multipart/report"
        and mail.parameters.get("report-type", "delivery-status").lower() == "delivery-status"
    )
    from_server = evidence.daemon or evidence.null_path or (is_report_type and not evidence.answer)
    statuses: list[RecipientStatus] = []
    if status_parts and from_server:
        for part in status_parts[:5]:
            statuses += delivery_status.read_part(part.text)
    if not status_parts and from_server and (notices := mail.of_kind("message/disposition-notification")):
        statuses = delivery_status.read_rejection(notices[0].text)
    if not statuses and (evidence.is_failure or evidence.daemon or (from_server and not evidence.answer)):
        statuses = delivery_status.read_inline(body.text)
    with_address = _with_address(statuses)
    if with_address:
        return _from_statuses(with_address, mail, body, original)
    listed = addresses.find(", ".join(mail.all("x-failed-recipients"))[:20_000], limit=200)
    if not (listed or status_parts or (is_report_type and evidence.text) or evidence.is_failure):
        return []
    if status_parts and not from_server and not listed:
        return []
    return _from_text(mail, body, original, listed, statuses, evidence)


def _with_address(statuses: list[RecipientStatus]) -> list[RecipientStatus]:
    return [status for status in statuses if status.address]


def _from_statuses(
    statuses: list[RecipientStatus], mail: MailPart, body: BodyText, original: Original
) -> list[BounceReport]:
    """One report for each recipient in the fields; the text adds what they omit."""
    texts = {
        failed.address.lower(): failed.text
        for failed in failed_addresses.find_failed(
            body.lines, correspondents=_correspondents(mail), original=original.recipients
        )
    }
    delayed = detect_bounce.is_delay(mail, body)
    context = _ReportContext(
        body=body, original=original, delayed=delayed, single=len(statuses) == 1, ours=_ours(mail, original)
    )
    reports: dict[str, BounceReport] = {}
    for status in statuses:
        address = (status.address or "").lower()
        text = texts.get(address) or texts.get((status.original_recipient or "").lower()) or ""
        report = _from_status(status, text, context)
        earlier = reports.get(address)
        if earlier is None or (earlier.kind is not ReportKind.BOUNCE and report.kind is ReportKind.BOUNCE):
            reports[address] = report
    return list(reports.values())


def _from_status(status: RecipientStatus, text: str, context: _ReportContext) -> BounceReport:
    if status.action in _DELIVERED_ACTIONS or (status.status or "").startswith("2."):
        kind = ReportKind.DELIVERED
    elif status.action == "delayed" or (not status.action and context.delayed):
        kind = ReportKind.DELAYED
    else:
        kind = ReportKind.BOUNCE
    diagnostic = "" if _EMPTY_DIAGNOSTIC.match(status.diagnostic) else status.diagnostic
    reply = find_reply(diagnostic)
    text_reply = find_reply(text or (context.body.text if context.single else ""))
    merged = QuotedReply(
        code=reply.code if diagnostic else text_reply.code,
        status=_best_status(reply.status, status.status, text_reply.status if not diagnostic else None),
        phase=Phase.CONTENT
        if status.accepted
        else reply.phase
        if reply.phase is not Phase.UNKNOWN
        else text_reply.phase,
    )
    return _report(kind, status.address, merged, [diagnostic, status.status_text], text, context, status)


def _from_text(
    mail: MailPart,
    body: BodyText,
    original: Original,
    listed: list[str],
    statuses: list[RecipientStatus],
    evidence: Evidence,
) -> list[BounceReport]:
    """One report for each recipient that the header or the text names, or that the returned message was written to."""
    failed = failed_addresses.find_failed(
        body.lines, correspondents=_correspondents(mail), original=[*original.recipients, *listed]
    )
    texts = {entry.address.lower(): entry.text for entry in failed}
    recipients = (
        listed
        or [entry.address for entry in failed if entry.weight >= 2]
        or failed_addresses.find_in_transcript(body.text)
    )
    if not recipients and evidence.daemon and body.returned:
        # The report is inside another one and stands where the original would.
        inner = _with_address(delivery_status.read_inline(body.returned)) if _is_report(body.returned) else []
        if inner:
            return _from_statuses(inner, mail, body, original)
    if not recipients and len(original.recipients) == 1 and (evidence.daemon or evidence.null_path):
        recipients = [address for address in original.recipients if not addresses.contains(_reader(mail), address)]
    trusted = evidence.daemon or bool(listed) or mail.kind == "multipart/report"
    if not recipients and trusted and (domain := (addresses.first(mail.get("from")) or "").partition("@")[2]):
        recipients = failed_addresses.find_local_names(body.lines, domain)
    if not trusted and not (recipients and (evidence.null_path or find_rule(body.text))):
        return []  # not from a server, and either no recipient or no reason is named
    if not recipients and len(failed) == 1 and not addresses.belongs_to_server(failed[0].address):
        recipients = [failed[0].address]
    delayed = detect_bounce.is_delay(mail, body)
    context = _ReportContext(
        body=body,
        original=original,
        delayed=delayed,
        single=len(recipients) <= 1 or _share_reason(texts.values()),
        ours=_ours(mail, original),
    )
    first = statuses[0] if statuses else RecipientStatus()
    if first.action in _DELIVERED_ACTIONS:
        return [_from_status(first, "", context)]
    kind = ReportKind.DELAYED if context.delayed and first.action != "failed" else ReportKind.BOUNCE
    reports = []
    for recipient in [*recipients] or (None,):
        text = texts.get((recipient or "").lower(), "")
        reply = find_reply(text)
        text_reply = find_reply(body.text) if context.single else reply
        merged = QuotedReply(
            code=reply.code if reply.code is not None else text_reply.code,
            status=_best_status(reply.status, first.status, text_reply.status),
            phase=reply.phase if reply.phase is not Phase.UNKNOWN else text_reply.phase,
        )
        reports.append(_report(kind, recipient, merged, [first.diagnostic], text, context, first))
    return reports


def _share_reason(texts: Collection[str]) -> bool:
    """Whether the page gives one reason for all: the lines about each give none, and one has nothing but its own line."""
    has_reason = any(find_rule(text) or find_reply(text).status or find_reply(text).code for text in texts)
    return not has_reason and any("\n" not in text for text in texts)


def _report(
    kind: ReportKind,
    recipient: str | None,
    reply: QuotedReply,
    fields: list[str],
    about: str,
    context: _ReportContext,
    status: RecipientStatus,
) -> BounceReport:
    refusal = Refusal(
        reply=reply,
        fields=fields,
        about=about,
        page=context.body.text if context.single else "",
        recipient=recipient or "",
        ours=context.ours,
        title=context.original.subject,
        in_fields=status.status is not None,
    )
    verdict = refusal.judge()
    delivered = kind is ReportKind.DELIVERED
    return BounceReport(
        kind=kind,
        recipient=recipient,
        status=reply.status,
        code=reply.code,
        phase=reply.phase,
        hard=None if delivered else verdict.hard and kind is ReportKind.BOUNCE,
        reason=FailureReason.UNKNOWN if delivered else verdict.reason,
        rule="" if delivered else verdict.rule,
        action=status.action,
        diagnostic=" ".join(
            next((text for text in [*fields[:1], about, *fields[1:], refusal.page] if text.strip()), "").split()
        )[:MAX_DIAGNOSTIC],
        reporting_mta=status.reporting_mta,
        remote_mta=status.remote_mta,
        original_recipient=status.original_recipient,
        final_recipient=status.final_recipient,
        envelope_id=status.envelope_id,
        original=context.original,
    )


def _best_status(*candidates: str | None) -> str | None:
    """The first specific status; the x.0.0 of a relay that knows no reason comes last."""
    statuses = [status for status in candidates if status]
    return next((status for status in statuses if not status.endswith(".0.0")), statuses[0] if statuses else None)


def _reader(mail: MailPart) -> list[str]:
    return addresses.find(mail.get("to"), limit=20)


def _ours(mail: MailPart, original: Original) -> tuple[str, ...]:
    return (*_reader(mail), *([original.sender] if original.sender else []))


def _correspondents(mail: MailPart) -> list[str]:
    """The addresses of the report's recipient and sender, which cannot have failed."""
    return _reader(mail) + addresses.find(f"{mail.get('from')} {mail.get('reply-to')} {mail.get('sender')}", limit=10)


def _is_report(returned: str) -> bool:
    """Whether the returned message is itself a server's report: it has an empty return path, or is from a daemon."""
    header = returned[:3000]
    return bool(
        re.search(r"^Return-Path:\s*<>|^From:?\s.{0,80}(?:daemon|postmaster)", header, re.IGNORECASE | re.MULTILINE)
    )
