"""Reads from the returned part of a report what it shows of the message that failed."""

import re

from mailer.domain.bounce import Original
from mailer.formats.reports import addresses, body_text, decode
from mailer.formats.reports.mime import Head, MailPart, split_head

_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,200}@[^\s<>;]{1,200})>?")
_RETURNED = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/partial",
    "message/global-headers",
}


def original(mail: MailPart, told: body_text.Page) -> Original:
    """What the returned message or its header says; everything empty where nothing was returned."""
    for part in mail.walk():
        if part is mail or part.kind not in _RETURNED:
            continue
        head = part.parts[0].head if part.parts else split_head(part.octets.replace(b"\r\n", b"\n").lstrip(b"\n"))[0]
        if head:
            return _from(head)
    return _from(body_text.header_in(told.returned))


def _from(head: Head) -> Original:
    def every(*names: str) -> str:
        return " ".join(decode.header(value) for key, value in head if key in names)

    found = _MESSAGE_ID.search(next((value for key, value in head if key == "message-id"), "")[:400])
    recipients = addresses.find(every("to", "cc", "x-original-to", "delivered-to", "x-hmxmroriginalrecipient"))
    if not recipients:
        recipients = [one for one in map(addresses.clean, _FOR.findall(every("received")[:8000])) if "@" in one]
    return Original(
        message_id=found[0] if found else "",
        sender=addresses.first(every("return-path", "from")) or "",
        recipients=tuple(recipients[:50]),
        subject=every("subject")[:300],
    )
