"""Puts one member's letter together: the bytes that travel, the same from the same words every time."""

import hashlib
import hmac
import re
from base64 import b32encode
from binascii import b2a_base64, b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from struct import unpack

from mailer.domain.address import Address
from mailer.domain.issue import PictureFile
from mailer.domain.newsletter import Sender
from mailer.formats.header import (
    Header,
    ascii_file_name,
    identified,
    mailbox,
    parametrised,
    structured,
    unstructured,
)

_BASE64_LINE = 76  # RFC 2045 §6.8
# Octets that quoted-printable may leave as they are (RFC 2045 §6.7), and line breaks.
_SAFE = bytes(octet for octet in (*b"\n\t", *range(32, 127)) if octet != ord("="))
_KEPT_BELOW = 1000  # octets: lines longer than a page's ordinary ones would fill the memory
# mbox files mark messages by these words at the start of a line, and programs that keep them put a > before others.
_MBOX_FROM = re.compile(rb"^From ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything a message says about one copy for one person. Nothing else gets in.

    `date` is aware; `message_id` has its angle brackets; `html` refers to a picture as `cid:` + `content_id(picture)`.
    """

    sender: Sender
    reply_to: Address
    recipient_name: str
    recipient: Address
    subject: str
    date: datetime
    message_id: str
    language: str
    list_id: str
    list_name: str
    feedback_id: str
    html: str
    text: str
    pictures: tuple[PictureFile, ...] = ()


def build(letter: Letter) -> bytes:
    """The message as RFC 5322 octets with CRLF line ends, no line over 998 octets, byte for byte reproducible.

    All is ASCII, but for a recipient's local part in another alphabet (RFC 6532). `text` is taken as format=flowed
    (RFC 3676) already. Raises BadInput where a header cannot hold what the letter says; ValueError for a naive date.
    """
    if letter.date.tzinfo is None:
        raise ValueError("a letter's date must say its time zone")
    return _headers(letter).encode() + _body(letter)


def message_id(delivery_id: int, key: bytes, domain: str) -> str:
    """The Message-ID of a delivery, the same on every attempt: `<m.17.…@domain>`, signed with 80 bits of HMAC-SHA256."""
    signature = hmac.digest(key, f"message-id:{delivery_id}".encode(), "sha256")[:10]
    return f"<m.{delivery_id}.{b32encode(signature).decode('ascii').lower()}@{domain}>"


def content_id(picture: PictureFile) -> str:
    """How the HTML names the picture after `cid:` (RFC 2392): by its content, so that it is the same in every copy."""
    return f"{hashlib.sha256(picture.content).hexdigest()[:32]}@pictures"


def _headers(letter: Letter) -> str:
    return "".join(
        (
            mailbox(Header.FROM, letter.sender.name, letter.sender.address),
            mailbox(Header.REPLY_TO, "", letter.reply_to),
            mailbox(Header.TO, letter.recipient_name, letter.recipient),
            unstructured(Header.SUBJECT, letter.subject),
            structured(Header.DATE, format_datetime(letter.date)),
            structured(Header.MESSAGE_ID, letter.message_id),
            structured(Header.MIME_VERSION, "1.0"),
            structured(Header.CONTENT_LANGUAGE, letter.language),
            identified(Header.LIST_ID, letter.list_name, letter.list_id),
            structured(Header.PRECEDENCE, "bulk"),
            structured(Header.FEEDBACK_ID, letter.feedback_id),
        )
    )


def _body(letter: Letter) -> bytes:
    """The parts, inside multipart/related where there are pictures (RFC 2387).

    A boundary begins with `=_`, which neither quoted-printable nor base64 can hold: it occurs in no part.
    """
    name = hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]
    both = _multipart(
        "multipart/alternative",
        {"boundary": f"=_a{name}"},
        (
            _text_part("text/plain", {"charset": "utf-8", "format": "flowed", "delsp": "no"}, letter.text),
            _text_part("text/html", {"charset": "utf-8"}, letter.html),
        ),
    )
    if not letter.pictures:
        return both
    related = {"type": "multipart/alternative", "boundary": f"=_r{name}"}
    return _multipart("multipart/related", related, (both, *map(_picture_part, letter.pictures)))


def _multipart(kind: str, parameters: dict[str, str], parts: Sequence[bytes]) -> bytes:
    delimiter = f"--{parameters['boundary']}".encode()
    opening = parametrised(Header.CONTENT_TYPE, kind, parameters).encode()
    return b"".join((opening, *(b"\r\n%b\r\n%b" % (delimiter, part) for part in parts), b"\r\n%b--\r\n" % delimiter))


def _text_part(kind: str, parameters: dict[str, str], text: str) -> bytes:
    """A text in the smaller of the two encodings; its lines end in CRLF, the last one too."""
    octets = text.encode()
    if b"\r" in octets:
        octets = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    encoding, encoded = _smaller(octets.removesuffix(b"\n") + b"\n")
    return _part_headers(kind, tuple(parameters.items()), encoding) + encoded


@lru_cache(maxsize=16)
def _part_headers(kind: str, parameters: tuple[tuple[str, str], ...], encoding: str) -> bytes:
    headers = (
        parametrised(Header.CONTENT_TYPE, kind, dict(parameters)),
        structured(Header.CONTENT_TRANSFER_ENCODING, encoding),
    )
    return "".join((*headers, "\r\n")).encode()


def _smaller(octets: bytes) -> tuple[str, bytes]:
    """The name of the encoding and the octets in it. Cyrillic makes base64 the smaller, English quoted-printable."""
    length = len(octets) + octets.count(b"\n")
    in_base64 = -(-length // 3) * 4
    in_base64 += in_base64 // _BASE64_LINE * 2
    if length + 2 * len(octets.translate(None, _SAFE)) <= in_base64:
        quoted = _quoted_printable(octets)
        if len(quoted) <= in_base64:
            return "quoted-printable", quoted
    return "base64", _base64(octets.replace(b"\n", b"\r\n"))


def _quoted_printable(octets: bytes) -> bytes:
    """Line by line (RFC 2045 §6.7), each ending in CRLF.

    Nearly every line of an edition is the same in all its copies, and looking it up takes a third of encoding it.
    """
    return b"\r\n".join(
        [_kept_line(line) if len(line) < _KEPT_BELOW else _quoted_line(line) for line in octets.split(b"\n")]
    )


def _quoted_line(line: bytes) -> bytes:
    """Spaces at the end, which format=flowed needs, come through; what travels never begins with `From `."""
    quoted = b2a_qp(line).replace(b"=\n", b"=\r\n")
    return _MBOX_FROM.sub(b"=46rom=\r\n ", quoted)


_kept_line = lru_cache(maxsize=8192)(_quoted_line)


def _base64(octets: bytes) -> bytes:
    encoded = b2a_base64(octets, newline=False)
    whole, rest = divmod(len(encoded), _BASE64_LINE)
    # struct cuts the lines in a third of the time that slices or a regular expression take.
    lines = unpack(f"{_BASE64_LINE}s" * whole + f"{rest}s", encoded)
    return b"\r\n".join(lines if rest else lines[:-1])


@lru_cache(maxsize=64)
def _picture_part(picture: PictureFile) -> bytes:
    """Kept from one letter to the next, because an issue's pictures are in all its copies."""
    headers = (
        parametrised(Header.CONTENT_TYPE, f"image/{picture.subtype}", {"name": ascii_file_name(picture.name)}),
        structured(Header.CONTENT_TRANSFER_ENCODING, "base64"),
        structured(Header.CONTENT_ID, f"<{content_id(picture)}>"),
        parametrised(Header.CONTENT_DISPOSITION, "inline", {"filename": picture.name}),
    )
    return "".join((*headers, "\r\n")).encode() + _base64(picture.content)
