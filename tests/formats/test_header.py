"""Header fields, written by us and read back by the standard library and by mail-parser."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from unicodedata import normalize

import mailparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.formats.header import (
    Header,
    ascii_file_name,
    identified,
    mailbox,
    parametrised,
    structured,
    unstructured,
)
from tests.formats.strategies import file_names, hostile, lines

ANNA = Address(local="anna.lindqvist", domain="example.org")
LINE_BREAKS = ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"]
HIDDEN = ["\x00", "\t", "\x1b", "\x7f", "\x9f", "\u00ad", "\u061c", "\u200b", "\u200d", "\u200f", "\u202e", "\u2060", "\u2066", "\ufeff", "\ud800"]  # fmt: skip

quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_well_folded(field: str, header: Header) -> None:
    assert field.isascii()
    assert field.endswith("\r\n")
    first, *further = field.removesuffix("\r\n").split("\r\n")
    assert re.fullmatch(rf"{header}: [!-~].*", first)
    assert all(re.fullmatch(r" [!-~].*", line) for line in further)
    for line in (first, *further):
        words = line.removeprefix(f"{header}:").split()
        assert len(line) <= 78 or len(words) == 1
        encoded = re.findall(r"=\?\S*", line)
        assert all(re.fullmatch(r"=\?utf-8\?b\?[A-Za-z0-9+/]+={0,2}\?=", word) and len(word) <= 75 for word in encoded)
        assert len(line) <= 76 or not encoded


def standard(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@settings(quick, max_examples=900)
@given(name=lines, subject=lines)
@example(name="=?utf-8?q?x=0ABcc=3A_y?=", subject="=?utf-8?q?x=0ABcc=3A_y?=")
@example(name='"Anna" <eve@club.example>, (', subject="Bcc: eve@club.example")
@example(name="Anna M. Lindqvist", subject="Russia № 3 (253): a title")
@example(name="Иван Петрович " * 10, subject="Иван Петрович " * 10)
@example(name="x " * 60, subject="x" * 300)
def test_two_readers_read_the_name_and_the_subject_that_were_meant(name, subject):
    fields = [mailbox(Header.TO, name, ANNA.wire), unstructured(Header.SUBJECT, subject)]
    assert_well_folded(fields[0], Header.TO)
    assert_well_folded(fields[1], Header.SUBJECT)
    raw = "".join([*fields, "\r\n"]).encode()

    theirs = mailparser.parse_from_bytes(raw)
    assert theirs.to == [(name.strip(), ANNA.wire)]
    # mail-parser leaves the fold of a plain subject in (taking it out is RFC 5322 §2.2.3) and composes accents.
    assert theirs.subject.replace("\r\n", "") == normalize("NFC", subject.strip())
    assert set(theirs.headers) == {"To", "Subject"}

    message = standard(raw)
    assert message.keys() == ["To", "Subject"]
    assert message["Subject"] == subject.strip()
    (address,) = message["To"].addresses
    assert address.addr_spec == ANNA.wire
    # The standard library puts a space between every two of three or more encoded words of a phrase, where RFC 2047
    # §6.2 wants none, and makes one space of several: it can only be asked about the rest.
    assert "".join(address.display_name.split()) == "".join(name.split())


@settings(quick, max_examples=600)
@given(name=file_names)
@example(name="график № 1.png")
@example(name="отчёт о совещании " * 8 + ".png")
@example(name='a "quoted" \\ name;filename=x.exe.png')
@example(name="%41'b.png")
def test_two_readers_read_the_file_name_that_was_meant(name):
    field = parametrised(Header.CONTENT_DISPOSITION, "attachment", {"filename": name})
    assert_well_folded(field, Header.CONTENT_DISPOSITION)
    raw = (field + "Content-Type: image/png\r\n\r\n").encode()
    message = standard(raw)
    assert message.keys() == ["Content-Disposition", "Content-Type"]
    assert dict(message["Content-Disposition"].params) == {"filename": name}
    fallback = parametrised(Header.CONTENT_TYPE, "image/png", {"name": ascii_file_name(name)})
    assert_well_folded(fallback, Header.CONTENT_TYPE)


@settings(quick, max_examples=300)
@given(name=lines)
@example(name="Клуб читателей")
def test_a_list_has_a_name_and_an_identifier(name):
    field = identified(Header.LIST_ID, name, "bulletin.club.example")
    assert_well_folded(field, Header.LIST_ID)
    assert field.endswith(" <bulletin.club.example>\r\n")
    assert list(mailparser.parse_from_bytes((field + "\r\n").encode()).headers) == ["List-Id"]


@settings(quick, max_examples=600)
@given(
    text=st.lists(st.one_of(st.text(max_size=6), hostile, st.sampled_from(LINE_BREAKS + HIDDEN)), max_size=6).map(
        "".join
    )
)
def test_any_text_at_all_is_one_field_or_refused(text):
    writers = [
        (Header.SUBJECT, lambda: unstructured(Header.SUBJECT, text)),
        (Header.FROM, lambda: mailbox(Header.FROM, text, ANNA.wire)),
        (Header.TO, lambda: mailbox(Header.TO, "", Address(local=text, domain="example.org").wire)),
        (Header.REPLY_TO, lambda: mailbox(Header.REPLY_TO, "", Address(local="anna", domain=text).wire)),
        (Header.LIST_ID, lambda: identified(Header.LIST_ID, text, "x.club.example")),
        (Header.LIST_ID, lambda: identified(Header.LIST_ID, "", text)),
        (Header.FEEDBACK_ID, lambda: structured(Header.FEEDBACK_ID, text)),
        (Header.CONTENT_TYPE, lambda: parametrised(Header.CONTENT_TYPE, text, {"name": "x"})),
        (Header.CONTENT_TYPE, lambda: parametrised(Header.CONTENT_TYPE, "image/png", {text: "x"})),
        (Header.CONTENT_TYPE, lambda: parametrised(Header.CONTENT_TYPE, "image/png", {"name": text})),
    ]
    for header, write in writers:
        try:
            field = write()
        except BadInput:
            continue
        first, *further = field.removesuffix("\r\n").split("\r\n")
        assert first.startswith(f"{header}: ")
        assert all(line.startswith(" ") for line in further)
        assert not re.search(r"[\r\n\x00\x85\u2028\u2029\u202e]", first + "".join(further))


@pytest.mark.parametrize("bad", [*LINE_BREAKS, *HIDDEN])
def test_what_cannot_be_seen_is_refused_everywhere(bad):
    injected = f"a{bad}Bcc: eve@club.example"
    for write in (
        lambda: unstructured(Header.SUBJECT, injected),
        lambda: mailbox(Header.TO, injected, ANNA.wire),
        lambda: mailbox(Header.TO, "", Address(local=injected, domain="example.org").wire),
        lambda: mailbox(Header.TO, "", Address(local="anna", domain=f"example.org{bad}").wire),
        lambda: identified(Header.LIST_ID, injected, "x.club.example"),
        lambda: identified(Header.LIST_ID, "x", f"x{bad}.club.example"),
        lambda: structured(Header.FEEDBACK_ID, injected),
        lambda: parametrised(Header.CONTENT_DISPOSITION, "inline", {"filename": injected}),
        lambda: parametrised(Header.CONTENT_DISPOSITION, f"inline{bad}", {}),
    ):
        with pytest.raises(BadInput) as refusal:
            write()
        assert str(refusal.value).isprintable()


@pytest.mark.parametrize("local", ["=?utf-8?q?x?=", "a b", "a,b", "a<b", '"a"', "a@b", "a;b", "a:b", "(a)", ""])
def test_an_address_that_could_be_read_as_another_is_refused(local):
    with pytest.raises(BadInput):
        mailbox(Header.TO, "Anna", Address(local=local, domain="example.org").wire)


def test_an_address_in_another_alphabet_stands_as_it_is_and_the_name_stays_ascii():
    field = mailbox(Header.TO, "Иван", Address(local="иван", domain="xn--e1afmkfd.example").wire)
    assert field == "To: =?utf-8?b?0JjQstCw0L0=?= <иван@xn--e1afmkfd.example>\r\n"


def test_an_unsubscribe_link_is_never_encoded_nor_broken():
    link = "https://club.example/u/" + "a1B2" * 60
    field = structured(Header.LIST_UNSUBSCRIBE, f"<{link}>, <mailto:leave@club.example?subject=leave>")
    assert field == f"List-Unsubscribe: <{link}>,\r\n <mailto:leave@club.example?subject=leave>\r\n"
    assert standard((field + "\r\n").encode())["List-Unsubscribe"].split() == field.split()[1:]
    with pytest.raises(BadInput):
        structured(Header.LIST_UNSUBSCRIBE, "<https://club.example/?a=?b>")


def test_a_plain_name_stays_readable():
    assert mailbox(Header.TO, "Anna Lindqvist", ANNA.wire) == "To: Anna Lindqvist <anna.lindqvist@example.org>\r\n"
    assert mailbox(Header.TO, "Lindqvist, Anna", ANNA.wire) == 'To: "Lindqvist, Anna" <anna.lindqvist@example.org>\r\n'
    assert mailbox(Header.REPLY_TO, "", ANNA.wire) == "Reply-To: anna.lindqvist@example.org\r\n"


@pytest.mark.parametrize("text", ["", " ", "\u00a0"])
def test_an_empty_subject_is_refused(text):
    with pytest.raises(BadInput, match="Subject is empty"):
        unstructured(Header.SUBJECT, text)


def test_a_word_too_long_for_any_line_is_refused():
    with pytest.raises(BadInput, match="998"):
        structured(Header.FEEDBACK_ID, "x" * 1000)


@pytest.mark.parametrize(
    ("name", "fallback"),
    [("plan-1.png", "plan-1.png"), ("план 1.png", "_____1.png"), ("../mailer.key", ".._mailer.key"), ("", "_")],
)
def test_a_file_name_has_an_ascii_fallback(name, fallback):
    assert ascii_file_name(name) == fallback
