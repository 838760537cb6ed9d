"""Makes the messages of an edition: all that is the same in them is written once, and each copy only filled in."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Protocol

from mailer.domain.address import Address
from mailer.domain.edition import Edition, Slot
from mailer.domain.issue import PictureFile
from mailer.domain.newsletter import SenderName
from mailer.domain.ports import Message
from mailer.formats.header import Header, identified, mailbox, parametrised, structured, unstructured
from mailer.formats.message.base64 import Base64
from mailer.formats.message.parts import picture_part
from mailer.formats.message.quoted_printable import Quoted
from mailer.formats.message.slotted_text import Stencil, Values, check, html_stencil, text_stencil

_SAMPLE = dict.fromkeys(Slot, "Reader")  # by which the smaller encoding is chosen: names weigh little in an edition


class Part(Protocol):
    """One part of the messages in one encoding, which has the name that Content-Transfer-Encoding calls it by."""

    name: str

    def write(self, values: Values) -> list[bytes]:
        """The part's octets with its gaps filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """An edition made ready for printing: octets that are the same in every message, gaps for a person's own."""

    slots: tuple[Slot, ...]
    before_to: bytes
    after_to: bytes
    text: Part
    between: bytes
    html: Part
    after: tuple[bytes, ...]

    def make(self, name: str, address: str, message_id: str, values: Values, unsubscribe: str = "") -> Message:
        """One person's message as RFC 5322 octets, every line ending in CRLF: the same bytes from the same inputs.

        `address` is an `Address.wire`, `message_id` has its angle brackets; `unsubscribe` is the address to which the
        reader writes to get no more, empty: none is told. No line is over 998 octets, those of the parts not over 76.
        No line begins with a dot, so SMTP has none to double (RFC 5321 §4.5.2). All is ASCII, but for an address's
        local part in another alphabet (RFC 6532). Raises CannotRender naming the slot as `check` does, BadInput for a
        name, address or Message-ID that no header can hold.
        """
        check(self.slots, values)
        # What is a person's own stands together, between two constants: it is encoded and joined once.
        own = mailbox(Header.TO, name, address) + structured(Header.MESSAGE_ID, message_id)
        if unsubscribe:  # RFC 2369 §3.2
            own += structured(Header.LIST_UNSUBSCRIBE, f"<mailto:{unsubscribe}?subject=unsubscribe>")
        return Message(
            b"".join(
                (
                    self.before_to,
                    own.encode(),
                    self.after_to,
                    *self.text.write(values),
                    self.between,
                    *self.html.write(values),
                    *self.after,
                )
            )
        )


def engrave(
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
) -> Plate:
    """The plate of an edition with everything that its messages say alike; `date` is aware.

    With a banner, that line stands above both parts. `encoding`, `quoted-printable` or `base64`, replaces the smaller
    one for each part. Raises BadInput where a header cannot hold what is given; ValueError for a naive date.
    """
    if date.tzinfo is None:
        raise ValueError("a message's date must say its time zone")
    text = _part(text_stencil(edition, banner=banner), encoding)
    html = _part(html_stencil(edition, banner=banner), encoding)
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
    along = [picture_part(picture) for picture in pictures]
    words = hashlib.sha256(f"{before_to}{after_to}".encode())
    for octets in (*text.write(_SAMPLE), *html.write(_SAMPLE), *along):
        words.update(octets)
    opening, between, after = _frame(words.hexdigest()[:24], text, html, along)
    return Plate(
        slots=tuple(sorted(edition.slots)),
        before_to=before_to.encode(),
        after_to=after_to.encode() + opening,
        text=text,
        between=between,
        html=html,
        after=after,
    )


def _part(stencil: Stencil, encoding: str) -> Part:
    """The stencil in the smaller encoding. Cyrillic makes base64 the smaller, English quoted-printable."""
    parts: list[Part] = [Quoted(stencil), Base64(stencil)]
    fitting = [part for part in parts if part.name == encoding] or parts
    return min(fitting, key=lambda part: len(b"".join(part.write(_SAMPLE))))


def _frame(name: str, text: Part, html: Part, pictures: list[bytes]) -> tuple[bytes, bytes, tuple[bytes, ...]]:
    """What stands before the text, between it and the HTML, and after it; multipart/related with pictures (RFC 2387).

    A boundary begins with `=_`, which neither quoted-printable nor base64 can hold: it occurs in no part.
    """
    inner, outer = f"=_a{name}", f"=_r{name}"
    opening = parametrised(Header.CONTENT_TYPE, "multipart/alternative", {"boundary": inner})
    if pictures:
        related = {"type": "multipart/alternative", "boundary": outer}
        opening = f"{parametrised(Header.CONTENT_TYPE, 'multipart/related', related)}\r\n--{outer}\r\n{opening}"
    delimiter = f"\r\n--{inner}\r\n"
    before_text = (
        opening + delimiter + _head("text/plain", {"charset": "utf-8", "format": "flowed", "delsp": "no"}, text)
    )
    between = delimiter + _head("text/html", {"charset": "utf-8"}, html)
    after = [f"\r\n--{inner}--\r\n".encode()]
    for picture in pictures:
        after += (f"\r\n--{outer}\r\n".encode(), picture)
    if pictures:
        after.append(f"\r\n--{outer}--\r\n".encode())
    return before_text.encode(), between.encode(), tuple(after)


def _head(kind: str, parameters: Mapping[str, str], part: Part) -> str:
    """A part's own headers, with the empty line after them."""
    encoding = structured(Header.CONTENT_TRANSFER_ENCODING, part.name)
    return f"{parametrised(Header.CONTENT_TYPE, kind, parameters)}{encoding}\r\n"
