"""Finds in the text of a failure report which addresses failed, and the lines about each."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from mailer.formats.reports import addresses

_ADDRESS = addresses.ADDRESS.pattern
# An address at the start of its line, perhaps after a bullet, followed by the end of the line, a reason, or the address
# again: the layout of every list of recipients.
_AT_START = re.compile(
    rf"^[ \t]{{0,20}}(?:(?:[*•·>\-]{{1,4}}|\(?\d{{1,3}}[.)])[ \t]*)?(?:[<\[]?(?:smtp|mailto|rfc822)[:; ][ \t]?|to:(?=<))?[<\[\"'(]{{0,2}}{_ADDRESS}"
    rf"[>\"'\])]{{0,3}}(?:\s?<mailto:[^>\n]{{0,200}}>)?[ \t]*(?:$|[:：<(\[,;–—]|\.\.\.|-{{1,2}}[ >]|=>|invalid\b|[45]\d\d\b|\d|does\b|is\b|was\b|unknown\b|not\b"
    rf"|(?<=[ \t]{{2}})\S|(?<=\t)\S|(?:[^\W\d_]{{1,12}}[.,:]?[ \t]+){{1,2}}\d{{1,4}}[.:/年\- ])",
    re.IGNORECASE,
)
# A label of its own language, or a name, and the address alone behind it: "받는 사람 : a", "Anna Smith (a)".
_LABELLED = re.compile(r"^[^\w\n]{0,12}[^\W\d_][^\n@:：=]{0,40}(?:[:：=]\s{0,20}[<\[\"'(]{0,2}|\s[<\[(])$")
# Between two addresses of one list.
_BETWEEN = re.compile(
    r"[>\])\"']{0,3}\s{0,4}(?:[,;/&]|[^\W\d_]{1,3})\s{1,4}[<\[(\"']{0,3}|[>\])\"']{0,3}[,;][<\[(\"']{0,3}"
)
_SCHEME = re.compile(r"(?:mailto|smtp|rfc-?822)[:;]\s?$", re.IGNORECASE)
# Text before a failed address, on the same line or the line before.
_BEFORE_FAILED = re.compile(
    r"(?:recipients?|user(?:name|id)?(?: mailbox)?[^:\n]{0,40}|address(?:es|ee)?|mailbox|account|delivered|deliver(?:y|ing)?|reach(?:ed)?|undeliverable|failed|failure|rcpt|rcpt to|unknown user|invalid"
    r"|intended|destination|addressed|final|send(?:ing)?|sent|member|list|errors?|attempts?|inbox|person|error-for|problem|dda"
    r"|ihre (?:mail|nachricht|e-mail) an|收件人|邮件地址|宛先|отримувач\w*|користувач\w*|получател\w*|адрес\w*|доставлен\w*|пользовател\w*|ящик\w*|destinataires?|empfänger\w*|adresse\w*|destinatari[oa]s?|direcci[oó]n|endereço|adres\w*|příjem\w*|mottagare|ontvanger)\b"
    r"[^@\n]{0,70}$",
    re.IGNORECASE,
)
# Text before an address that did not fail.
_BEFORE_OTHER = re.compile(
    r"\b(?:hello|dear|hi(?!\.)|contact|assistance|support|help ?desk|questions?|mail ?from|envelope[- ]from|envelope-sender|sender|from|reply[- ]to|return[- ]path|write to|mailto|e-?mail us|send (?:an? )?(?:e-?)?mail to"
    r"|expanded from|generated (?:from|by)|forward(?:ed|ing)? (?:this|from)|report(?:ed)? (?:this|to)|notify|please (?:mail|e-?mail)|errors-to|message-id|references|in-reply-to|cc|alias of|via|id"
    r"|administrator|обратитесь|обращайтесь|отправител\w+|пишите|absender|von|expéditeur|remitente)\b(?!.{0,30}\b(?:not|invalid|failed|unknown)\b)[^@\n]{0,30}$",
    re.IGNORECASE,
)
# Text above a line with an address to write to instead.
_ABOVE_CONTACT = re.compile(
    r"(?:please|you (?:can|may))\b[^.]{0,40}(?<!re-)\b(?:send|mail|write|contact|e-?mail|forward)\b[^.@]{0,100}[ :]$|to the address[ :]+$",
    re.IGNORECASE,
)
# Sendmail's line about a recipient, whose own reply it may be or that of another server.
_IN_TRANSCRIPT = re.compile(
    r"^[ \t]{0,8}[45]\d\d[ \-](?:[45]\.\d{1,3}\.\d{1,3} )?<[^<>\s]{1,128}@[^<>\s]{1,255}>\.\.\."
)
_ODD_AT_START = re.compile(r"^[ \t]{0,8}<[^<>\s@]{1,128}@[^<>\s@]{1,255}>")
_ODD = re.compile(r"<([^<>\s]{1,128}@[^<>\s@]{1,255})>")
_IN_RCPT = re.compile(r"rcpt to\s?:\s?<?$", re.IGNORECASE)
_BEHIND_FORWARD = re.compile(rf"generated from[ <]{{1,3}}(?P<address>{_ADDRESS})", re.IGNORECASE)
_IN_LINK = re.compile(r"(?:https?://|www\.|[?&]\w{1,20}=)\S{0,200}$", re.IGNORECASE)
_TO = re.compile(r"^\s{0,20}to\s?:\s*(?:[^<>@]{0,60}<)?$", re.IGNORECASE)
_NAME = re.compile(r"^[ \t]+([A-Za-z0-9][A-Za-z0-9._\-]{1,40})(?:[ \t]{2,}\S.{0,200})?$")
_TRANSCRIPT = re.compile(r"rcpt to\s?:\s?<?(?P<address>[^\s<>]{1,200})>?", re.IGNORECASE)
_BREAK = re.compile(r"^\s*[-=*_#~]{3,}")
_MAX_LINES = 14  # about one address, after it
_MAX_ADDRESSES = 200  # read from one report


@dataclass(slots=True)
class FailedAddress:
    """An address that failed according to the text, and the lines about it. More weight means more certainty."""

    address: str
    weight: int
    text: str = ""


def find_failed(
    lines: tuple[str, ...], *, correspondents: Collection[str], original: Collection[str]
) -> list[FailedAddress]:
    """The addresses that failed, in the order of the text, omitting those that are less certain than others.

    `correspondents` are the addresses of the report's sender and recipient, `original` the recipients of the returned
    message, which are more likely to have failed.
    """
    failed = _find(lines, correspondents, original, only_listed=False)
    if not any(entry.weight >= 3 for entry in failed):
        # Who writes to himself is a correspondent; where a forward is hidden, only its origin is shown.
        own = _find(lines, (), original, only_listed=True) or _behind_forward(lines)
        failed = (
            own or failed or [entry for entry in _find(lines, (), original, only_listed=False) if entry.weight != 2]
        )
    return failed


def _find(
    lines: tuple[str, ...], correspondents: Collection[str], original: Collection[str], *, only_listed: bool
) -> list[FailedAddress]:
    """The most certain of the addresses; with `only_listed`, those at the start of a line or in a transcript alone."""
    failed: dict[str, FailedAddress] = {}
    starts: dict[int, set[str]] = {}

    def add(address: str, weight: int, number: int, *, starts_line: bool) -> None:
        if weight > 0 and "@" in address:
            entry = failed.setdefault(address.lower(), FailedAddress(address, weight))
            entry.weight = max(entry.weight, weight)
            if starts_line or weight >= 2:
                starts.setdefault(number, set()).add(address.lower())

    for number, line in enumerate(lines):
        if "@" not in line or len(failed) >= _MAX_ADDRESSES:
            continue
        listed = _IN_TRANSCRIPT.match(line) or (_ODD_AT_START.match(line) and not addresses.ADDRESS.search(line))
        if listed and (odd := _ODD.search(line)) and not addresses.contains(correspondents, odd[1]):
            add(odd[1], 3 + addresses.contains(original, odd[1]), _dialogue_above(lines, number), starts_line=True)
            continue
        end, weight = 0, 0
        for place, match in enumerate(addresses.ADDRESS.finditer(line)):
            at_start = not place and bool(_AT_START.match(line))
            if only_listed and not (at_start or _IN_RCPT.search(line[: match.start()])):
                continue
            in_list = weight if _BETWEEN.fullmatch(line, end, match.start()) else 0
            weight = _weight(match, lines, number, at_start, correspondents, original)
            weight = max(weight, in_list) if weight else 0
            end = match.end()
            add(addresses.clean(match[0]), weight, number, starts_line=at_start)
    highest = max((entry.weight for entry in failed.values()), default=0)
    certain = [entry for entry in failed.values() if entry.weight >= min(highest, 3)]
    for entry in certain:
        entry.text = _text_about(entry.address.lower(), lines, starts)
    return certain


def _dialogue_above(lines: tuple[str, ...], number: int) -> int:
    """The line where the dialogue with the other server begins that ends in this line of a transcript."""
    while number and lines[number - 1].lstrip().startswith((">>>", "<<<")):
        number -= 1
    return number


def _behind_forward(lines: tuple[str, ...]) -> list[FailedAddress]:
    origins = [FailedAddress(match["address"], 3) for line in lines if (match := _BEHIND_FORWARD.search(line))]
    return list({origin.address.lower(): origin for origin in origins[:_MAX_ADDRESSES]}.values())


def _weight(
    match: re.Match[str],
    lines: tuple[str, ...],
    number: int,
    at_start: bool,
    correspondents: Collection[str],
    original: Collection[str],
) -> int:
    """How certain it is that the address in this place of the text failed; 0 if it did not."""
    address, before = addresses.clean(match[0]), match.string[: match.start()]
    line_before = lines[number - 1][-80:] if number else ""
    above = " ".join(lines[max(0, number - 6) : number])[-160:]
    if _ABOVE_CONTACT.search(above) or _IN_LINK.search(before[-220:] + match[0].partition("@")[0]):
        return 0
    is_original = addresses.contains(original, address)
    lead = _SCHEME.sub("", before[-110:])
    transcript = bool(_IN_RCPT.search(lead))
    if not transcript and _BEFORE_OTHER.search(lead.rstrip("<(\"' :\t")[-80:] + " ") and not (at_start and is_original):
        return 0
    if addresses.contains(correspondents, address) and not (is_original and (at_start or transcript)):
        return 0
    if addresses.belongs_to_server(address) and not (is_original or at_start or transcript):
        return 0
    if at_start:
        is_source = re.search(r"(?:expanded from|generated (?:from|by))[^@]{0,20}$", line_before, re.IGNORECASE)
        return 0 if is_source else 3 + is_original
    if transcript:
        return 3
    if _TO.match(before):
        return 2
    if _BEFORE_FAILED.search(lead.rstrip("<(\"' :\t") + " "):
        return 3
    if _BEFORE_FAILED.search(line_before.rstrip() + " ") and not lead.strip():
        return 3
    is_labelled = bool(_LABELLED.match(lead)) and not match.string[match.end() :].strip(" \t>])\"'.,;")
    return 2 if is_original or (is_labelled and not addresses.share_domain(correspondents, address)) else 1


def _text_about(address: str, lines: tuple[str, ...], starts: dict[int, set[str]]) -> str:
    """The lines about the address: from its own line to the next address, and every other line that names it."""
    about: list[str] = []
    for start, subjects in starts.items():
        if address not in subjects:
            continue
        for number in range(start, min(start + _MAX_LINES, len(lines))):
            line = lines[number].strip()
            if number > start and (number in starts or _BREAK.match(line)):
                break
            if not line and len(about) > 1:
                break
            if line:
                about.append(line)
            if _IN_TRANSCRIPT.match(line):
                break
    named = [line.strip() for line in lines if address in line.lower() and line.strip() not in about]
    return "\n".join(about + named[:6])


def find_in_transcript(text: str) -> list[str]:
    """The addresses after RCPT TO in the transcript of an SMTP session."""
    recipients = (addresses.clean(match["address"]) for match in _TRANSCRIPT.finditer(text))
    return list(dict.fromkeys(address for address in recipients if "@" in address))[:_MAX_ADDRESSES]


def find_local_names(lines: tuple[str, ...], domain: str) -> list[str]:
    """Names without a domain in a list of failed recipients, with the domain of the reporting server added."""
    names: list[str] = []
    for number, line in enumerate(lines):
        above = next((text.strip() for text in reversed(lines[max(0, number - 3) : number]) if text.strip()), "")
        if (name := _NAME.match(line)) and (above.endswith(":") or names):
            names.append(f"{name[1]}@{domain}")
        elif names and line.strip():
            break
    return names[:_MAX_ADDRESSES]
