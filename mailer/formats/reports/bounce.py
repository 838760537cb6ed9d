"""Turns a mail into reports of failed, delayed or delivered copies: the structured part first, then the free text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailer.domain.bounce import BounceReport, FailureReason, Original, Phase, ReportKind
from mailer.formats.reports import addresses, delivery_status, detect_bounce, failed_addresses
from mailer.formats.reports.body_text import Page
from mailer.formats.reports.classify import by_words, classify
from mailer.formats.reports.mime import MailPart
from mailer.formats.reports.smtp_reply import QuotedReply, reply_in

MOST_DIAGNOSTIC = 1000
_GOOD = {"delivered", "relayed", "expanded"}
_REFUSAL = re.compile(r"was automatically rejected:?\s{1,4}(\S[^\n]{2,200})", re.IGNORECASE)
_VAGUE = re.compile(r"^(?:[a-z0-9\-]{1,30};)?\s*(?:\d{3}|-)?[\s.;]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is the same for every recipient of one report."""

    page: Page
    original: Original
    delayed: bool
    alone: bool  # only one recipient: then the whole text is about it


def failures(mail: MailPart, page: Page, original: Original) -> list[BounceReport]:
    """The reports in this mail, one a recipient; empty where it is no delivery report."""
    witness = detect_bounce.weigh(mail, page)
    wrapped = [
        part for part in mail.walk() if part.kind in {"message/delivery-status", "message/global-delivery-status"}
    ]
    reporting = (
        mail.kind == "multipart/report"
        and mail.parameters.get("report-type", "delivery-status").lower() == "delivery-status"
    )
    machine = witness.daemon or witness.null_path or (reporting and not witness.answer)
    fields: list[delivery_status.Fields] = []
    if wrapped and machine:
        for part in wrapped[:5]:
            fields += delivery_status.read(part.text)
    if not fields and (witness.is_failure or witness.daemon or (machine and not witness.answer)):
        fields = delivery_status.read_inline(page.text)
    if not fields and (inner := detect_bounce.passed_on(mail, page)):
        page, fields = inner, delivery_status.read_inline(inner.text)
    named = _named(fields)
    if named:
        return _structured(named, mail, page, original)
    listed = addresses.find(", ".join(mail.all("x-failed-recipients"))[:20_000], most=200)
    if not (listed or wrapped or (reporting and witness.told) or witness.is_failure):
        return []
    if (wrapped or listed) and not machine and not listed:
        return []
    return _told(mail, page, original, listed, fields, witness)


def _named(fields: list[delivery_status.Fields]) -> list[delivery_status.Fields]:
    return [one for one in fields if one.recipient]


def _structured(
    fields: list[delivery_status.Fields], mail: MailPart, page: Page, original: Original
) -> list[BounceReport]:
    """One report for each recipient that the structured part names; the free text adds what it leaves out."""
    said = {
        one.address.lower(): one.said
        for one in failed_addresses.recipients(page.lines, own=_own(mail), original=original.recipients)
    }
    case = _Case(page=page, original=original, delayed=detect_bounce.is_delay(mail, page), alone=len(fields) == 1)
    reports: dict[str, BounceReport] = {}
    for one in fields:
        who = one.recipient or ""
        told = said.get(who.lower()) or said.get((one.original_recipient or "").lower()) or ""
        report = _from_fields(one, told, case)
        before = reports.get(who.lower())
        if before is None or (before.kind is not ReportKind.BOUNCE and report.kind is ReportKind.BOUNCE):
            reports[who.lower()] = report
    return list(reports.values())


def _from_fields(one: delivery_status.Fields, told: str, case: _Case) -> BounceReport:
    if one.action in _GOOD or (one.status or "").startswith("2."):
        kind = ReportKind.DELIVERED
    elif one.action == "delayed" or (not one.action and case.delayed):
        kind = ReportKind.DELAYED
    else:
        kind = ReportKind.BOUNCE
    words = "" if _VAGUE.match(one.diagnostic) else one.diagnostic
    reply = reply_in(words)
    around = reply_in(told or (case.page.text if case.alone else ""))
    phase = reply.phase if reply.phase is not Phase.UNKNOWN else around.phase
    code = reply.code if words else around.code
    status = _status(reply.status, one.status, around.status if not words else None)
    return _report(kind, one.recipient, QuotedReply(code, status, phase), [words, told, one.status_words], case, one)


