"""The parts of a message encoded in the straightforward way: each copy's text filled, split and encoded by itself."""

from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Sequence

LINE = 57  # octets of a line in base64


def quoted_printable(constants: Sequence[str], values: Sequence[str]) -> bytes:
    """A value between every two constants, on soft-broken lines of its own."""
    written = _quoted(constants[0])
    for before, value, after in zip(constants, values, constants[1:], strict=False):
        written += b"=\r\n" if before and not before.endswith("\n") else b""
        written += _quoted(value) + (b"" if after.startswith("\n") else b"=\r\n") + _quoted(after)
    return written


def base64(constants: Sequence[str], values: Sequence[str]) -> bytes:
    """A value between every two constants. It begins a line, and so does what follows its last three octets."""
    runs = [constants[0], *(piece for pair in zip(values, constants[1:], strict=True) for piece in pair)]
    # Less than a line between two values belongs to them.
    for place in range(len(runs) - 3, 1, -2):
        if len(_octets(runs[place])) < LINE:
            runs[place - 1 : place + 2] = ["".join(runs[place - 1 : place + 2])]
    lines, carried = list[bytes](), b""
    octets = [_octets(run) for run in runs]
    for place, own in enumerate(octets):
        run, carried = carried + own, b""
        if place % 2:  # a value: it takes of the constant what fills its last three octets
            taken = -len(run) % 3
            run, octets[place + 1] = run + octets[place + 1][:taken], octets[place + 1][taken:]
        elif place < len(octets) - 1:
            run, carried = run[: len(run) // 3 * 3], run[len(run) // 3 * 3 :]
        lines += [b64encode(run[at : at + LINE]) for at in range(0, len(run), LINE)]
    return b"\r\n".join(lines)


def _octets(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def _quoted(text: str) -> bytes:
    return b"\r\n".join(_line(line) for line in text.encode().split(b"\n"))


def _line(line: bytes) -> bytes:
    rest, lines = b2a_qp(line).replace(b"=\n", b""), list[bytes]()
    while True:
        if rest.startswith((b".", b"From ")):
            rest = b"=%02X" % rest[0] + rest[1:]
        if len(rest) <= 75:
            return b"=\r\n".join([*lines, rest])
        end = 75 - (rest[74:75] == b"=") - 2 * (rest[73:74] == b"=")
        lines.append(rest[:end])
        rest = rest[end:]
