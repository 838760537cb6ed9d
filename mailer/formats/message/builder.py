"""Builds the messages of an edition: encodes once what all of them share, then fills the slots of each copy."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from mailer.domain.address import Address
from mailer.domain.edition import Edition, Slot
from mailer.domain.issue import PictureFile
from mailer.domain.newsletter import SenderName
from mailer.domain.ports import Message
from mailer.formats.header import Header, identified, mailbox, structured, unstructured
from mailer.formats.message.filling import Filler
from mailer.formats.message.frame import EncodedPart, encoded, frame
from mailer.formats.message.parts import picture_part
from mailer.formats.message.slotted_text import Values, slotted_html, slotted_plain_text

_SAMPLE = dict.fromkeys(Slot, "Reader")  # fills the slots while the smaller encoding is chosen
_ONE_CLICK = structured(Header.LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageBuilder:
    """Builds the messages of one edition: holds the octets that all of them share, and fills the slots of each."""

    filler: Filler
    before_to: bytes
    after_to: bytes
    text: EncodedPart
    between: bytes
    html: EncodedPart
    after: tuple[bytes, ...]

    def make(
        self, name: str, address: str, message_id: str, values: Values, unsubscribe: str = "", one_click: str = ""
    ) -> Message:
        """One recipient's message as RFC 5322 octets, every line ending in CRLF: the same bytes from the same inputs.

        `address` is an `Address.wire`, `message_id` has its angle brackets; `unsubscribe` is the mailto: link for
        List-Unsubscribe, empty for none, and `one_click` the https: address that stands before it. No line exceeds 998
        octets, no line of a part exceeds 76. No line begins with a dot, so SMTP doubles none (RFC 5321 §4.5.2). All octets
        are ASCII, except in a local part in another alphabet (RFC 6532). Raises CannotRender naming the slot that cannot
        be filled, and BadInput for a name, address or Message-ID that no header can hold.
        """
        filled = self.filler.fill(values)
        # The recipient's own header fields are adjacent, so they are encoded and joined once.
        own_fields = mailbox(Header.TO, name, address) + structured(Header.MESSAGE_ID, message_id)
        ways = [f"<{link}>" for link in (one_click, unsubscribe) if link]
        if ways:  # RFC 2369 §3.2: the first that a mail program can use
            own_fields += structured(Header.LIST_UNSUBSCRIBE, ", ".join(ways))
        if one_click:  # RFC 8058 §3.1
            own_fields += _ONE_CLICK
        return Message(
            b"".join(
                (
                    self.before_to,
                    own_fields.encode(),
                    self.after_to,
                    *self.text.write(filled),
                    self.between,
                    *self.html.write(filled),
                    *self.after,
                )
            )
        )


def prepare_messages(
    edition: Edition,
    *,
    sender: SenderName,
    reply_to: Address,
    subject: str,
    date: datetime,
    list_id: str,
    list_name: str,
    feedback_id: str,
    pictures: Iterable[PictureFile] = (),
    banner: str = "",
    encoding: str = "",
) -> MessageBuilder:
    """The builder for an edition's messages, with all that they share; `date` has a time zone.

    The banner, if any, stands above both parts. `encoding` (`quoted-printable` or `base64`) replaces the smaller one
    for each part. Raises BadInput for a value that no header can hold, and ValueError for a date without a time zone.
    """
    if date.tzinfo is None:
        raise ValueError("the date of a message needs a time zone")
    slotted_parts = slotted_plain_text(edition, banner=banner), slotted_html(edition, banner=banner)
    filler = Filler(*slotted_parts)
    sample = filler.fill(_SAMPLE)
    text, html = [encoded(part, encoding, order=filler.order, sample=sample) for part in slotted_parts]
    before_to = mailbox(Header.FROM, sender.name, sender.address.wire) + mailbox(Header.REPLY_TO, "", reply_to.wire)
    after_to = (
        unstructured(Header.SUBJECT, subject)
        + structured(Header.DATE, format_datetime(date))
        + structured(Header.MIME_VERSION, "1.0")
        + structured(Header.CONTENT_LANGUAGE, edition.language)
        + identified(Header.LIST_ID, list_name, list_id)
        + structured(Header.PRECEDENCE, "bulk")
        + structured(Header.FEEDBACK_ID, feedback_id)
    )
    picture_parts = [picture_part(picture) for picture in pictures]
    digest = hashlib.sha256(f"{before_to}{after_to}".encode())
    for octets in (*text.write(sample), *html.write(sample), *picture_parts):
        digest.update(octets)
    before_text, between, after = frame(digest.hexdigest()[:24], text, html, picture_parts)
    return MessageBuilder(
        filler=filler,
        before_to=before_to.encode(),
        after_to=after_to.encode() + before_text,
        text=text,
        between=between,
        html=html,
        after=after,
    )