def _told(
    mail: MailPart,
    page: Page,
    original: Original,
    listed: list[str],
    fields: list[delivery_status.Fields],
    witness: detect_bounce.Evidence,
) -> list[BounceReport]:
    """One report for each recipient that the header or the text names, or the returned message was written to."""
    found = failed_addresses.recipients(page.lines, own=_own(mail), original=[*original.recipients, *listed])
    said = {one.address.lower(): one.said for one in found}
    sure = [one.address for one in found if one.weight >= 2]
    chosen = listed or sure
    if not chosen and (names := failed_addresses.in_transcript(page.text)):
        chosen = names
    if not chosen and witness.daemon and page.returned:
        # The report is wrapped in another one's words and stands whole where an original would.
        inner = _named(delivery_status.read_inline(page.returned)) if _is_report(page.returned) else []
        if inner:
            return _structured(inner, mail, page, original)
    if not chosen and len(original.recipients) == 1 and (witness.daemon or witness.null_path):
        chosen = [one for one in original.recipients if not addresses.any_of(one, _reader(mail))]
    trusted = witness.daemon or bool(listed) or mail.kind == "multipart/report"
    if not chosen and trusted and (domain := (addresses.first(mail.get("from")) or "").partition("@")[2]):
        chosen = failed_addresses.bare_names(page.lines, domain)
    if not trusted and not (chosen and (witness.null_path or by_words(page.text))):
        return []  # no server by its name, and nobody who failed, or no word of why
    if not chosen and len(found) == 1 and not addresses.of_machine(found[0].address):
        chosen = [found[0].address]
    case = _Case(page=page, original=original, delayed=detect_bounce.is_delay(mail, page), alone=len(chosen) <= 1)
    first = fields[0] if fields else None
    if first and first.action in _GOOD:
        return [_from_fields(first, "", case)]
    kind = ReportKind.DELAYED if case.delayed and not (first and first.action == "failed") else ReportKind.BOUNCE
    reports = []
    named: list[str | None] = [*chosen] or [None]
    for who in named:
        words = said.get((who or "").lower(), "")
        reply = reply_in(words)
        around = reply_in(page.text) if case.alone else reply
        status = _status(reply.status, first.status if first else None, around.status)
        code = reply.code if reply.code is not None else around.code
        phase = reply.phase if reply.phase is not Phase.UNKNOWN else around.phase
        diagnostic = first.diagnostic if first else ""
        reports.append(_report(kind, who, QuotedReply(code, status, phase), [diagnostic, words], case, first))
    return reports


def _report(
    kind: ReportKind,
    recipient: str | None,
    reply: QuotedReply,
    words: list[str],
    case: _Case,
    fields: delivery_status.Fields | None,
) -> BounceReport:
    told = [one for one in words if one.strip()]
    if case.alone and (refusal := _REFUSAL.search(case.page.text[:3000])):
        told.insert(0, refusal[1])  # what the mailbox's own program says outdoes the code that it was given
    if case.alone:
        told.append(case.page.text[:6000])
    # The first words that a rule knows decide; the rest of the report is asked only where they say nothing.
    judged = _judged(_without(one, recipient) for one in told)
    verdict = classify(reply.code, reply.status, judged, reply.phase)
    good = kind is ReportKind.DELIVERED
    return BounceReport(
        kind=kind,
        recipient=recipient,
        status=reply.status,
        code=reply.code,
        phase=reply.phase,
        hard=None if good else verdict.hard and kind is ReportKind.BOUNCE,
        reason=FailureReason.UNKNOWN if good else verdict.reason,
        rule="" if good else verdict.rule,
        action=fields.action if fields else "",
        diagnostic=" ".join(next(iter(told), "").split())[:MOST_DIAGNOSTIC],
        reporting_mta=fields.reporting_mta if fields else "",
        remote_mta=fields.remote_mta if fields else "",
        original_recipient=fields.original_recipient if fields else None,
        final_recipient=fields.final_recipient if fields else None,
        envelope_id=fields.envelope_id if fields else "",
        original=case.original,
    )


def _judged(told: Iterable[str]) -> str:
    """The first words that a rule knows; those of a server that only passes a failure on are taken last."""
    first = vague = ""
    for one in told:
        first = first or one
        rule = by_words(one)
        if rule and not rule.vague:
            return one
        vague = vague or (one if rule else "")
    return vague or first


def _without(text: str, recipient: str | None) -> str:
    """The text without the recipient's address, whose letters might look like a reason."""
    if not recipient:
        return text
    return re.sub(re.escape(recipient), "<x@y>", text, flags=re.IGNORECASE)


def _status(*offered: str | None) -> str | None:
    """The first status that says something; the x.0.0 that a relay puts where it knows nothing comes last."""
    given = [one for one in offered if one]
    return next((one for one in given if not one.endswith(".0.0")), given[0] if given else None)


def _reader(mail: MailPart) -> list[str]:
    return addresses.find(mail.get("to"), most=20)


def _own(mail: MailPart) -> list[str]:
    """Addresses that cannot have failed: the reader's and the reporter's."""
    return _reader(mail) + addresses.find(f"{mail.get('from')} {mail.get('reply-to')} {mail.get('sender')}", most=10)


def _is_report(returned: str) -> bool:
    """Whether what was returned is itself a server's report: it has an empty return path, or a server's name."""
    head = returned[:3000]
    return bool(
        re.search(r"^Return-Path:\s*<>|^From:?\s.{0,80}(?:daemon|postmaster)", head, re.IGNORECASE | re.MULTILINE)
    )
