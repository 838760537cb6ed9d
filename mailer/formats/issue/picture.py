"""Recognises the type of a picture by its first bytes."""

from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile

# PNG (ISO/IEC 15948 §5.2), JPEG (ITU-T T.81 B.1.1.3, SOI and a marker), GIF 87a and 89a.
_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}


def picture_file(name: str, content: bytes) -> PictureFile:
    """The picture with its type. Raises BadInput, naming the file, unless mail programs show its type."""
    for signature, subtype in _SIGNATURES.items():
        if content.startswith(signature):
            return PictureFile(name=name, subtype=subtype, content=content)
    raise BadInput(f"{name}: the file is not a PNG, JPEG or GIF picture; save it as one of these")
