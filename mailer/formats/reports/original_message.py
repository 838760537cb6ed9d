"""Reads what a report shows of the message that failed, from the part it returns."""

import re

from mailer.domain.bounce import Original
from mailer.formats.reports import addresses, decode
from mailer.formats.reports.body_text import BodyText, find_header
from mailer.formats.reports.mime import HeaderFields, MailPart, split_header

MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,200}@[^\s<>;]{1,200})>?")
RETURNED = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/partial",
    "message/global-headers",
}


def read_original(mail: MailPart, body: BodyText) -> Original:
    """The fields of the returned message or header; all empty where nothing was returned."""
    for part in mail.walk():
        if part is mail or part.kind not in RETURNED:
            continue
        if part.parts:
            fields = part.parts[0].header
        else:
            fields, _ = split_header(part.octets.replace(b"\r\n", b"\n").lstrip(b"\n"))
        if fields:
            return _original(fields)
    return _original(find_header(body.returned))


def _original(fields: HeaderFields) -> Original:
    def join(*names: str) -> str:
        return " ".join(decode.header(value) for key, value in fields if key in names)

    message_id = MESSAGE_ID.search(next((value for key, value in fields if key == "message-id"), "")[:400])
    recipients = addresses.find(join("to", "cc", "x-original-to", "delivered-to", "x-hmxmroriginalrecipient"))
    if not recipients:
        candidates = map(addresses.clean, _FOR.findall(join("received")[:8000]))
        recipients = [address for address in candidates if "@" in address]
    return Original(
        message_id=message_id[0] if message_id else "",
        sender=addresses.first(join("return-path", "from")) or "",
        recipients=tuple(recipients[:50]),
        subject=join("subject")[:300],
    )
