"""Whole messages: their structure, their lines, and that what went in comes out."""

import re
from base64 import encodebytes
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from quopri import encodestring

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.domain.issue import PictureFile
from mailer.domain.newsletter import Sender
from mailer.formats.message import Letter, build, content_id, message_id

PICTURE = PictureFile(name="график № 1.png", subtype="png", content=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
LETTER = Letter(
    sender=Sender(name="The Open Shelf", address=Address(local="bulletin", domain="club.example")),
    reply_to=Address(local="secretary", domain="club.example"),
    recipient_name="Мария Полевая",
    recipient=Address(local="maria", domain="xn--e1afmkfd.example"),
    subject="The Open Shelf № 3 (253): a title",
    date=datetime(2018, 7, 12, 10, 0, tzinfo=timezone(timedelta(hours=3))),
    message_id=message_id(17, b"a key", "club.example"),
    language="en",
    list_id="open-shelf.club.example",
    list_name="The Open Shelf",
    feedback_id="253:open-shelf:club",
    html="<p>Dear Maria,</p>\n<p>words</p>\n",
    text="Dear Maria, \nwords\n",
)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def part(raw: bytes, kind: str) -> EmailMessage:
    (found,) = (part for part in parsed(raw).walk() if part.get_content_type() == kind)
    return found


def decoded(raw: bytes, kind: str) -> str:
    content = part(raw, kind).get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode()


def structure(message: EmailMessage) -> object:
    if not message.is_multipart():
        return message.get_content_type()
    return message.get_content_type(), [structure(inner) for inner in message.iter_parts()]


def test_a_message_is_text_and_html_under_the_headers_of_the_contract():
    message = parsed(build(LETTER))
    assert structure(message) == ("multipart/alternative", ["text/plain", "text/html"])
    assert dict(message.items()) | {"Content-Type": ""} == {
        "From": "The Open Shelf <bulletin@club.example>",
        "Reply-To": "secretary@club.example",
        "To": "Мария Полевая <maria@xn--e1afmkfd.example>",
        "Subject": "The Open Shelf № 3 (253): a title",
        "Date": "Thu, 12 Jul 2018 10:00:00 +0300",
        "Message-ID": LETTER.message_id,
        "MIME-Version": "1.0",
        "Content-Language": "en",
        "List-Id": "The Open Shelf <open-shelf.club.example>",
        "Precedence": "bulk",
        "Feedback-ID": "253:open-shelf:club",
        "Content-Type": "",
    }
    plain = part(build(LETTER), "text/plain")["Content-Type"].params
    assert dict(plain) == {"charset": "utf-8", "format": "flowed", "delsp": "no"}


def test_a_picture_comes_along_under_the_name_that_the_html_calls_it_by():
    html = f'<img src="cid:{content_id(PICTURE)}" alt="a curve">\n'
    raw = build(replace(LETTER, html=html, pictures=(PICTURE,)))
    message = parsed(raw)
    assert structure(message) == (
        "multipart/related",
        [("multipart/alternative", ["text/plain", "text/html"]), "image/png"],
    )
    assert message["Content-Type"].params["type"] == "multipart/alternative"
    picture = part(raw, "image/png")
    assert picture["Content-ID"] == f"<{content_id(PICTURE)}>"
    assert picture.get_content() == PICTURE.content
    assert picture["Content-Disposition"].params["filename"] == PICTURE.name
    assert picture["Content-Type"].params["name"].isascii()


def test_a_picture_is_called_by_its_content():
    assert content_id(PICTURE) == content_id(replace(PICTURE, name="another.png"))
    assert content_id(PICTURE) != content_id(replace(PICTURE, content=b"other"))


texts = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=30),
        st.sampled_from(["From ", "\nFrom ", "From From ", " \n", "\t\n", "\n.\n", "=", "=_", "--", "a" * 70, "я" * 40, "\n", "From \n",
                         "a" * 70 + "From there ", "=" * 30, "x" * 1200]),
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(text=texts, html=texts, copies=st.sampled_from([1, 40]))
@example(text="x" * 70 + "From here", html="From " * 40, copies=1)
@example(text="-- \nFrom us \n\n.\n", html="<p>" + "y" * 3000, copies=1)
def test_both_parts_come_back_as_they_went_in(text, html, copies):
    raw = build(replace(LETTER, text=text * copies, html=html * copies))
    for kind, meant in (("text/plain", text * copies), ("text/html", html * copies)):
        assert decoded(raw, kind) == meant.removesuffix("\n").replace("\n", "\r\n") + "\r\n"
    assert_fit_to_travel(raw)


