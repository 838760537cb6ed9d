"""Makes one plain text of what a mail says to its reader, and finds where the returned original begins in it."""

import html
import re
from dataclasses import dataclass

from mailer.formats.reports.decode import MOST_TEXT
from mailer.formats.reports.mime import MailPart, split_head

_BLOCK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?td|/?li|/?h[1-6]|/?table|hr|/?pre|/?ul)\b[^<>]{0,600}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!?][^<>@]{0,1500}>|<a\b[^<>]{0,1500}>", re.IGNORECASE)
_FORGOTTEN = ("style", "script", "head")

# Lines that announce the original message, or a copy of its header.
_DASHES = r"[-=_*+#~]{2}[-=_*+#~ ]{0,40}"
_ANNOUNCED = re.compile(
    rf"""(?:
      {_DASHES}[^\n]{{0,60}}(?:copy\ of\ (?:the|your)|original\ (?:message|mail|e-?mail)|returned\ (?:message|mail|content)
        |message\ (?:header|follows|text\ follows|body)|header\ of\ the|unsent\ (?:message|mail)|below\ this\ line|forwarded\ message
        |undelivered\ message|(?:oorspronkelijk|original|исходн|ursprüngliche|message\ d'origine)[^\n]{{0,40}}{_DASHES})
     |(?:original|returned|old|undelivered|bounced)\ (?:message|mail|e-?mail|message\ header[s]?)(?:\ (?:follows|attached|header[s]?|data))*[ .:]*$
     |(?:the\ )?(?:original|your)\ message\ (?:is\ )?(?:follows|attached|was\ as\ follows|reads)[ .:]*$
     |here\ is\ your\ returned\ mail|message\ text\ follows|message\ headers\ follow|a\ copy\ of\ the\ original\ message
     |included\ (?:below\ )?is\ a\ copy|below\ (?:is|the\ next\ line\ is)\ (?:a\ copy|the\ original)|the\ header\ of\ the\ original
     |bounced\ e-?mail\ *:|original\ message\ headers?\ *:|your\ message\ reads|исходное\ (?:сообщение|письмо)
     |(?:текст|заголов\w+|копия)\ (?:исходного|вашего)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9\-]{1,40}):")
_OF_MAIL = {
    "received", "return-path", "message-id", "from", "to", "subject", "date", "mime-version", "content-type", "sender",
    "reply-to", "dkim-signature", "x-mailer", "cc", "content-transfer-encoding", "delivered-to", "x-received", "importance",
    "user-agent", "arc-seal", "x-originating-ip", "received-spf", "authentication-results",
}  # fmt: skip
_TELLING = {"received", "return-path", "message-id", "mime-version", "dkim-signature", "x-received", "date", "arc-seal"}
# Of the lines of a text so many are read.
_MOST_LINES = 800


@dataclass(frozen=True, slots=True)
class Page:
    """What a mail says: the lines about the failure, and those of the original that follow them."""

    lines: tuple[str, ...]
    returned: str

    @property
    def text(self) -> str:
        """The lines about the failure as one text."""
        return "\n".join(self.lines)


def page_of(mail: MailPart) -> Page:
    """The page of a mail: its plain text where it has some, else its HTML without the tags."""
    texts = [part for part in mail.walk() if part.kind.startswith("text/") and part.kind != "text/rfc822-headers"]
    plain = [part.text for part in texts[:8] if part.kind != "text/html"]
    told = "\n".join(plain) if any(one.strip() for one in plain) else "\n".join(map(_bare, texts[:2]))
    return cut(told[:MOST_TEXT])


def first_text(mail: MailPart) -> str:
    """The first text in the mail, as it stands."""
    return next((part.text for part in mail.walk() if part.kind.startswith("text/")), "")


def cut(text: str) -> Page:
    """The text, cut where the original message begins."""
    lines = text.replace("\r", "").replace("\xa0", " ").split("\n")[:_MOST_LINES]
    lines = [line[:1000].rstrip() for line in lines]
    said = False
    for number, line in enumerate(lines):
        if said and (_announced(line) or _begins_header(lines, number)):
            return Page(tuple(lines[:number]), "\n".join(lines[number:]))
        said = said or bool(line.strip())
    return Page(tuple(lines), "")


def _announced(line: str) -> bool:
    return bool(_ANNOUNCED.match(line[:200].strip(" \t>")))


def header_in(returned: str) -> tuple[tuple[str, str], ...]:
    """The header fields of an original that was returned as text, below the line that announces it."""
    lines = returned.split("\n")
    for number in range(min(len(lines), 40)):
        if _begins_header(lines, number, least=2):
            return split_head("\n".join(lines[number:]).encode())[0]
    return ()


def _begins_header(lines: list[str], number: int, *, least: int = 3) -> bool:
    """Whether a header begins on this line: several of its fields close together, without an indent."""
    found = _HEADER_LINE.match(lines[number])
    if not found or found[1].lower() not in _OF_MAIL:
        return False
    names = set()
    for line in lines[number : number + 25]:
        if not line.strip():
            break
        if another := _HEADER_LINE.match(line):
            names.add(another[1].lower())
    return len(names & _OF_MAIL) >= least and bool(names & _TELLING)


def _bare(part: MailPart) -> str:
    """The text of an HTML part; what it does not show is left out."""
    text = part.text
    for name in _FORGOTTEN:
        text = _without(text, name)
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", " ".join(text.split()))))


def _without(text: str, name: str) -> str:
    """The text without the elements of this name; one that is never closed ends the text."""
    kept: list[str] = []
    at, inside = 0, False
    for found in re.finditer(rf"<(/?){name}\b", text, re.IGNORECASE):
        if not found[1] and not inside:
            kept.append(text[at : found.start()])
            inside = True
        elif found[1] and inside:
            at, inside = found.end() + 1, False
    return "".join(kept) + ("" if inside else text[at:])
