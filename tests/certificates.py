"""A certificate authority made for the tests, and a relay's certificates signed by it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority for the client, and certificates for servers: for 127.0.0.1, and for another.example.

    `good_file` has the certificate for 127.0.0.1 and its key in PEM.
    """

    ca_file: Path
    good_file: Path
    good: ssl.SSLContext
    for_another_host: ssl.SSLContext
    expired: ssl.SSLContext
    not_yet_valid: ssl.SSLContext


def an_authority(folder: Path) -> Authority:
    """A new authority, whose files are in the folder."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("Test Authority")
    certificate = (
        _builder(subject=name, issuer=name, key=key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(file: str, alternative: x509.GeneralName, *, begins: timedelta = -HOUR) -> ssl.SSLContext:
        own = ec.generate_private_key(ec.SECP256R1())
        signed = (
            _builder(subject=_name(file), issuer=name, key=own, begins=begins)
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        path = folder / f"{file}.pem"
        path.write_bytes(
            own.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    loopback = x509.IPAddress(ip_address("127.0.0.1"))
    return Authority(
        ca_file=ca_file,
        good_file=folder / "loopback.pem",
        good=server("loopback", loopback),
        for_another_host=server("another", x509.DNSName("another.example")),
        expired=server("expired", loopback, begins=-2 * DAY),
        not_yet_valid=server("not-yet-valid", loopback, begins=HOUR),
    )


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _builder(
    *, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begins: timedelta = -HOUR
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the system clock
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + begins + DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
