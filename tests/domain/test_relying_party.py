"""A passkey is made for the site that the settings name."""

import pytest

from mailer.domain.relying_party import RelyingParty, origin_of, relying_party


@pytest.mark.parametrize(
    ("public_url", "name", "origin"),
    [
        ("https://mail.club.example", "mail.club.example", "https://mail.club.example"),
        ("https://Mail.Club.example:443/console/", "mail.club.example", "https://mail.club.example"),
        ("https://mail.club.example:8443", "mail.club.example", "https://mail.club.example:8443"),
        ("https://клуб.example", "xn--90ard6a.example", "https://xn--90ard6a.example"),
        ("", "localhost", "http://localhost:8025"),
    ],
)
def test_the_settings_name_the_site(public_url: str, name: str, origin: str) -> None:
    assert relying_party(public_url, port=8025) == RelyingParty(name=name, origins=(origin,))


def test_over_tls_localhost_is_another_origin() -> None:
    party = relying_party("", port=8443, secure=True)
    assert party is not None
    assert party.origins == ("https://localhost:8443",)


@pytest.mark.parametrize(
    "address", ["https://203.0.113.7", "https://[2001:db8::1]:8443", "nonsense", "ftp://a.example"]
)
def test_a_bare_address_has_no_passkeys(address: str) -> None:
    assert relying_party(address, port=8025) is None


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://a.example/x?y#z", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://[::1]:8025/", "http://[::1]:8025"),
        ("https://a.example:99999", ""),
        ("https://" + "a" * 300, ""),
        ("//a.example", ""),
        ("", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(address: str, origin: str) -> None:
    assert origin_of(address) == origin
