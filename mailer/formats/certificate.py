"""A server's certificate, read from its file: for which names browsers take it, and from when until when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from cryptography import x509


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCertificate:
    """What a browser asks of a certificate."""

    names: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The first certificate in a file of PEM, which is the server's own."""
        certificate = x509.load_pem_x509_certificates(content)[0]
        return cls(
            names=_names(certificate),
            starts_at=certificate.not_valid_before_utc,
            ends_at=certificate.not_valid_after_utc,
        )

    def is_for(self, host: str) -> bool:
        """Whether browsers take it for this host."""
        return any(_covers(name.casefold(), host.casefold()) for name in self.names)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The host names and addresses in the certificate; what stands in its subject counts for no browser."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = map(str, names.get_values_for_type(x509.IPAddress))
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def _covers(name: str, host: str) -> bool:
    """Whether a name of a certificate is the host's; a star stands for one label (RFC 9525 §6.3)."""
    return host.partition(".")[2] == name[2:] if name.startswith("*.") else host == name
