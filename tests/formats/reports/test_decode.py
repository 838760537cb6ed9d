"""Decoding: character sets, transfer encodings, and the encoded words of headers."""

import pytest

from mailer.formats.reports import decode


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        (b"caf\xc3\xa9", "", "café"),
        (b"caf\xe9", "", "café"),
        (b"caf\xe9", "no-such-set", "café"),
        (b"caf\xe9", "iso-8859-1", "café"),
        ("ящик переполнен".encode("koi8-r"), "", "ящик переполнен"),
        ("ящик переполнен".encode("cp1251"), "", "ящик переполнен"),
        ("ящик".encode("koi8-r"), "koi8-r", "ящик"),
        ("宛先不明".encode("iso2022_jp"), "", "宛先不明"),
        (b"+AGE-", "utf-7", "+AGE-"),
        (b"plain", "us-ascii", "plain"),
    ],
)
def test_character_sets(raw, charset, text):
    assert decode.text(raw, charset) == text


def test_a_letter_cut_in_two_by_the_limit_is_no_reason_to_guess():
    text = decode.text("я".encode() * decode.MAX_TEXT + b" ")
    assert text.startswith("яя")
    assert decode.text(b"a" * (decode.MAX_TEXT - 1) + "я".encode()).endswith("a\ufffd")


@pytest.mark.parametrize(
    ("raw", "encoding", "decoded"),
    [
        (b"YW5u\nYQ==", "base64", b"anna"),
        (b"YW5uY", " Base64 ", b"ann"),
        (b"YW5uYQ", "base64", b"anna"),
        (b"=61nna=\n!", "quoted-printable", b"anna!"),
        (b"anna", "8bit", b"anna"),
    ],
)
def test_transfer_encodings(raw, encoding, decoded):
    assert decode.transfer_encoding(raw, encoding) == decoded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?0K8=?=", "Я"),
        ("=?utf-8?Q?a=5Fb_c?=", "a_b c"),
        ("=?koi8-r?B?8Q==?= =?koi8-r?B?8Q==?=", "ЯЯ"),
        ("=?utf-8?B?0A==?= =?utf-8?B?rw==?=", "\ufffd\ufffd"),  # whole words, each with its padding
        ("=?utf-8?B?0K/Q?= =?UTF-8?b?rw==?=", "ЯЯ"),
        ("=?utf-8?Q?=D0?=\n =?utf-8?Q?=AF?= x", "Я x"),
        ("a =?utf-8?Q?b?=c =?koi8-r?B?8Q?=", "a bc Я"),
        ("=?utf-8*ru?Q?a?=", "a"),
        ("a\n b", "a b"),
        ("=?utf-8?B?", "=?utf-8?B?"),
    ],
)
def test_headers(value, text):
    assert decode.header(value) == text
