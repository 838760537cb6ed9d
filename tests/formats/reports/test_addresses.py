"""Addresses are found in text, each once."""

import pytest

from mailer.formats.reports import addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<anna@reader.example>,boris@reader.example;", ["anna@reader.example", "boris@reader.example"]),
        ("Anna@Reader.example anna@reader.example", ["Anna@Reader.example"]),
        ("email=anna@reader.example", ["anna@reader.example"]),
        ("'anna@reader.example'.", ["anna@reader.example"]),
        ("user=anna=x.example@club.example", ["anna=x.example@club.example"]),
        ("'@reader.example a@b @ anna@", []),
        ("аня@почта.рф", ["аня@почта.рф"]),
        (f"{'a' * 300}@reader.example", []),
    ],
)
def test_addresses_are_found(text, expected):
    assert addresses.find(text) == expected


def test_an_address_with_a_quoted_local_part():
    assert addresses.first('rfc822; "anna k"@reader.example') == '"anna k"@reader.example'
    assert addresses.first("nobody") is None
    assert addresses.find("a@b.example c@d.example", limit=1) == ["a@b.example"]
