"""The pictures of a message, and its HTML and text read back."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile
from mailer.formats.message.parts import html_and_text, picture_part

PICTURE = PictureFile(name="график № 1.png", subtype="png", content=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)


def test_a_picture_is_called_by_its_content():
    assert PICTURE.content_id == replace(PICTURE, name="another.png").content_id
    assert PICTURE.content_id != replace(PICTURE, content=b"other").content_id


def test_a_picture_is_a_part_that_is_read_back():
    part = message_from_bytes(picture_part(PICTURE), policy=default)
    assert isinstance(part, EmailMessage)
    assert part.get_content() == PICTURE.content
    assert part["Content-ID"] == f"<{PICTURE.content_id}>"
    assert part["Content-Disposition"].params["filename"] == PICTURE.name
    assert part["Content-Type"].params["name"].isascii()
    assert max(map(len, picture_part(PICTURE).split(b"\r\n"))) <= 78


@pytest.mark.parametrize("wrong", [{"name": "a\r\nBcc: eve@club.example"}, {"subtype": "png\r\nBcc: eve@club.example"}])
def test_a_picture_breaks_into_no_header(wrong):
    with pytest.raises(BadInput):
        picture_part(replace(PICTURE, **wrong))


def test_the_contents_are_read_as_they_were_meant():
    message = EmailMessage()
    message.set_content("the text \nПривет\n", cte="base64")
    message.add_alternative("<p>the page</p>\n", subtype="html", cte="quoted-printable")
    assert html_and_text(message.as_bytes().replace(b"\n", b"\r\n")) == ("<p>the page</p>\n", "the text \nПривет\n")
