"""Writes the pictures of a message as its parts, and reads its HTML and text back."""

from functools import lru_cache

from mailer.domain.issue import PictureFile
from mailer.formats.header import Header, ascii_file_name, parametrised, structured
from mailer.formats.message.base64 import base64_lines


@lru_cache(maxsize=64)
def picture_part(picture: PictureFile) -> bytes:
    """The picture as an inline part of a message; cached, since all editions of an issue share it.

    Raises BadInput for a name that no header can hold.
    """
    headers = (
        parametrised(Header.CONTENT_TYPE, f"image/{picture.subtype}", {"name": ascii_file_name(picture.sent_name)}),
        structured(Header.CONTENT_TRANSFER_ENCODING, "base64"),
        structured(Header.CONTENT_ID, f"<{picture.content_id}>"),
        parametrised(Header.CONTENT_DISPOSITION, "inline", {"filename": picture.sent_name}),
    )
    return "".join((*headers, "\r\n")).encode() + base64_lines(picture.content)


def html_and_text(message: bytes) -> tuple[str, str]:
    """The HTML and the text of one of our messages, decoded; lines end with `\\n`."""
    from email import message_from_bytes  # slow to load, and few commands read a message back
    from email.policy import default

    parts = {
        part.get_content_type(): str(part.get_content())
        for part in message_from_bytes(message, policy=default).walk()
        if part.get_content_maintype() == "text"
    }
    return parts["text/html"].replace("\r\n", "\n"), parts["text/plain"].replace("\r\n", "\n")
