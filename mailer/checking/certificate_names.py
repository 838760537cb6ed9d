"""Reads a certificate: how long it is valid, and for which names browsers take it."""

from pathlib import Path

from cryptography import x509


def certificate_in(file: Path) -> x509.Certificate:
    """The first certificate of a PEM file."""
    return x509.load_pem_x509_certificates(file.read_bytes())[0]


def names_of(certificate: x509.Certificate) -> list[str]:
    """The host names and addresses in the certificate; what stands in its subject counts for no browser."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = map(str, names.get_values_for_type(x509.IPAddress))
    return [*names.get_values_for_type(x509.DNSName), *addresses]


def covers(name: str, host: str) -> bool:
    """Whether a name of a certificate is the host's; a star stands for one label (RFC 9525 §6.3)."""
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:].casefold()
    return name.casefold() == host
