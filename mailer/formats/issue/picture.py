"""Tells a picture's type by how its file begins."""

from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile

# PNG (ISO/IEC 15948 §5.2), JPEG (ITU-T T.81 B.1.1.3, SOI and a marker), GIF 87a and 89a.
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}


def picture_file(name: str, content: bytes) -> PictureFile:
    """The picture with its type. Raises BadInput, naming the file, when it is none of the types that readers show."""
    for beginning, subtype in _BEGINNINGS.items():
        if content.startswith(beginning):
            return PictureFile(name=name, subtype=subtype, content=content)
    raise BadInput(f"{name}: the file is no PNG, JPEG or GIF picture; save it as one of these")
