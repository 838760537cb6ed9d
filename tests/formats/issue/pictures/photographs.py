"""Made-up pictures of every kind that a camera, a phone or a drawing program writes."""

import struct
import zlib
from io import BytesIO
from itertools import product
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 30), (30, 30, 200)


def halves(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red above, blue below: one sees which way is up."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0], size[1] // 2))
    return picture


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 90).convert("RGB")


def encoded(picture: Image.Image, kind: str, **settings: Any) -> bytes:
    output = BytesIO()
    picture.save(output, kind, **settings)
    return output.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def exif(**tags: object) -> Image.Exif:
    data = Image.Exif()
    data[0x010F] = "Made-Up Camera"
    if "orientation" in tags:
        data[0x0112] = tags["orientation"]
    if "place" in tags:
        data.get_ifd(0x8825).update({1: "N", 2: (55.0, 45.0, 21.0), 3: "E", 4: (37.0, 37.0, 2.0)})
    return data


# The colour on paper (8-bit Lab) of each mixture of cyan, magenta, yellow and black, each in full or not at all.
PRINTED = {
    (cyan, magenta, yellow, black): (
        round((255 - 110 * cyan - 95 * magenta - 20 * yellow) * (1 - 0.85 * black)),
        round(128 + (-35 * cyan + 70 * magenta) * (1 - 0.9 * black)),
        round(128 + (-45 * cyan - 5 * magenta + 85 * yellow) * (1 - 0.9 * black)),
    )
    for cyan, magenta, yellow, black in product((0, 1), repeat=4)
}


def print_profile() -> bytes:
    """A profile of colours for print (ICC.1:2001-04 §6.5.8, a table of two steps for each ink)."""
    same = struct.pack(">9i", *(65536 * (row == column) for row in range(3) for column in range(3)))
    steps = bytes(range(256))
    mixtures = bytes(part for mixture in PRINTED.values() for part in mixture)
    white = struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)  # D50
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 6) + b"Paper\0" + bytes(78),
        b"cprt": b"text" + bytes(4) + b"None\0",
        b"wtpt": b"XYZ " + bytes(4) + white,
        b"A2B0": b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + same + steps * 4 + mixtures + steps * 3,
    }
    place, entries, body = 132 + 12 * len(tags), b"", b""
    for tag, content in tags.items():
        entries += tag + struct.pack(">2I", place + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s", place + len(body), bytes(4), 0x02400000, b"prtr", b"CMYK", b"Lab ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + white
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + entries + body


def png(size: tuple[int, int], *, depth: int, colours: int, row: bytes, clear: bytes) -> bytes:
    """A PNG of equal rows, of any depth and kind, with the colour that stands for transparent."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">2I5B", *size, depth, colours, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress((b"\0" + row) * size[1]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"tRNS", clear) + rows + chunk(b"IEND", b"")
