"""Writes a part of a message in quoted-printable, where English stays readable; its constants are encoded once."""

import re
from binascii import b2a_qp

from mailer.formats.message.slotted_text import Stencil, Values

_LINE = 75  # RFC 2045 §6.7: 76 characters, the = of a soft break among them
# One line that stands as it is. No = and no space at its end; what else a line may not begin with, `_line` says.
_AS_IT_IS = re.compile(r"(?!\.|From )[ -<>-~]{0,74}[!-<>-~]")


class Quoted:
    """A stencil in quoted-printable. Every gap has soft-broken lines of its own, so that nothing else moves with it."""

    name = "quoted-printable"

    def __init__(self, stencil: Stencil) -> None:
        first, *others = stencil.constants
        self._first = quoted(first) + (_before_a_gap(first) if others else b"")
        last = len(others) - 1
        self._rest = [
            (stencil.gaps[place], _after_a_gap(constant) + (_before_a_gap(constant) if place < last else b""))
            for place, constant in enumerate(others)
        ]

    def write(self, values: Values) -> list[bytes]:
        """The part's octets with its gaps filled: lines of at most 76 characters that end in CRLF."""
        written = [self._first]
        for gap, constant in self._rest:
            written += (quoted(gap(values)), constant)
        return written


def quoted(text: str) -> bytes:
    """The text, lines ending with `\\n`, in quoted-printable, lines ending with CRLF; room for a soft break is left.

    No line begins with a dot, which SMTP would have to double (RFC 5321 §4.5.2), or with `From `, which mbox files mark
    messages by. Spaces at the end of a line, which format=flowed needs, come through.
    """
    if _AS_IT_IS.fullmatch(text):
        return text.encode()
    return b"\r\n".join([_line(line) for line in text.encode().split(b"\n")])


def _line(line: bytes) -> bytes:
    rest = b2a_qp(line).replace(b"=\n", b"")  # its soft breaks would leave no room for what may not begin a line
    lines: list[bytes] = []
    while True:
        if rest.startswith((b".", b"From ")):
            rest = b"=%02X" % rest[0] + rest[1:]
        if len(rest) <= _LINE:
            return b"=\r\n".join([*lines, rest])
        end = _LINE - (rest[_LINE - 1 : _LINE] == b"=") - 2 * (rest[_LINE - 2 : _LINE - 1] == b"=")  # not within =3D
        lines.append(rest[:end])
        rest = rest[end:]


def _before_a_gap(constant: str) -> bytes:
    return b"=\r\n" if constant and not constant.endswith("\n") else b""


def _after_a_gap(constant: str) -> bytes:
    """The line of the gap ends for good where the constant begins with a line break, and softly everywhere else."""
    return quoted(constant) if constant.startswith("\n") else b"=\r\n" + quoted(constant)
