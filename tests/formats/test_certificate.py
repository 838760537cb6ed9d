"""What is read from a server's certificate."""

from datetime import UTC, datetime

import pytest

from mailer.formats.certificate import ServerCertificate
from tests.certificates import DAY, Authority


@pytest.mark.parametrize(
    ("name", "host", "fits"),
    [
        ("console.club.example", "console.club.example", True),
        ("Console.Club.example", "console.club.example", True),
        ("*.club.example", "console.club.example", True),
        ("*.Club.example", "console.club.example", True),
        ("*.club.example", "a.console.club.example", False),
        ("*.club.example", "club.example", False),
        ("club.example", "console.club.example", False),
        ("127.0.0.1", "127.0.0.1", True),
    ],
)
def test_a_certificate_is_for_its_names(name: str, host: str, fits: bool) -> None:
    now = datetime(2026, 10, 5, tzinfo=UTC)
    certificate = ServerCertificate(names=("mail.example", name), starts_at=now, ends_at=now + DAY)
    assert certificate.is_for(host) is fits


def test_a_certificate_is_read_from_its_file(authority: Authority) -> None:
    certificate = ServerCertificate.of(authority.good_file.read_bytes())
    assert certificate.names == ("127.0.0.1",)
    assert certificate.starts_at < certificate.ends_at


def test_a_certificate_without_names_is_for_no_host(authority: Authority) -> None:
    certificate = ServerCertificate.of(authority.ca_file.read_bytes())
    assert certificate.names == ()
    assert not certificate.is_for("127.0.0.1")
