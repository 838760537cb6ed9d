"""The message builder: structure, header and lines of whole messages; their parts equal those of a slow reference."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache

import mailparser
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from mailer.domain.address import Address
from mailer.domain.edition import NO_INSERT, Edition, HtmlSlot, Place, Slot, SlotLine
from mailer.domain.errors import BadInput, CannotRender
from mailer.formats.message.builder import MessageBuilder
from mailer.formats.message.parts import html_and_text
from tests.formats import reference
from tests.formats.made_up import INDIVIDUAL, READER, a_builder, an_edition
from tests.formats.message.test_parts import PICTURE
from tests.formats.rfc3676 import unflow
from tests.formats.strategies import lines, visible

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])
ENCODINGS = ("quoted-printable", "base64")
MESSAGE_ID = "<mabrabcdefghijklmnop@club.example>"
MARIA = "maria@xn--e1afmkfd.example"


def build(
    builder: MessageBuilder, values: reference.Values = READER["en"], name: str = "Мария Полевая", address: str = MARIA
) -> bytes:
    return builder.make(name, address, MESSAGE_ID, values)


def edition_of(
    *, html: tuple[str | HtmlSlot, ...] = ("<p>x</p>\n",), text: tuple[str | SlotLine, ...] = ("x\n",)
) -> Edition:
    return Edition(language="en", variant=NO_INSERT, subject="s", html=html, text=text, banner_html=0, banner_text=0)


@lru_cache(maxsize=8)
def parsed(raw: bytes) -> EmailMessage:
    """The message as the standard library reads it; not to be changed, since tests share it."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def part(raw: bytes, kind: str) -> EmailMessage:
    (match,) = (part for part in parsed(raw).walk() if part.get_content_type() == kind)
    return match


def decoded(raw: bytes) -> tuple[bytes, ...]:
    """The two parts as octets, nothing put right."""
    return tuple(part(raw, kind).get_payload(decode=True) for kind in ("text/html", "text/plain"))


def on_the_wire(parts: tuple[str, str]) -> tuple[bytes, ...]:
    return tuple(part.replace("\n", "\r\n").encode() for part in parts)


def structure(message: EmailMessage) -> object:
    if not message.is_multipart():
        return message.get_content_type()
    return message.get_content_type(), [structure(inner) for inner in message.iter_parts()]


def assert_fit_to_travel(raw: bytes) -> None:
    assert raw.isascii()
    assert raw.endswith(b"--\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", raw)
    headers, _, body = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 78 for line in headers.split(b"\r\n"))
    for line in body.split(b"\r\n"):
        assert len(line) <= 76 or line.startswith(b"Content-")
        assert not line.startswith(
            (b".", b"From ")
        )  # nothing for SMTP to double, nothing that an mbox file takes amiss
        assert not line.endswith((b" ", b"\t"))
    assert not any(line.startswith(b".") for line in raw.split(b"\r\n"))


# --- whole messages --------------------------------------------------------------------------------------------------------


def test_a_message_has_its_header_a_text_and_an_html_part():
    raw = build(a_builder(an_edition()))
    message = parsed(raw)
    assert structure(message) == ("multipart/alternative", ["text/plain", "text/html"])
    assert dict(message.items()) | {"Content-Type": ""} == {
        "From": "The Harbour Letter <letter@club.example>",
        "Reply-To": "secretary@club.example",
        "To": "Мария Полевая <maria@xn--e1afmkfd.example>",
        "Subject": "The Harbour Letter № 3 (253): a title",
        "Date": "Wed, 05 Mar 2031 10:00:00 +0300",
        "Message-ID": MESSAGE_ID,
        "MIME-Version": "1.0",
        "Content-Language": "en",
        "List-Id": "The Harbour Letter <harbour-letter.club.example>",
        "Precedence": "bulk",
        "Feedback-ID": "253:harbour-letter:club-mailer",
        "Content-Type": "",
    }
    assert dict(part(raw, "text/plain")["Content-Type"].params) == {
        "charset": "utf-8",
        "format": "flowed",
        "delsp": "no",
    }


def test_a_picture_comes_along_under_the_name_that_the_html_calls_it_by():
    page = (f'<img src="cid:{PICTURE.content_id}" alt="a curve">\n',)
    raw = build(a_builder(edition_of(html=page), pictures=[PICTURE]))
    message = parsed(raw)
    assert structure(message) == (
        "multipart/related",
        [("multipart/alternative", ["text/plain", "text/html"]), "image/png"],
    )
    assert message["Content-Type"].params["type"] == "multipart/alternative"
    assert part(raw, "image/png")["Content-ID"] == f"<{PICTURE.content_id}>"
    assert part(raw, "image/png").get_content() == PICTURE.content
    assert_fit_to_travel(raw)


def test_the_same_edition_makes_the_same_message():
    assert build(a_builder(an_edition(), pictures=[PICTURE])) == build(
        a_builder(an_edition(), pictures=[replace(PICTURE)])
    )
    boundaries = {
        parsed(build(builder)).get_boundary()
        for builder in (
            a_builder(an_edition()),
            a_builder(an_edition("ru")),
            a_builder(an_edition(), subject="another"),
            a_builder(an_edition(), banner="TEST"),
        )
    }
    assert len(boundaries) == 4


