"""Encodes a part of a message in quoted-printable, which keeps English readable; its constants are encoded once."""

import re
from binascii import b2a_qp

from mailer.formats.message.slotted_text import SlottedText, Values

_LINE = 75  # RFC 2045 §6.7: 76 characters, including the = of a soft break
# One line that needs no encoding: no =, no space at its end, no start that `_line` encodes.
_PLAIN_LINE = re.compile(r"(?!\.|From )[ -<>-~]{0,74}[!-<>-~]")


class QuotedPrintable:
    """A slotted text in quoted-printable. Soft breaks set every slot on lines of its own, so constants never shift."""

    name = "quoted-printable"

    def __init__(self, text: SlottedText) -> None:
        first, *others = text.constants
        self._first = encode_quoted_printable(first) + (_break_before_slot(first) if others else b"")
        last = len(others) - 1
        self._rest = [
            (text.slots[place], _encode_after_slot(constant) + (_break_before_slot(constant) if place < last else b""))
            for place, constant in enumerate(others)
        ]

    def write(self, values: Values) -> list[bytes]:
        """The part's octets with its slots filled: lines of at most 76 characters that end in CRLF."""
        written = [self._first]
        for slot, constant in self._rest:
            written += (encode_quoted_printable(slot(values)), constant)
        return written


def encode_quoted_printable(text: str) -> bytes:
    """The text, lines ending with `\\n`, in quoted-printable, lines ending with CRLF and leaving room for a soft break.

    No line begins with a dot, which SMTP would have to double (RFC 5321 §4.5.2), or with `From `, which separates
    messages in mbox files. Spaces at the end of a line, which format=flowed needs, are kept.
    """
    if _PLAIN_LINE.fullmatch(text):
        return text.encode()
    return b"\r\n".join([_line(line) for line in text.encode().split(b"\n")])


def _line(line: bytes) -> bytes:
    # The library's soft breaks leave no room to encode the first character of a line.
    rest = b2a_qp(line).replace(b"=\n", b"")
    lines: list[bytes] = []
    while True:
        if rest.startswith((b".", b"From ")):
            rest = b"=%02X" % rest[0] + rest[1:]
        if len(rest) <= _LINE:
            return b"=\r\n".join([*lines, rest])
        end = _LINE - (rest[_LINE - 1 : _LINE] == b"=") - 2 * (rest[_LINE - 2 : _LINE - 1] == b"=")  # not within =3D
        lines.append(rest[:end])
        rest = rest[end:]


def _break_before_slot(constant: str) -> bytes:
    return b"=\r\n" if constant and not constant.endswith("\n") else b""


def _encode_after_slot(constant: str) -> bytes:
    """The constant after a slot: a line break of its own ends the slot's line, else a soft break does."""
    encoded = encode_quoted_printable(constant)
    return encoded if constant.startswith("\n") else b"=\r\n" + encoded
