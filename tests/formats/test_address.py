"""Addresses as people type them."""

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from mailer.domain.address import Address
from mailer.domain.errors import BadInput
from mailer.formats.address import _PLAIN, _SHORT, doubts, parse, parse_sender

HIDDEN = [
    "\r\n",
    "\n",
    "\t",
    "\x00",
    "\x7f",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\ud800",
]


@pytest.mark.parametrize(
    ("typed", "local", "domain"),
    [
        ("Anna.Lindqvist@EXAMPLE.ORG", "Anna.Lindqvist", "example.org"),
        (" anna@example.org  ", "anna", "example.org"),
        ("anna@пример.example", "anna", "xn--e1afmkfd.example"),
        ("anna@Bücher.example", "anna", "xn--bcher-kva.example"),
        ("иван@example.org", "иван", "example.org"),
        ("secretary@club.example", "secretary", "club.example"),
        ("o'neil+club@example.org", "o'neil+club", "example.org"),
    ],
)
def test_an_address_is_read(typed, local, domain):
    assert parse(typed) == Address(local=local, domain=domain)


@pytest.mark.parametrize(
    "typed",
    ["", "anna", "anna@", "@example.org", "anna@example", "a b@example.org", '"a b"@example.org', "anna@[127.0.0.1]",
     "anna@example..org", "anna@example.org, ivan@example.org", "anna@example.org>", "=?utf-8?q?x?=@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_name(typed):
    with pytest.raises(BadInput) as refusal:
        parse(typed)
    assert repr(typed) in str(refusal.value)


@pytest.mark.parametrize("character", HIDDEN)
@pytest.mark.parametrize(
    "pattern", ["an{}na@example.org", "anna@exam{}ple.org", "anna@example.org{}", "{}anna@example.org"]
)
def test_characters_that_cannot_be_seen_are_refused_and_shown(character, pattern):
    with pytest.raises(BadInput) as refusal:
        parse(pattern.format(character))
    assert str(refusal.value).isprintable()


@given(st.text(max_size=40))
@example("a@b.example")
def test_any_text_is_an_address_for_the_wire_or_refused(text):
    try:
        address = parse(text)
    except BadInput:
        return
    assert address.domain.isascii()
    assert address.domain == address.domain.lower()
    assert parse(address.wire) == address


@pytest.mark.parametrize("text", ["The Bulletin <bulletin@club.example>", '"The Bulletin" <bulletin@club.example>',
                                  "  The Bulletin  <bulletin@club.example> "])  # fmt: skip
def test_a_sender_is_a_name_and_an_address(text):
    sender = parse_sender(text)
    assert sender.name == "The Bulletin"
    assert sender.address == parse("bulletin@club.example")


@pytest.mark.parametrize(
    "text",
    ["", "bulletin@club.example", "<bulletin@club.example>", "Bulletin <>", "Bulletin <bulletin>",
     "Bulletin <a@club.example> <b@club.example>", "Bulle\u202etin <bulletin@club.example>",
     "Bulletin\r\nBcc: <bulletin@club.example>"],
)  # fmt: skip
def test_what_is_no_sender_is_refused(text):
    with pytest.raises(BadInput):
        parse_sender(text)


@pytest.mark.parametrize(
    "domain",
    ["gmail.con", "gmial.com", "gmai.com", "gmaill.com", "gmail.co", "yandex.tu", "yadnex.ru", "outlok.com", "mail.tu"],
)
def test_a_slip_in_a_well_known_domain_is_doubted(domain):
    (doubt,) = doubts(parse(f"anna@{domain}"))
    assert domain in doubt
    assert "typo" in doubt


def test_an_ending_that_does_not_exist_is_doubted():
    (doubt,) = doubts(parse("anna@club-of-readers.con"))
    assert ".con" in doubt


def test_a_local_part_in_two_alphabets_is_doubted():
    (doubt,) = doubts(parse("аnna@example.org"))  # the first letter is Cyrillic
    assert "Cyrillic and Latin" in doubt


@pytest.mark.parametrize(
    ("domain", "near"),
    [
        ("gm\u0430il.com", "gmail.com (\u0430 is Cyrillic)"),
        ("mail.\u0440u", "mail.ru"),
        ("gmail.\u0441om", "gmail.com"),
        ("y\u0430ndex.ru", "yandex.ru"),
        ("gm\u0131il.com", "gmail.com"),
        ("gmàil.com", "gmail.com"),
        ("example.\u043erg", "type org again in Latin letters"),
        ("ex\u0430mple-club.org", "example"),
        ("\u0441\u043e\u043c\u0440\u0430.ru", "type compa"),
        ("\u0443\u0430.ru", "type ya"),
        ("mail.\u0440\u0443", "Cyrillic"),
    ],
)
def test_a_domain_in_look_alike_letters_is_doubted(domain, near):
    (doubt,) = doubts(parse(f"anna@{domain}"))
    assert near in doubt
    assert f"anna@{domain}" in doubt


@pytest.mark.parametrize("domain", ["почта.рф", "пример.example", "bücher.de", "кто.рф", "президент.рф", "δοκιμή.gr",
                                    "müller-és-társa.hu", "straße.de", "例え.jp", "сайт.рус"])  # fmt: skip
def test_a_domain_in_another_alphabet_is_not_doubted(domain):
    assert doubts(parse(f"anna@{domain}")) == ()


@pytest.mark.parametrize("typed", ["anna@gmail.com", "anna@mail.com", "anna@mail.ru", "anna@yandex.ru", "anna@ymail.com",
                                   "иван.2@example.org", "anna@club.example", "anna@yahoo.co.uk", "anna@hotmail.de"])  # fmt: skip
def test_ordinary_addresses_are_not_doubted(typed):
    assert doubts(parse(typed)) == ()


words = st.text("abkzABKZ0189", min_size=1, max_size=6)
runs = st.lists(words, min_size=1, max_size=3)


@st.composite
def plain_addresses(draw: st.DrawFn) -> str:
    """Addresses of plain words, put together from what the pattern knows: drawing from it is slow."""
    local = draw(st.sampled_from(".+_-")).join(draw(runs))
    labels = [
        *("-".join(label) for label in draw(st.lists(runs, min_size=1, max_size=3))),
        draw(st.text("abkz", min_size=2, max_size=6)),
    ]
    return f"{local}@{'.'.join(labels)}"


@given(plain_addresses().filter(lambda typed: len(typed) <= _SHORT and _PLAIN.fullmatch(typed)))
@example("A.b+c_d-e@Mail-1.Example.ORG")
@example("a@b.localtest.museum")
def test_a_plain_address_is_read_as_the_validator_reads_it(typed: str) -> None:
    checked = validate_email(typed, check_deliverability=False, allow_smtputf8=True)
    assert parse(typed) == Address(local=checked.local_part, domain=checked.ascii_domain)


@pytest.mark.parametrize("domain", SPECIAL_USE_DOMAIN_NAMES)
def test_a_domain_that_the_validator_refuses_is_not_plain(domain: str) -> None:
    assert not _PLAIN.fullmatch(f"anna@members.{domain}")
    assert not _PLAIN.fullmatch(f"anna@members.{domain.upper()}")


def test_a_local_part_that_only_looks_latin_is_named():
    (doubt,) = doubts(parse("сора@example.org"))  # all four letters are Cyrillic
    assert doubt == (
        "сора@example.org: сора is written in Cyrillic letters, example.org is not; if both should be Latin, type copa."
    )


@pytest.mark.parametrize("typed", ["иван@example.org", "вера@пример.рф", "copa@example.org", "42@example.org"])
def test_a_local_part_that_says_what_it_is_raises_no_doubt(typed):
    assert doubts(parse(typed)) == ()
