"""Two addresses are one mailbox when only their case differs, and come back from the database as they were."""

import pytest

from mailer.domain.address import Address, is_loopback


@pytest.mark.parametrize(
    ("local", "wire", "normal"),
    [
        ("Anna.L", "Anna.L@xn--e1afmkfd.example", "anna.l@xn--e1afmkfd.example"),
        ("Анна", "Анна@xn--e1afmkfd.example", "анна@xn--e1afmkfd.example"),
        ('"a@b"', '"a@b"@xn--e1afmkfd.example', '"a@b"@xn--e1afmkfd.example'),
    ],
)
def test_the_forms_of_an_address(local, wire, normal):
    address = Address(local=local, domain="xn--e1afmkfd.example")
    assert (address.wire, address.normal) == (wire, normal)
    assert str(address) == wire
    assert Address.from_wire(wire) == address


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LocalHost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("[::1]", True),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_which_host_is_this_machine_itself(host, here):
    assert is_loopback(host) is here
