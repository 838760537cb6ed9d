"""Writes a part of a message in base64, the shorter way for Russian; its constants are encoded once."""

from binascii import b2a_base64

from mailer.formats.message.slotted_text import Gap, Stencil, Values

_WHOLE = 57  # octets that make a line of 76 characters, the longest there may be (RFC 2045 §6.8)


class Base64:
    """A stencil in base64. Every gap has lines of its own.

    Three octets are encoded together, and how many a gap takes of the constant after it depends on what fills it. So
    every constant is there three times: as it goes on after none, one and two octets of it were taken.
    """

    name = "base64"

    def __init__(self, stencil: Stencil) -> None:
        first, *others = [constant.replace("\n", "\r\n").encode() for constant in stencil.constants]
        gaps = list(stencil.gaps)
        for place in range(len(gaps) - 1, 0, -1):
            if len(others[place - 1]) < _WHOLE:  # less than a line between two gaps: they are one, and it is in it
                gaps[place - 1 : place + 1] = [_both(gaps[place - 1], stencil.constants[place], gaps[place])]
                del others[place - 1]
        self._first, self._left = _encoded(first, ends=not gaps)
        if gaps and self._first:
            self._first += b"\r\n"
        last = len(gaps) - 1
        self._rest = [
            (gap, tuple(_after(others[place], taken, ends=place == last) for taken in range(3)))
            for place, gap in enumerate(gaps)
        ]

    def write(self, values: Values) -> list[bytes]:
        """The part's octets with its gaps filled: lines of at most 76 characters, CRLF between them."""
        written, left = [self._first], self._left
        for gap, alignments in self._rest:
            octets = left + gap(values).replace("\n", "\r\n").encode()
            taken, constant, left = alignments[-len(octets) % 3]
            written += (base64_lines(octets + taken), constant)
        return written


def base64_lines(octets: bytes) -> bytes:
    """The octets in base64, on lines of at most 76 characters with CRLF between them."""
    if len(octets) <= _WHOLE:
        return b2a_base64(octets, newline=False)
    lines = [b2a_base64(octets[start : start + _WHOLE], newline=False) for start in range(0, len(octets), _WHOLE)]
    return b"\r\n".join(lines)


def _both(one: Gap, between: str, other: Gap) -> Gap:
    return lambda values: one(values) + between + other(values)


def _encoded(octets: bytes, *, ends: bool) -> tuple[bytes, bytes]:
    """The octets encoded, and those at their end that need others to make three; none are left where the part ends."""
    whole = len(octets) if ends else len(octets) // 3 * 3
    return base64_lines(octets[:whole]), octets[whole:]


def _after(constant: bytes, taken: int, *, ends: bool) -> tuple[bytes, bytes, bytes]:
    """What a gap takes of the constant after it, the rest encoded with the line breaks around it, and what is left."""
    encoded, left = _encoded(constant[taken:], ends=ends)
    around = b"\r\n" + encoded if encoded else b""
    return constant[:taken], around if ends else around + b"\r\n", left
