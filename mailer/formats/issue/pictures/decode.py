"""Decodes a picture to its last pixel, or says why it cannot be shown: broken, cut off, or too large."""

from io import BytesIO
from typing import TYPE_CHECKING

from mailer.domain.errors import BadInput
from mailer.formats.issue.pictures.kind import kind_of

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

# A JPEG as a 50-megapixel camera takes it (8160 × 6120), which is decoded reduced; a page of A4 scanned at 600 dots an inch
# (4960 × 7016). Measured with Pillow 13 at these sizes, to be written anew: a PNG takes at most 440 MB of memory, with
# transparency and a profile of colours; the worst JPEG 580 MB, a progressive strip of 1104 × 45,289 with such a profile.
MAX_PIXELS = {"jpeg": 50_000_000, "png": 35_000_000, "gif": 35_000_000}
# Every scan of a progressive JPEG goes over the whole picture, so thousands of empty ones take hours. Programs write
# about ten; libjpeg-turbo's own tests stop at 500.
MAX_SCANS = 100
# The last chunk of every PNG (ISO/IEC 15948 §11.2.5): empty, so its checksum is always the same.
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_GREYS, _COLOURS = 0, 2  # the kinds of PNG that have neither a palette nor alpha
_JPEG_SCAN, _JPEG_END = b"\xda", b"\xd9"
# Markers without a length: stuffing, TEM, restarts and the start (ITU-T T.81 B.1.1.3); 0xFF fills up to the next one.
_JPEG_BARE = frozenset({b"", b"\x00", b"\x01", *(bytes([restart]) for restart in range(0xD0, 0xD9))})


def decode(name: str, content: bytes, *, width: int) -> "ImageFile":
    """The first picture of the file, with every pixel decoded. A large JPEG may come reduced, never below `width`.

    Raises BadInput, naming the file, unless the whole picture is there and small enough to decode.
    """
    kind = kind_of(name, content)
    try:
        picture = _opened(kind, content)
        _refuse_large(name, kind, picture.size)
        _refuse_cut_off(kind, content)
        picture.draft(None, (width, width))  # JPEG alone can be decoded at a half, a quarter or an eighth
        picture.load()
        if kind == "png":
            _read_clear_colour(picture, depth=content[24], colours=content[25])
    except BadInput:
        raise
    except (
        Exception
    ) as error:  # Pillow raises what its decoders raise: OSError, SyntaxError, ValueError, struct.error …
        raise BadInput(f"{name}: the picture is broken or cut off; save it again, or copy it here once more") from error
    return picture


def _opened(kind: str, content: bytes) -> "ImageFile":
    """The picture with its head read. Without Pillow's search for a format, only the three decoders named here run."""
    from PIL.GifImagePlugin import GifImageFile
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    match kind:
        case "png":
            return PngImageFile(BytesIO(content))
        case "gif":
            return GifImageFile(BytesIO(content))
        case _:
            return JpegImageFile(BytesIO(content))


def _read_clear_colour(picture: "ImageFile", *, depth: int, colours: int) -> None:
    """Read the colour that stands for transparent with 8 bits, as the pixels are (ISO/IEC 15948 §11.2.2, §11.3.2.1)."""
    clear = picture.info.get("transparency")
    if colours not in {_GREYS, _COLOURS} or clear is None or depth in {1, 8}:  # of one bit Pillow does it itself
        return

    def of_eight(value: int) -> int:
        return value >> 8 if depth > 8 else value * 255 // (2**depth - 1)

    picture.info["transparency"] = of_eight(clear) if isinstance(clear, int) else tuple(map(of_eight, clear))


def _refuse_large(name: str, kind: str, size: tuple[int, int]) -> None:
    columns, rows = size
    limit = MAX_PIXELS[kind]
    if columns * rows > limit:
        pixels = f"{columns:,} × {rows:,} pixels, more than {limit // 10**6} million"
        raise BadInput(f"{name}: the picture has {pixels}; make it smaller")


def _refuse_cut_off(kind: str, content: bytes) -> None:
    """Raise ValueError for a file without its end or with a wrong checksum, which the decoders do not notice."""
    if kind == "png":
        _opened(kind, content).verify()  # the checksum of every chunk; it leaves the picture unusable
        if _PNG_END not in content:
            raise ValueError("no end")
    elif kind == "jpeg" and not 0 < _scans(content) <= MAX_SCANS:
        raise ValueError("no end, or too many scans")


def _scans(content: bytes) -> int:
    """How many scans a JPEG has up to its end; 0 when it has no end."""
    scans, position = 0, 2
    while (position := content.find(b"\xff", position)) >= 0:
        marker = content[position + 1 : position + 2]
        if marker == _JPEG_END:
            return scans
        scans += marker == _JPEG_SCAN
        if marker == b"\xff":
            position += 1
        elif marker in _JPEG_BARE:
            position += 2
        else:
            position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return 0
