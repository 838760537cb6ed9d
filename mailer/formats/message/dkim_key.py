"""Reads a private DKIM key from its PEM file, and writes the DNS record of its public half."""

from base64 import b64encode
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from mailer.domain.errors import BadInput
from mailer.formats.message.dkim import is_selector

_RSA_BITS = range(2048, 4096 + 1)  # RFC 8301 §3.2: signers should use 2048, verifiers may refuse more than 4096
_PADDING, _DIGEST = PKCS1v15(), Prehashed(SHA256())


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """A private key and the selector under which the DNS publishes its public half."""

    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The value of `k=` in the record; `a=` of a signature adds -sha256."""
        return "rsa" if isinstance(self.private, RSAPrivateKey) else "ed25519"

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest: the same every time (RFC 8017 §8.2, RFC 8463 §3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(digest, _PADDING, _DIGEST)
        return self.private.sign(digest)


def read_dkim_key(selector: str, pem: bytes) -> DkimKey:
    """The private key of a PEM file: RSA of 2048 to 4096 bits, or Ed25519, without a passphrase.

    Raises BadInput with a remedy for any other file; the message never quotes the file.
    """
    if not is_selector(selector):
        raise BadInput(
            f"The DKIM selector {selector!r} is not a DNS name; use lower-case ASCII letters, digits and hyphens."
        )
    key_name = f"The DKIM key of the selector {selector!r}"
    try:
        private = load_pem_private_key(pem, None)
    except TypeError:
        raise BadInput(f"{key_name} has a passphrase; remove it with: openssl pkey -in OLD -out NEW") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput(
            f"{key_name} cannot be read; it must be a private key in a PEM file, as openssl genpkey writes it."
        ) from None
    if isinstance(private, Ed25519PrivateKey):
        return DkimKey(selector=selector, private=private)
    if not isinstance(private, RSAPrivateKey):
        raise BadInput(f"{key_name} is of a type that DKIM does not support; make an RSA key of 2048 bits.")
    if private.key_size not in _RSA_BITS:
        raise BadInput(
            f"{key_name} has {private.key_size} bits; make one of {_RSA_BITS.start}, or at most {_RSA_BITS.stop - 1}."
        )
    return DkimKey(selector=selector, private=private)


def public_record(key: DkimKey) -> str:
    """The TXT record to publish (RFC 6376 §3.6.1). With RSA it is longer than one string of 255 octets."""
    public = key.private.public_key()
    if key.algorithm == "rsa":
        octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 §4
    return f"v=DKIM1; k={key.algorithm}; p={b64encode(octets).decode('ascii')}"
