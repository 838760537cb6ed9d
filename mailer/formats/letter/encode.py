"""Puts a letter into the octets of a message, its text and its HTML beside each other."""

import hashlib
from datetime import datetime
from email.utils import format_datetime

from mailer.domain.address import Address
from mailer.domain.newsletter import SenderName
from mailer.domain.ports import Message
from mailer.formats.header import Header, mailbox, structured, unstructured
from mailer.formats.letter.write import Letter
from mailer.formats.message.filling import NOTHING
from mailer.formats.message.frame import encoded, frame
from mailer.formats.message.slotted_text import SlottedText


def encode(letter: Letter, page: str, *, sender: SenderName, to: Address, message_id: str, date: datetime) -> Message:
    """The letter and its page as RFC 5322 octets, every line ending in CRLF: the same bytes from the same inputs.

    Auto-Submitted says that a machine wrote it, so that no other machine answers (RFC 3834 §5). `message_id` has its
    angle brackets, `date` is aware. Raises BadInput for a value that its header cannot hold.
    """
    head = (
        mailbox(Header.FROM, sender.name, sender.address.wire)
        + mailbox(Header.TO, "", to.wire)
        + unstructured(Header.SUBJECT, letter.subject)
        + structured(Header.DATE, format_datetime(date))
        + structured(Header.MESSAGE_ID, message_id)
        + structured(Header.AUTO_SUBMITTED, "auto-generated")
        + structured(Header.MIME_VERSION, "1.0")
        + structured(Header.CONTENT_LANGUAGE, ", ".join(letter.languages))
    )
    text, html = (encoded(SlottedText(constants=(part,))) for part in (letter.body, page))
    name = hashlib.sha256(f"{head}{letter.body}{page}".encode()).hexdigest()[:24]
    before_text, between, after = frame(name, text, html)
    return Message(b"".join((head.encode(), before_text, *text.write(NOTHING), between, *html.write(NOTHING), *after)))
