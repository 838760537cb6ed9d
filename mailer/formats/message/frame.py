"""Encodes the text and the HTML of a message in the shorter way, and puts the frame of parts around them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from mailer.formats.header import Header, parametrised, structured
from mailer.formats.message.base64 import Base64
from mailer.formats.message.filling import NOTHING, Filled
from mailer.formats.message.quoted_printable import QuotedPrintable
from mailer.formats.message.slotted_text import Filling, SlottedText


class EncodedPart(Protocol):
    """One part of the messages in one encoding, named as in Content-Transfer-Encoding."""

    name: str

    def write(self, filled: Filled) -> list[bytes]:
        """The part's octets with its slots filled."""


def encoded(
    text: SlottedText, encoding: str = "", *, order: Sequence[Filling] = (), sample: Filled = NOTHING
) -> EncodedPart:
    """The text in this encoding, else in the smaller one: base64 for Cyrillic, quoted-printable for English.

    `order` is that in which the words come that fill it; `sample` stands for the values, which weigh little.
    """
    parts: list[EncodedPart] = [QuotedPrintable(text, order), Base64(text, order)]
    candidates = [part for part in parts if part.name == encoding] or parts
    return min(candidates, key=lambda part: len(b"".join(part.write(sample))))


def frame(
    name: str, text: EncodedPart, html: EncodedPart, pictures: Sequence[bytes] = ()
) -> tuple[bytes, bytes, tuple[bytes, ...]]:
    """The octets before the text, between it and the HTML, and after the HTML; multipart/related for pictures (RFC 2387).

    A boundary begins with `=_`, which never occurs in quoted-printable or base64, so no part contains it.
    """
    inner, outer = f"=_a{name}", f"=_r{name}"
    opening = parametrised(Header.CONTENT_TYPE, "multipart/alternative", {"boundary": inner})
    if pictures:
        related = {"type": "multipart/alternative", "boundary": outer}
        opening = f"{parametrised(Header.CONTENT_TYPE, 'multipart/related', related)}\r\n--{outer}\r\n{opening}"
    delimiter = f"\r\n--{inner}\r\n"
    before_text = (
        opening + delimiter + _part_header("text/plain", {"charset": "utf-8", "format": "flowed", "delsp": "no"}, text)
    )
    between = delimiter + _part_header("text/html", {"charset": "utf-8"}, html)
    after = [f"\r\n--{inner}--\r\n".encode()]
    for picture in pictures:
        after += (f"\r\n--{outer}\r\n".encode(), picture)
    if pictures:
        after.append(f"\r\n--{outer}--\r\n".encode())
    return before_text.encode(), between.encode(), tuple(after)


def _part_header(kind: str, parameters: Mapping[str, str], part: EncodedPart) -> str:
    """The header of a part, with the empty line after it."""
    encoding = structured(Header.CONTENT_TRANSFER_ENCODING, part.name)
    return f"{parametrised(Header.CONTENT_TYPE, kind, parameters)}{encoding}\r\n"
