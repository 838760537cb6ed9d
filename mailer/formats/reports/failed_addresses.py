"""Finds in the words of a failure report, written for people, which addresses failed and what was said of each."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from mailer.formats.reports import addresses

_A = addresses.ADDRESS.pattern
# An address that opens its line, as every layout with a list of recipients has it; bullets may precede it, and what
# follows must be an end, a reason, or the address once more.
_ALONE = re.compile(
    rf"^[ \t]{{0,20}}(?:(?:[*•·>\-]{{1,4}}|\d{{1,3}}[.)])[ \t]*)?(?:<|\"<?|smtp:|to:<)?{_A}"
    rf"[>\"]{{0,2}}(?:\s?<mailto:[^>\n]{{0,200}}>)?[ \t]*(?:$|:|<|\(|\[|,|;|\.\.\.|-{{1,2}}[ >]|=>|\bon\b|invalid\b|[45]\d\d\b|\d|does\b|is\b|was\b|unknown\b|not\b)",
    re.IGNORECASE,
)
# What may stand, on the same line or the one before, in front of an address that failed.
_FAILED = re.compile(
    r"(?:recipients?|user(?:name|id)?(?: mailbox)?[^:\n]{0,40}|address(?:es|ee)?|mailbox|account|delivered|deliver(?:y|ing)?|reach(?:ed)?|undeliverable|failed|failure|rcpt|rcpt to|unknown user|invalid"
    r"|intended|destination|addressed|final|send(?:ing)?|sent|member|list|errors?|attempts?|inbox|person|error-for|problem"
    r"|ihre (?:mail|nachricht|e-mail) an|收件人|邮件地址|宛先|отримувач\w*|користувач\w*|получател\w*|адрес\w*|доставлен\w*|пользовател\w*|ящик\w*|destinataires?|empfänger\w*|adresse\w*|destinatari[oa]s?|direcci[oó]n|endereço|adres\w*|příjem\w*|mottagare|ontvanger)\b"
    r"[^@\n]{0,70}$",
    re.IGNORECASE,
)
# What in front of an address says that it is not the one that failed.
_NOT_FAILED = re.compile(
    r"\b(?:hello|dear|hi|contact|assistance|support|help ?desk|questions?|mail ?from|envelope[- ]from|envelope-sender|sender|from|reply[- ]to|return[- ]path|write to|mailto|e-?mail us|send (?:an? )?(?:e-?)?mail to"
    r"|expanded from|generated (?:from|by)|forward(?:ed|ing)? (?:this|from)|report(?:ed)? (?:this|to)|notify|please (?:mail|e-?mail)|errors-to|message-id|references|in-reply-to|cc|alias of|via|id"
    r"|administrator|обратитесь|обращайтесь|отправител\w+|пишите|absender|von|expéditeur|remitente)\b[^@\n]{0,30}$",
    re.IGNORECASE,
)
# What above a line of its own says that this is where to write to.
_INSTEAD = re.compile(
    r"(?:please|you (?:can|may))\b[^.]{0,40}\b(?:send|mail|write|contact|e-?mail|forward)\b[^.@]{0,100}[ :]$|to the address[ :]+$",
    re.IGNORECASE,
)
_IN_LINK = re.compile(r"(?:https?://|www\.|[?&]\w{1,20}=)\S{0,200}$", re.IGNORECASE)
_TO = re.compile(r"^\s{0,20}to\s?:\s*(?:[^<>@]{0,60}<)?$", re.IGNORECASE)
_NAME = re.compile(r"^[ \t]+([A-Za-z0-9][A-Za-z0-9._\-]{1,40})(?:[ \t]{2,}\S.{0,200})?$")
_TRANSCRIPT = re.compile(r"rcpt to\s?:\s?<?(?P<address>[^\s<>]{1,200})>?", re.IGNORECASE)
_BREAK = re.compile(r"^\s*[-=*_#~]{3,}")
# How many lines after an address are about it, and how many recipients a report may have.
_MOST_SAID = 14
_MOST_FOUND = 200


@dataclass(slots=True)
class Found:
    """An address that the text says has failed, and the lines about it. The surer, the higher the weight."""

    address: str
    weight: int
    said: str = ""


def recipients(lines: tuple[str, ...], *, own: Collection[str], original: Collection[str]) -> list[Found]:
    """The addresses that failed, surest kind only, in the order of the text.

    `own` are the addresses of the one who reads the report and of the one who wrote it, `original` those that the
    returned message was written to: one of these is believed sooner.
    """
    found: dict[str, Found] = {}
    starts: dict[int, str] = {}
    for number, line in enumerate(lines):
        if "@" not in line:
            continue
        before = lines[number - 1][-80:] if number else ""
        above = " ".join(lines[max(0, number - 6) : number])[-160:]
        if _INSTEAD.search(above):
            continue
        opens = bool(_ALONE.match(line))
        for place, match in enumerate(addresses.ADDRESS.finditer(line)):
            if _IN_LINK.search(line[max(0, match.start() - 220) : match.start()] + match[0].partition("@")[0]):
                continue
            address = addresses.clean(match[0])
            weight = _weight(
                address, line[: match.start()], before, opens=opens and not place, own=own, original=original
            )
            if weight <= 0 or "@" not in address:
                continue
            one = found.setdefault(address.lower(), Found(address, weight))
            one.weight = max(one.weight, weight)
            if (opens and not place) or weight >= 3:
                starts.setdefault(number, address.lower())
        if len(found) >= _MOST_FOUND:
            break
    surest = max((one.weight for one in found.values()), default=0)
    chosen = [one for one in found.values() if one.weight >= min(surest, 3)]
    for one in chosen:
        one.said = _said(one.address.lower(), lines, starts)
    return chosen


def _weight(
    address: str, before: str, line_before: str, *, opens: bool, own: Collection[str], original: Collection[str]
) -> int:
    """How sure it is that this address failed, by where it stands; 0 for one that did not."""
    listed = addresses.any_of(address, original)
    lead = before[-110:]
    transcript = bool(re.search(r"rcpt to\s?:\s?<?$", lead, re.IGNORECASE))
    if not transcript and _NOT_FAILED.search(lead.rstrip("<(\"' :\t")[-80:] + " ") and not (opens and listed):
        return 0
    if addresses.any_of(address, own) and not (listed and (opens or transcript)):
        return 0
    if addresses.of_machine(address) and not (listed or opens or transcript):
        return 0
    if opens and not lead.strip(' \t*•·>-<"('):
        spoken = re.search(r"(?:expanded from|generated (?:from|by))[^@]{0,20}$", line_before, re.IGNORECASE)
        return 0 if spoken else 3 + listed
    if transcript:
        return 3
    if _TO.match(before):
        return 2
    if _FAILED.search(lead.rstrip("<(\"' :\t") + " "):
        return 3
    if _FAILED.search(line_before.rstrip() + " ") and not lead.strip():
        return 3
    return 2 if listed else 1


def _said(address: str, lines: tuple[str, ...], starts: dict[int, str]) -> str:
    """What the text says of the address: from its line to the next one's, and every reply that names it."""
    said: list[str] = []
    for start, who in starts.items():
        if who != address:
            continue
        for number in range(start, min(start + _MOST_SAID, len(lines))):
            line = lines[number].strip()
            if number > start and (number in starts or _BREAK.match(line)):
                break
            if not line and len(said) > 1:
                break
            if line:
                said.append(line)
    named = [line.strip() for line in lines if address in line.lower() and line.strip() not in said]
    return "\n".join(said + named[:6])


def in_transcript(text: str) -> list[str]:
    """The addresses after RCPT TO in a transcript of a session."""
    found = (addresses.clean(match["address"]) for match in _TRANSCRIPT.finditer(text))
    return list(dict.fromkeys(one for one in found if "@" in one))[:_MOST_FOUND]


def bare_names(lines: tuple[str, ...], domain: str) -> list[str]:
    """Names without a domain in a list of those who failed: they are of the domain of the server that reports."""
    names: list[str] = []
    for number, line in enumerate(lines):
        intro = next((one.strip() for one in reversed(lines[max(0, number - 3) : number]) if one.strip()), "")
        if (found := _NAME.match(line)) and (intro.endswith(":") or names):
            names.append(f"{found[1]}@{domain}")
        elif names and line.strip():
            break
    return names[:_MOST_FOUND]