def test_a_boundary_is_in_no_part():
    boundary = parsed(build(a_builder(edition_of()))).get_boundary()
    words = f"--{boundary}\n--{boundary}--\n"
    raw = build(a_builder(edition_of(html=(words,), text=(words,))))
    assert structure(parsed(raw)) == ("multipart/alternative", ["text/plain", "text/html"])
    assert html_and_text(raw) == (words, words)
    assert not re.search(rb"=_", part(raw, "text/plain").get_payload().encode())


def test_an_address_in_another_alphabet_is_the_only_thing_that_is_not_ascii():
    raw = build(a_builder(an_edition()), address="мария@xn--e1afmkfd.example")
    assert [line.decode() for line in raw.split(b"\r\n") if not line.isascii()] == [" <мария@xn--e1afmkfd.example>"]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text("abcdefghij", min_size=12, max_size=20), min_size=6, max_size=6, unique=True))
def test_two_messages_share_nothing_of_each_other(own):
    builder = a_builder(an_edition())
    for mine, others in ((own[:3], own[3:]), (own[3:], own[:3])):
        name, local, salutation = mine
        values = READER["en"] | {Slot.NAME: name, Slot.SALUTATION: salutation}
        raw = build(builder, values, name, f"{local}@example.org")
        message = parsed(raw)
        text = "\n".join([*map(str, message.values()), *html_and_text(raw)])
        assert all(word in text for word in mine)
        assert not any(word in text for word in others if not any(word in own_word for own_word in mine))
        assert len(message["To"].addresses) == 1
        assert not {"Cc", "Bcc"} & set(message)


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "a\r\nBcc: eve@club.example"},
        {"reply_to": Address(local="a\r\nBcc: eve", domain="example.org")},
        {"list_id": "a\r\nBcc: eve@club.example"},
        {"feedback_id": "a\u2028b"},
        {"pictures": [replace(PICTURE, name="a\r\nBcc: eve@club.example")]},
    ],
)
def test_nothing_breaks_into_the_shared_header(wrong):
    with pytest.raises(BadInput):
        a_builder(an_edition(), **wrong)


def test_nothing_breaks_into_the_headers_of_a_copy():
    builder = a_builder(an_edition())
    for name, address, identifier in (
        ("a\nBcc: eve@club.example", MARIA, MESSAGE_ID),
        ("a", "a\r\nBcc: eve@example.org", MESSAGE_ID),
        ("a", MARIA, "<a@b>\r\nBcc: eve@club.example"),
    ):
        with pytest.raises(BadInput):
            builder.make(name, address, identifier, READER["en"])
    with pytest.raises(BadInput):
        a_builder(replace(an_edition(), language="en\r\nBcc: eve@club.example"))


def test_a_copy_tells_how_to_get_no_more_only_where_there_is_a_link():
    builder, link = a_builder(an_edition()), f"mailto:u{'x' * 31}@bounces.club.example?subject=unsubscribe"
    message = builder.make("Ada Harbour", MARIA, MESSAGE_ID, READER["en"], link)
    assert parsed(message)["List-Unsubscribe"] == f"<{link}>"
    line = f"List-Unsubscribe: <{link}>\r\n".encode()
    assert message.count(b"List-Unsubscribe") == message.count(line) == 1
    assert message.replace(line, b"") == builder.make("Ada Harbour", MARIA, MESSAGE_ID, READER["en"])
    for wrong in ("u\r\nBcc: eve@club.example", "u@ü.example", "=?x?="):
        with pytest.raises(BadInput, match="List-Unsubscribe"):
            builder.make("Ada Harbour", MARIA, MESSAGE_ID, READER["en"], wrong)


def test_a_date_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        a_builder(an_edition(), date=datetime(2031, 3, 5, tzinfo=UTC).replace(tzinfo=None))


# --- encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "smaller"),
    [
        ("A line of an English article, with a dash – and a “quote”, and more", "quoted-printable"),
        ("Строка русской статьи", "base64"),
        ("====", "base64"),
    ],
)
def test_a_part_travels_in_the_smaller_encoding(line, smaller):
    edition = edition_of(html=(f"{line}\n" * 50,))
    message = part(build(a_builder(edition)), "text/html")
    assert message["Content-Transfer-Encoding"] == smaller
    sizes = {name: len(build(a_builder(edition, encoding=name))) for name in ("base64", "quoted-printable")}
    assert min(sizes, key=sizes.__getitem__) == smaller


@LANGUAGES
def test_a_copy_keeps_its_encodings_whatever_its_values(language):
    builder = a_builder(an_edition(language))
    usual = [kind["Content-Transfer-Encoding"] for kind in parsed(build(builder, READER[language])).walk()]
    strange = READER[language] | {Slot.NAME: "名" * 300, Slot.SALUTATION: "a" * 3000}
    assert [kind["Content-Transfer-Encoding"] for kind in parsed(build(builder, strange)).walk()] == usual


