"""Signs a letter in the name of the club's domain, so that a mail program can tell that nobody has changed it."""

import re
from base64 import b64encode
from binascii import b2a_base64
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from mailer.domain.errors import BadInput
from mailer.formats.address import parse

# The fields a signature covers. Each is listed once for every time it is there and once more, so that the signature
# fails when another is added (RFC 6376 §5.4.2, §8.15): a reader would be shown the added one. Resent-* are left out:
# a letter of ours has none, a member who passes a copy on may add them, and nobody takes them for our words. So are
# trace fields (RFC 6376 §5.4.1), which every relay adds.
_SIGNED = (
    "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Precedence", "Feedback-ID",
)  # fmt: skip
_NAMES = tuple(name.lower().encode() for name in _SIGNED)

_LINE = 78  # RFC 5322 §2.1.1: characters a line should not exceed
_NAME_AT_MOST = 253  # RFC 1035 §2.3.4: octets of a name in the DNS, as it is written
_RSA_BITS = range(2048, 4096 + 1)  # RFC 8301 §3.2: signers should use 2048, verifiers need not take more than 4096

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")  # RFC 6376 §3.1

_PADDING, _DIGEST = PKCS1v15(), Prehashed(SHA256())


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A private key and the selector under which the DNS has its public half."""

    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """What `k=` of the record says; `a=` of a signature adds -sha256."""
        return "rsa" if isinstance(self.private, RSAPrivateKey) else "ed25519"

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest: the same every time (RFC 8017 §8.2, RFC 8463 §3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(digest, _PADDING, _DIGEST)
        return self.private.sign(digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs for one domain with each of its keys, in their order. It never changes, so threads may share it.

    Have an RSA key, and have it first: not every receiver knows Ed25519. Raises BadInput for a domain that is not
    written as the DNS has it, without a key, and where two keys have one selector.
    """

    domain: str
    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        _check_domain(self.domain)
        selectors = {key.selector for key in self.keys}
        if not selectors:
            raise BadInput(f"There is no DKIM key for {self.domain}; make one with openssl genpkey.")
        if len(selectors) < len(self.keys):
            raise BadInput("Two DKIM keys have the same selector; give each key a selector of its own.")
        for key in self.keys:
            if len(record_name(self.domain, key)) > _NAME_AT_MOST:
                raise BadInput(f"The DKIM selector {key.selector!r} is too long for the DNS; choose a shorter one.")

    def sign(self, message: bytes, at: int) -> bytes:
        """The message with one DKIM-Signature on top for each key, made at Unix second `at` (RFC 6376, RFC 8463).

        `message` is as formats.message builds it: lines end in CRLF, and there is one From; ValueError where there is
        not. The body is hashed once, in its simple form: our relay has no reason to touch it, and the relaxed form
        would cost each copy more than its hash. The fields are in the relaxed form, because relays fold them anew.
        """
        end = message.find(b"\r\n\r\n")
        head, counts = _canonical_head(message if end < 0 else message[:end])
        hashed = sha256(head)
        listed = _listed(counts)
        body = _base64(_body_hash(message, len(message) if end < 0 else end + 4))
        fields = []
        for key in self.keys:
            start = (
                f"v=1; a={key.algorithm}-sha256; c=relaxed/simple; t={at};\r\n"
                f" d={self.domain};\r\n s={key.selector};\r\n h={listed};\r\n bh={body};\r\n b="
            )
            own = hashed.copy()
            own.update(f"dkim-signature:{start}".replace("\r\n ", " ").encode())
            fields.append(f"DKIM-Signature: {start}{_lines(_base64(key.sign(own.digest())))}\r\n".encode())
        return b"".join((*fields, message))


