"""Extracts the plain text of a mail, and finds where the returned original begins in it."""

import html
import re
from dataclasses import dataclass

from mailer.formats.reports.decode import MAX_TEXT
from mailer.formats.reports.mime import HeaderFields, MailPart, split_header

_BLOCK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?td|/?li|/?h[1-6]|/?table|hr|/?pre|/?ul)\b[^<>]{0,600}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!?][^<>@]{0,1500}>|<a\b[^<>]{0,1500}>", re.IGNORECASE)
_HIDDEN_ELEMENTS = ("style", "script", "head")

# Lines that announce the original message or its header.
_DASHES = r"[-=_*+#~]{2}[-=_*+#~ ]{0,40}"
_ANNOUNCEMENT = re.compile(
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
_MAIL_FIELDS = {
    "received", "return-path", "message-id", "from", "to", "subject", "date", "mime-version", "content-type", "sender",
    "reply-to", "dkim-signature", "x-mailer", "cc", "content-transfer-encoding", "delivered-to", "x-received", "importance",
    "user-agent", "arc-seal", "x-originating-ip", "received-spf", "authentication-results",
}  # fmt: skip
# A header needs one of these: other texts have lines that begin with From: or Subject: too.
_TRACE_FIELDS = {
    "received",
    "return-path",
    "message-id",
    "mime-version",
    "dkim-signature",
    "x-received",
    "date",
    "arc-seal",
}
_MACHINE_FIELDS = {
    "received",
    "return-path",
    "mime-version",
    "content-type",
    "dkim-signature",
    "x-received",
    "arc-seal",
}
_MAX_LINES = 800  # read of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyText:
    """The text of a mail: the lines of the report itself, and the returned original after them."""

    lines: tuple[str, ...]
    returned: str

    @property
    def text(self) -> str:
        """The lines of the report as one text."""
        return "\n".join(self.lines)


def extract_text(mail: MailPart) -> BodyText:
    """The text of a mail: its plain text if there is any, else its HTML without the tags."""
    texts = [part for part in mail.walk() if part.kind.startswith("text/") and part.kind != "text/rfc822-headers"]
    plain = [part.text for part in texts[:8] if part.kind != "text/html"]
    text = "\n".join(plain if any(map(str.strip, plain)) else map(_strip_tags, texts[:2]))
    return split_original(text[:MAX_TEXT])


def first_text(mail: MailPart) -> str:
    """The first text part of the mail, as it stands."""
    return next((part.text for part in mail.walk() if part.kind.startswith("text/")), "")


def split_original(text: str) -> BodyText:
    """The text, split where the original message begins."""
    lines = text.replace("\r", "").replace("\xa0", " ").split("\n")[:_MAX_LINES]
    lines = [line[:1000].rstrip() for line in lines]
    has_report = False  # an original cannot come before the report
    for number, line in enumerate(lines):
        if has_report and (_announces_original(line) or _begins_header(lines, number)):
            return BodyText(lines=tuple(lines[:number]), returned="\n".join(lines[number:]))
        if has_report and line.startswith(">") and _is_quoted_mail(lines[number:]):
            return BodyText(lines=tuple(lines[:number]), returned="\n".join(lines[number:]))
        has_report = has_report or bool(line.strip())
    return BodyText(lines=tuple(lines), returned="")


def _unquote(lines: list[str]) -> list[str]:
    return [re.sub(r"^>[ ]?", "", line) for line in lines]


def _is_quoted_mail(lines: list[str]) -> bool:
    """Whether these are the last lines, all quoted, and begin with the header of a mail."""
    return _begins_header(_unquote(lines[:25]), 0, is_quoted=True) and all(
        line.startswith(">") for line in lines if line
    )


def _announces_original(line: str) -> bool:
    return bool(_ANNOUNCEMENT.match(line[:200].strip(" \t>|")))


def find_header(returned: str) -> HeaderFields:
    """The header fields of an original that was returned as text, below the line that announces it."""
    lines = _unquote(returned.split("\n"))
    for number in range(min(len(lines), 40)):
        if _begins_header(lines, number, least=2):
            return split_header("\n".join(lines[number:]).encode())[0]
    return ()


def _begins_header(lines: list[str], number: int, *, least: int = 3, is_quoted: bool = False) -> bool:
    """Whether a mail header begins on this line: `least` of its fields close together.

    A header has no indent, but for the space that is left of an HTML tag; reports indent what they tell of the original.
    One in a quoted mail has fields of a server.
    """
    indent = lines[number][:1] == " "
    first = _HEADER_LINE.match(lines[number], indent)
    if not first or first[1].lower() not in _MAIL_FIELDS:
        return False
    names = set()
    for line in lines[number : number + 25]:
        if not line.strip():
            break
        if field_line := _HEADER_LINE.match(line, indent):
            names.add(field_line[1].lower())
    return len(names & _MAIL_FIELDS) >= least and bool(
        names & (_MACHINE_FIELDS if indent or is_quoted else _TRACE_FIELDS)
    )


def _strip_tags(part: MailPart) -> str:
    """The visible text of an HTML part."""
    text = part.text
    for name in _HIDDEN_ELEMENTS:
        text = _remove_elements(text, name)
    return html.unescape(_TAG.sub("", _BLOCK.sub("\n", " ".join(text.split()))))


def _remove_elements(text: str, name: str) -> str:
    """The text without the elements of this name; one that is never closed ends the text."""
    visible: list[str] = []
    at, inside = 0, False
    for tag in re.finditer(rf"<(/?){name}\b", text, re.IGNORECASE):
        if not tag[1] and not inside:
            visible.append(text[at : tag.start()])
            inside = True
        elif tag[1] and inside:
            at, inside = tag.end() + 1, False
    return "".join(visible) + ("" if inside else text[at:])
