"""Encodes a part of a message in base64, the shorter encoding for Russian; its constants are encoded once."""

from binascii import b2a_base64

from mailer.formats.message.slotted_text import SlottedText, SlotWriter, Values

_LINE_OCTETS = 57  # octets that make a line of 76 characters, the longest allowed (RFC 2045 §6.8)


class Base64:
    """A slotted text in base64. Every slot begins on a line of its own.

    Base64 encodes three octets at a time. A slot whose length is no multiple of three takes the first one or two
    octets of the constant after it, so each constant is encoded three times: without its first 0, 1 and 2 octets.
    """

    name = "base64"

    def __init__(self, text: SlottedText) -> None:
        first, *others = [constant.replace("\n", "\r\n").encode() for constant in text.constants]
        slots = list(text.slots)
        for place in range(len(slots) - 1, 0, -1):
            if len(others[place - 1]) < _LINE_OCTETS:  # less than a line between two slots: merge all three
                slots[place - 1 : place + 1] = [_merge(slots[place - 1], text.constants[place], slots[place])]
                del others[place - 1]
        self._first, self._left = _encode(first, ends=not slots)
        if slots and self._first:
            self._first += b"\r\n"
        last = len(slots) - 1
        self._rest = [
            (slot, tuple(_encode_after(others[place], taken, ends=place == last) for taken in range(3)))
            for place, slot in enumerate(slots)
        ]

    def write(self, values: Values) -> list[bytes]:
        """The part's octets with its slots filled: lines of at most 76 characters, CRLF between them."""
        written, left = [self._first], self._left
        for slot, alignments in self._rest:
            octets = left + slot(values).replace("\n", "\r\n").encode()
            taken, constant, left = alignments[-len(octets) % 3]
            written += (base64_lines(octets + taken), constant)
        return written


def base64_lines(octets: bytes) -> bytes:
    """The octets in base64, on lines of at most 76 characters with CRLF between them."""
    if len(octets) <= _LINE_OCTETS:
        return b2a_base64(octets, newline=False)
    lines = [
        b2a_base64(octets[start : start + _LINE_OCTETS], newline=False) for start in range(0, len(octets), _LINE_OCTETS)
    ]
    return b"\r\n".join(lines)


def _merge(first: SlotWriter, constant: str, second: SlotWriter) -> SlotWriter:
    return lambda values: first(values) + constant + second(values)


def _encode(octets: bytes, *, ends: bool) -> tuple[bytes, bytes]:
    """The octets in base64, and the last one or two that do not make three; none are left where the part ends."""
    whole = len(octets) if ends else len(octets) // 3 * 3
    return base64_lines(octets[:whole]), octets[whole:]


def _encode_after(constant: bytes, taken: int, *, ends: bool) -> tuple[bytes, bytes, bytes]:
    """The octets that a slot takes of the constant after it, the rest encoded between line breaks, and those left."""
    encoded, left = _encode(constant[taken:], ends=ends)
    around = b"\r\n" + encoded if encoded else b""
    return constant[:taken], around if ends else around + b"\r\n", left