def assert_fit_to_travel(raw: bytes) -> None:
    assert raw.isascii()
    assert raw.endswith(b"--\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw)
    for line in raw.split(b"\r\n"):
        assert len(line) <= 78
        assert not line.startswith(b"From ")
        assert not line.endswith((b" ", b"\t"))


def test_line_ends_of_any_kind_become_one_kind():
    assert decoded(build(replace(LETTER, text="a \r\nb\rc\n")), "text/plain") == "a \r\nb\r\nc\r\n"


@pytest.mark.parametrize(
    "line", ["A line of an English article, with a dash – and a “quote”, and more", "Строка русской статьи", "===="]
)
def test_a_part_travels_in_the_smaller_encoding(line):
    octets = (line + "\r\n").encode() * 50
    message = part(build(replace(LETTER, html=f"{line}\n" * 50)), "text/html")
    sizes = {name: _size(octets, name) for name in ("base64", "quoted-printable")}
    assert sizes[message["Content-Transfer-Encoding"]] == min(sizes.values())


def _size(octets: bytes, encoding: str) -> int:
    encoded = encodebytes(octets) if encoding == "base64" else encodestring(octets)
    return len(re.sub(rb"\r?\n", b"\r\n", encoded.strip()))


def test_a_boundary_is_in_no_part():
    raw = build(LETTER)
    boundary = parsed(raw).get_boundary()
    assert boundary
    again = build(replace(LETTER, text=f"--{boundary}\n--{boundary}--\n", html=f"--{boundary}--\n"))
    assert structure(parsed(again)) == ("multipart/alternative", ["text/plain", "text/html"])
    assert decoded(again, "text/plain") == f"--{boundary}\r\n--{boundary}--\r\n"


def test_the_same_letter_is_the_same_message():
    assert build(replace(LETTER, pictures=(PICTURE,))) == build(replace(LETTER, pictures=(replace(PICTURE),)))
    assert build(LETTER) != build(replace(LETTER, message_id=message_id(18, b"a key", "club.example")))


def test_the_message_id_belongs_to_the_delivery_and_the_key():
    same = message_id(17, b"a key", "club.example")
    assert same == LETTER.message_id
    assert re.fullmatch(r"<m\.17\.[a-z2-7]{16}@club\.example>", same)
    assert len({same, message_id(18, b"a key", "club.example"), message_id(17, b"another", "club.example")}) == 3


def test_an_address_in_another_alphabet_is_the_only_thing_that_is_not_ascii():
    raw = build(replace(LETTER, recipient=Address(local="мария", domain="xn--e1afmkfd.example"), text="Мария\n"))
    assert [line.decode() for line in raw.split(b"\r\n") if not line.isascii()] == [" <мария@xn--e1afmkfd.example>"]


@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_two_letters_share_nothing_of_each_other(data):
    word = st.text("abcdefghij", min_size=12, max_size=20)
    own = data.draw(st.lists(word, min_size=8, max_size=8, unique=True))
    first, second = (_letter_of(*own[:4], number=1), own[:4]), (_letter_of(*own[4:], number=2), own[4:])
    for (letter, mine), (_, others) in ((first, second), (second, first)):
        message = parsed(build(letter))
        said = "\n".join([*map(str, message.values()), *(part.get_content() for part in message.iter_parts())])
        assert all(word in said for word in mine)
        assert not any(word in said for word in others if not any(word in own_word for own_word in mine))
        assert len(message["To"].addresses) == 1
        assert not {"Cc", "Bcc"} & set(message)


def _letter_of(name: str, local: str, text: str, html: str, *, number: int) -> Letter:
    return replace(
        LETTER,
        recipient_name=name,
        recipient=Address(local=local, domain="example.org"),
        message_id=message_id(number, b"a key", "club.example"),
        text=text,
        html=html,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "a\r\nBcc: eve@club.example"},
        {"recipient_name": "a\nBcc: eve@club.example"},
        {"recipient": Address(local="a\r\nBcc: eve", domain="example.org")},
        {"message_id": "<a@b>\r\nBcc: eve@club.example"},
        {"language": "en\r\nBcc: eve@club.example"},
        {"list_id": "a\r\nBcc: eve@club.example"},
        {"feedback_id": "a\u2028b"},
        {"pictures": (replace(PICTURE, name="a\r\nBcc: eve@club.example"),)},
        {"pictures": (replace(PICTURE, subtype="png\r\nBcc: eve@club.example"),)},
    ],
)
def test_nothing_breaks_into_the_headers(wrong):
    with pytest.raises(BadInput):
        build(replace(LETTER, **wrong))


def test_a_date_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        build(replace(LETTER, date=datetime(2018, 7, 12, tzinfo=UTC).replace(tzinfo=None)))