def test_line_ends_of_any_kind_become_one_kind():
    raw = build(a_builder(edition_of(text=("a \r\nb\rc\n",))))
    assert decoded(raw)[1] == b"a \r\nb\r\nc\r\n"


def test_a_slot_in_quoted_printable_has_lines_of_its_own():
    page = ("<p>", HtmlSlot(slot=Slot.NAME), "</p>\n", HtmlSlot(slot=Slot.NAME), "\n", HtmlSlot(slot=Slot.NAME))
    body = part(build(a_builder(edition_of(html=page), encoding="quoted-printable")), "text/html").get_payload()
    assert body.splitlines() == ["<p>=", "Ada Harbour=", "</p>", "Ada Harbour", "Ada Harbour"]


# --- hostile values ----------------------------------------------------------------------------------------------------

snippets = st.sampled_from(
    ["<b>", "&amp;", '"', "'", "{{ name }}", "@@SLOT:name@@", "> ", "--", "-- ", " -- ", "From", "From ", ".", "..", " ", "  ",
     "=", "==", "=?utf-8?q?x?=", "=2E", "\u00a0", "\u3000", "Мария", "مريم", "👩‍🚀".replace("\u200d", ""), "名", "e\u0301",
     "a" * 70 + " From there ", "x" * 80, "я" * 40, "." * 160, "=" * 100, "word " * 20, "a" * 71, "a" * 72, "a" * 75, "a" * 76]
)  # fmt: skip
hostile = st.one_of(
    lines,
    st.lists(st.one_of(snippets, st.text(visible, max_size=4)), min_size=1, max_size=6).map("".join),
).filter(lambda text: text.strip())
values_of = st.fixed_dictionaries(dict.fromkeys(Slot, hostile))
constants = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=30),
        snippets,
        st.sampled_from(["\n", "\n\n", " \n", "\t\n", "\n.\n", "\nFrom ", "=_", "a" * 75 + ".", "ж" * 1200]),
    ),
    max_size=8,
).map("".join)
slots = st.sampled_from(list(Slot))
pages = st.lists(st.one_of(constants, st.builds(HtmlSlot, slot=slots, place=st.sampled_from(Place))), max_size=8)
slot_lines = st.builds(
    SlotLine,
    pieces=st.lists(st.one_of(slots, st.sampled_from([" ", ",", "No. ", " · ", "--", "> ", "Копия № "])), max_size=4).flatmap(
        lambda pieces: slots.map(lambda slot: (*pieces, slot))
    ),
    indent=st.sampled_from(["", "", "> ", "  "]),
    soft=st.booleans(),
)  # fmt: skip
texts = st.lists(st.one_of(constants.map(lambda text: f"{text}\n"), slot_lines), max_size=8)


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(page=pages, text=texts, values=values_of, banner=st.sampled_from(["", "TEST <mailing> – " * 5]))
@example(page=["x" * 70 + "From here", "From " * 40], text=["-- \nFrom us \n\n.\n"], values=READER["en"], banner="")
@example(page=["<p>" + "y" * 3000 + "=" * 90], text=["." * 300 + "\n"], values=READER["en"], banner="")
def test_every_text_and_value_is_read_back_unchanged(page, text, values, banner):
    edition = edition_of(html=tuple(page), text=tuple(text))
    filled = on_the_wire(reference.fill(edition, values, banner=banner))
    for encoding in ENCODINGS:
        raw = build(a_builder(edition, encoding=encoding, banner=banner), values)
        assert decoded(raw) == filled
        assert_fit_to_travel(raw)


@LANGUAGES
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(values=values_of, name=hostile)
def test_a_copy_equals_one_rendered_for_its_reader_alone(language, values, name):
    assume("[" not in "".join(values.values()))  # the reference takes a number in brackets for one of its text
    edition = an_edition(language)
    values = {**values, Slot.PREFERENCES: "https://letter.club.example/m/p?a=1&b=2"}
    page, text = reference.afresh(language, INDIVIDUAL, values)
    rendered, unflowed = tree(page), unflow(text)
    filled = on_the_wire(reference.fill(edition, values))
    for encoding in ENCODINGS:
        raw = build(a_builder(edition, encoding=encoding), values, name)
        html, plain = html_and_text(raw)
        assert tree(html) == rendered
        assert unflow(plain) == unflowed
        assert decoded(raw) == filled
        assert mailparser.parse_from_bytes(raw).to == [(name.strip(), MARIA)]
        assert {part["Content-Transfer-Encoding"] for part in parsed(raw).iter_parts()} == {encoding}
        assert raw == build(a_builder(edition, encoding=encoding), values, name)
        assert_fit_to_travel(raw)


def tree(page: str) -> list[tuple[object, ...]]:
    root = lxml_html.document_fromstring(page)
    return [(node.tag, dict(node.attrib), node.text, node.tail) for node in root.iter()]


def test_a_value_that_no_slot_can_hold_is_named():
    builder = a_builder(an_edition())
    for value, complaint in (
        ("", "there is no value for 'name'"),
        ("a\nb", "'name' contains an invisible character, U\\+000A"),
    ):
        with pytest.raises(CannotRender, match=complaint):
            build(builder, READER["en"] | {Slot.NAME: value})
