"""Recognises the type and the width of a picture by its first bytes."""

from io import BytesIO

from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile

# PNG (ISO/IEC 15948 §5.2), JPEG (ITU-T T.81 B.1.1.3, SOI and a marker), GIF 87a and 89a.
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}


def kind_of(name: str, content: bytes) -> str:
    """`png`, `jpeg` or `gif`. Raises BadInput, naming the file, for any other type."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            return kind
    raise BadInput(f"{name}: the file is not a PNG, JPEG or GIF picture; save it as one of these")


def stored_picture(name: str, content: bytes) -> PictureFile:
    """A picture that was written anew when its issue was pulled; its bytes are sent as they are."""
    return PictureFile(name=name, subtype=kind_of(name, content), content=content)


def width_of(content: bytes) -> int:
    """The width of a picture in pixels, as its first bytes say; 0 for a content that is no picture."""
    from PIL import Image  # it takes time to load, and most commands show no picture

    try:
        with Image.open(BytesIO(content)) as picture:
            return picture.width
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0


def undecoded_picture(name: str, _content: bytes) -> PictureFile:
    """A picture of which only the name counts, while its issue is compared with what is known."""
    return PictureFile(name=name, subtype="", content=b"")