def read_key(selector: str, pem: bytes) -> Key:
    """The private key of a PEM file: RSA of 2048 to 4096 bits, or Ed25519, without a passphrase.

    Raises BadInput with what to do otherwise, and never says a word of what the file holds.
    """
    if not _SELECTOR.fullmatch(selector):
        raise BadInput(
            f"The DKIM selector {selector!r} is not a name as the DNS has it; use small ASCII letters, digits and hyphens."
        )
    whose = f"The DKIM key of the selector {selector!r}"
    try:
        private = load_pem_private_key(pem, None)
    except TypeError:
        raise BadInput(f"{whose} has a passphrase; take it out with: openssl pkey -in OLD -out NEW") from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadInput(
            f"{whose} cannot be read; it must be a private key in a PEM file, as openssl genpkey makes it."
        ) from None
    if isinstance(private, Ed25519PrivateKey):
        return Key(selector=selector, private=private)
    if not isinstance(private, RSAPrivateKey):
        raise BadInput(f"{whose} is of a kind that DKIM does not know; make an RSA key of 2048 bits.")
    if private.key_size not in _RSA_BITS:
        raise BadInput(
            f"{whose} has {private.key_size} bits; make one of {_RSA_BITS.start}, or at most {_RSA_BITS.stop - 1}."
        )
    return Key(selector=selector, private=private)


def _check_domain(domain: str) -> None:
    """The domain stands as it does in the addresses of senders, with A-labels (RFC 6376 §3.5 `d=`)."""
    try:
        written = parse(f"postmaster@{domain}").domain
    except BadInput:
        raise BadInput(
            f"The DKIM domain {domain!r} is no domain; write the one of the sender's address, such as club.example."
        ) from None
    if written != domain:
        raise BadInput(f"The DKIM domain {domain!r} is not written as the DNS has it; write {written!r}.")


def record_name(domain: str, key: Key) -> str:
    """Where in the DNS receivers look for the public key (RFC 6376 §3.6.2.1)."""
    return f"{key.selector}._domainkey.{domain}"


def public_record(key: Key) -> str:
    """The TXT record to publish there (RFC 6376 §3.6.1). With RSA it is longer than one string of 255 octets."""
    public = key.private.public_key()
    if key.algorithm == "rsa":
        octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 §4
    return f"v=DKIM1; k={key.algorithm}; p={b64encode(octets).decode('ascii')}"


def _canonical_head(head: bytes) -> tuple[bytes, tuple[int, ...]]:
    """The signed fields in their relaxed form and in the order of the list, and how often each is there.

    Of one that is there more than once the last comes first (RFC 6376 §5.4.2).
    """
    found: dict[bytes, list[bytes]] = {name: [] for name in _NAMES}
    for line in _single_spaced(head).split(b"\r\n"):
        name, _, value = line.partition(b":")
        name = name.rstrip().lower()
        if name in found:
            found[name].insert(0, b"%b:%b\r\n" % (name, value.strip(b" ")))
    if len(found[b"from"]) != 1:
        raise ValueError("a letter has one From, else it cannot be signed")
    return b"".join([line for lines in found.values() for line in lines]), tuple(map(len, found.values()))


def _single_spaced(head: bytes) -> bytes:
    """Unfolded, with one space for each run of spaces and tabs. A regular expression takes ten times as long."""
    spaced = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").replace(b"\t", b" ")
    while b"  " in spaced:
        spaced = spaced.replace(b"  ", b" ")
    return spaced


@lru_cache(maxsize=64)
def _listed(counts: tuple[int, ...]) -> str:
    """`h=`, folded. The copies of a mailing have the same fields, so it is nearly always the same."""
    names = [name for name, count in zip(_SIGNED, counts, strict=True) for _ in range(count + 1)]
    lines = names[:1]
    for name in names[1:]:
        # ` h=` before the first line, and after it a colon or a semicolon
        if len(lines[-1]) + 1 + len(name) + len(" h=;") <= _LINE:
            lines[-1] += f":{name}"
        else:
            lines[-1] += ":"
            lines.append(name)
    return "\r\n ".join(lines)


def _body_hash(message: bytes, start: int) -> bytes:
    """SHA-256 of what begins there, in its simple form: it ends in one CRLF, whatever is there (RFC 6376 §3.4.3)."""
    end = len(message)
    while message.endswith(b"\r\n", start, end):
        end -= 2
    hashed = sha256(memoryview(message)[start:end])
    hashed.update(b"\r\n")
    return hashed.digest()


def _base64(octets: bytes) -> str:
    return b2a_base64(octets, newline=False).decode("ascii")


def _lines(signature: str) -> str:
    """The signature on as many lines as it needs, the first after ` b=`."""
    first, width = _LINE - len(" b="), _LINE - 1
    rest = range(first, len(signature), width)
    return "\r\n ".join((signature[:first], *(signature[at : at + width] for at in rest)))
