"""Encodes a part of a message in base64, the shorter encoding for Russian; its constants are encoded once."""

from binascii import b2a_base64
from collections.abc import Callable, Sequence

from mailer.formats.message.filling import Filled, picker
from mailer.formats.message.slotted_text import Filling, SlotPlace, SlottedText

_LINE_OCTETS = 57  # octets that make a line of 76 characters, the longest allowed (RFC 2045 §6.8)
_LINE = 76

_Fill = Callable[[Filled], str]


class Base64:
    """A slotted text in base64. Every place begins on a line of its own.

    Base64 encodes three octets at a time. A place whose length is no multiple of three takes the first one or two
    octets of the constant after it, so each constant is encoded three times: without its first 0, 1 and 2 octets.
    """

    name = "base64"

    def __init__(self, text: SlottedText, order: Sequence[Filling] = ()) -> None:
        first, *others = [constant.replace("\n", "\r\n").encode() for constant in text.constants]
        places = [_fill(place, order) for place in text.places]
        for number in range(len(places) - 1, 0, -1):
            if len(others[number - 1]) < _LINE_OCTETS:  # less than a line between two places: merge all three
                merged = _merge(places[number - 1], text.constants[number], places[number])
                places[number - 1 : number + 1] = [merged]
                del others[number - 1]
        self._first, self._left = _encode(first, ends=not places)
        if places and self._first:
            self._first += b"\r\n"
        last = len(places) - 1
        self._rest = [
            (place, tuple(_encode_after(others[number], taken, ends=number == last) for taken in range(3)))
            for number, place in enumerate(places)
        ]

    def write(self, filled: Filled) -> list[bytes]:
        """The part's octets with its slots filled: lines of at most 76 characters, CRLF between them."""
        written, left = [self._first], self._left
        for fill, alignments in self._rest:
            octets = left + fill(filled).encode()
            taken, constant, left = alignments[-len(octets) % 3]
            written += (base64_lines(octets + taken), constant)
        return written


def base64_lines(octets: bytes) -> bytes:
    """The octets in base64, on lines of at most 76 characters with CRLF between them."""
    encoded = b2a_base64(octets, newline=False)
    if len(encoded) <= _LINE:
        return encoded
    return b"\r\n".join([encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)])


def _fill(place: SlotPlace, order: Sequence[Filling]) -> _Fill:
    """Fills the place; its lines end with CRLF."""
    pattern, longest, write = place.pattern, place.longest, place.write
    pick = picker([order.index(filling) for filling in place.fillings])

    def fill(filled: Filled) -> str:
        values, words, _ = filled
        if words:
            line = pattern % pick(words)
            if len(line) <= longest:
                return line
        return write(values).replace("\n", "\r\n")

    return fill


def _merge(first: _Fill, constant: str, second: _Fill) -> _Fill:
    between = constant.replace("\n", "\r\n")
    return lambda filled: first(filled) + between + second(filled)


def _encode(octets: bytes, *, ends: bool) -> tuple[bytes, bytes]:
    """The octets in base64, and the last one or two that do not make three; none are left where the part ends."""
    whole = len(octets) if ends else len(octets) // 3 * 3
    return base64_lines(octets[:whole]), octets[whole:]


def _encode_after(constant: bytes, taken: int, *, ends: bool) -> tuple[bytes, bytes, bytes]:
    """The octets that a place takes of the constant after it, the rest encoded between line breaks, and those left."""
    encoded, left = _encode(constant[taken:], ends=ends)
    around = b"\r\n" + encoded if encoded else b""
    return constant[:taken], around if ends else around + b"\r\n", left
