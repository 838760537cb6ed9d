"""Recognises the type and the size of a picture by its first bytes."""

from io import BytesIO

from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile

# PNG (ISO/IEC 15948 §5.2), JPEG (ITU-T T.81 B.1.1.3, SOI and a marker), GIF 87a and 89a.
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}

# Pixels of a screen: the text on a phone 360 wide, the text on a wide screen, twice what a phone shows at once.
PHONE_COLUMN, WIDE_COLUMN, TWO_SCREENS = 328, 552, 2 * 640
# Outlook for Windows draws with Word, whose pages are at most 18 inches high, and cuts taller pictures off.
OUTLOOK_HEIGHT = 18 * 96


def kind_of(name: str, content: bytes) -> str:
    """`png`, `jpeg` or `gif`. Raises BadInput, naming the file, for any other type."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    raise BadInput(f"{name}: the file is not a PNG, JPEG or GIF picture; save it as one of these")


def stored_picture(name: str, content: bytes) -> PictureFile:
    """A picture that was written anew when its issue was pulled; its bytes are sent as they are."""
    notes = tuple(tall_notes(name, size_of(content)))
    return PictureFile(name=name, subtype=kind_of(name, content), content=content, notes=notes)


def size_of(content: bytes) -> tuple[int, int]:
    """The width and height of a picture in pixels, as its first bytes say; zeros for a content that is no picture."""
    from PIL import Image  # it takes time to load, and most commands show no picture

    try:
        with Image.open(BytesIO(content)) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0, 0


def tall_notes(name: str, size: tuple[int, int]) -> list[str]:
    """A note on a picture that is too tall to be seen as one."""
    columns, rows = size
    notes = []
    if rows * min(1, PHONE_COLUMN / max(1, columns)) > TWO_SCREENS:
        notes.append(f"{name}: it takes more than two screens of a phone; cut it into several pictures")
    elif rows * min(1, WIDE_COLUMN / max(1, columns)) > OUTLOOK_HEIGHT:
        notes.append(f"{name}: it is so tall that Outlook cuts it off; cut it into several pictures")
    return notes


def undecoded_picture(name: str, _content: bytes) -> PictureFile:
    """A picture of which only the name counts, while its issue is compared with what is known."""
    return PictureFile(name=name, subtype="", content=b"")
