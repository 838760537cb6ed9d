"""Signs messages with DKIM, so that receivers can check that they come unchanged from the club's domain."""

import re
from binascii import b2a_base64
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from mailer.domain.errors import BadInput
from mailer.formats.address import parse

if TYPE_CHECKING:  # keys need the library cryptography, which only a process that signs should load
    from mailer.formats.message.dkim_key import DkimKey

# The signed fields. Each is listed once more than it occurs, so that the signature fails when another one is added
# (RFC 6376 §5.4.2, §8.15): a mail program might show the added one. Resent-* are not signed: our messages have none,
# and a member who forwards a copy may add them. Nor are trace fields (RFC 6376 §5.4.1), which every relay adds.
_SIGNED = (
    "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Content-Language", "List-Id", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Precedence", "Feedback-ID",
)  # fmt: skip
_NAMES = tuple(name.lower().encode() for name in _SIGNED)

_LINE = 78  # RFC 5322 §2.1.1: characters a line should not exceed
_LONGEST_NAME = 253  # RFC 1035 §2.3.4: octets of a DNS name, as written

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SELECTOR = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")  # RFC 6376 §3.1


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSigner:
    """Signs for one domain with each of its keys, in their order. It is immutable, so threads may share it.

    The RSA key comes first: not every receiver knows Ed25519. Raises BadInput for a domain that is not written as in
    the DNS, without a key, and for two keys with the same selector.
    """

    domain: str
    keys: "tuple[DkimKey, ...]"

    def __post_init__(self) -> None:
        _check_domain(self.domain)
        selectors = {key.selector for key in self.keys}
        if not selectors:
            raise BadInput(f"There is no DKIM key for {self.domain}; make one with openssl genpkey.")
        if len(selectors) < len(self.keys):
            raise BadInput("Two DKIM keys have the same selector; give each key a selector of its own.")
        for key in self.keys:
            if len(record_name(self.domain, key.selector)) > _LONGEST_NAME:
                raise BadInput(f"The DKIM selector {key.selector!r} is too long for the DNS; choose a shorter one.")

    def sign(self, message: bytes, at: int) -> bytes:
        """The message with one DKIM-Signature on top for each key, made at Unix second `at` (RFC 6376, RFC 8463).

        The lines of `message` end in CRLF, and it has one From; ValueError otherwise. The body is hashed once, in its
        simple form: our relay does not change it, and the relaxed form would cost more than the hash itself. The
        header is signed in its relaxed form, because relays refold it.
        """
        end = message.find(b"\r\n\r\n")
        head, listed = _canonical_head(message if end < 0 else message[:end])
        hashed = sha256(head)
        body = _base64(_body_hash(message, len(message) if end < 0 else end + 4))
        fields = []
        for key in self.keys:
            start = (
                f"v=1; a={key.algorithm}-sha256; c=relaxed/simple; t={at};\r\n"
                f" d={self.domain};\r\n s={key.selector};\r\n h={listed};\r\n bh={body};\r\n b="
            )
            digest = hashed.copy()
            digest.update(f"dkim-signature:{start}".replace("\r\n ", " ").encode())
            fields.append(f"DKIM-Signature: {start}{_lines(_base64(key.sign(digest.digest())))}\r\n".encode())
        return b"".join((*fields, message))


def is_selector(text: str) -> bool:
    """Whether the text is a selector (RFC 6376 §3.1): labels of lower-case letters, digits and hyphens."""
    return bool(_SELECTOR.fullmatch(text))


def _check_domain(domain: str) -> None:
    """Raise BadInput unless the domain is written as in a sender's address, with A-labels (RFC 6376 §3.5 `d=`)."""
    try:
        written = parse(f"postmaster@{domain}").domain
    except BadInput:
        raise BadInput(
            f"The DKIM domain {domain!r} is not a domain; write the domain of the sender's address, such as club.example."
        ) from None
    if written != domain:
        raise BadInput(f"The DKIM domain {domain!r} is not written as in the DNS; write {written!r}.")


def record_name(domain: str, selector: str) -> str:
    """The DNS name of the public key (RFC 6376 §3.6.2.1)."""
    return f"{selector}._domainkey.{domain}"


def _canonical_head(head: bytes) -> tuple[bytes, str]:
    """The signed fields in their relaxed form and in the order of the list, and the value of `h=`."""
    names, fields = zip(*[_relaxed(line) for line in _single_spaced(head).split(b"\r\n")], strict=True)
    order, listed = _layout(names)
    return b"".join([fields[place] for place in order]), listed


@lru_cache(maxsize=64)
def _layout(names: tuple[bytes, ...]) -> tuple[tuple[int, ...], str]:
    """The places of the signed fields in their order, and the value of `h=`; cached, since copies have the same fields.

    Of a field that occurs more than once the last comes first (RFC 6376 §5.4.2).
    """
    places = {name: [place for place, other in enumerate(names) if other == name][::-1] for name in _NAMES}
    if len(places[b"from"]) != 1:
        raise ValueError("a message without exactly one From cannot be signed")
    order = tuple(place for name in _NAMES for place in places[name])
    return order, _listed(tuple(map(len, places.values())))


@lru_cache(maxsize=512)
def _relaxed(line: bytes) -> tuple[bytes, bytes]:
    """The name of a field and the field in its relaxed form; cached, since most are the same in each copy of a mailing."""
    name, _, value = line.partition(b":")
    name = name.rstrip().lower()
    return name, b"%b:%b\r\n" % (name, value.strip(b" "))


def _single_spaced(head: bytes) -> bytes:
    """The header unfolded, each run of spaces and tabs made one space. A regular expression takes ten times as long."""
    spaced = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").replace(b"\t", b" ")
    while b"  " in spaced:
        spaced = spaced.replace(b"  ", b" ")
    return spaced


def _listed(counts: tuple[int, ...]) -> str:
    """The value of `h=`, folded, of fields that occur so often."""
    names = [name for name, count in zip(_SIGNED, counts, strict=True) for _ in range(count + 1)]
    lines = names[:1]
    for name in names[1:]:
        # The first line begins with ` h=`; each line ends with a colon or a semicolon.
        if len(lines[-1]) + 1 + len(name) + len(" h=;") <= _LINE:
            lines[-1] += f":{name}"
        else:
            lines[-1] += ":"
            lines.append(name)
    return "\r\n ".join(lines)


def _body_hash(message: bytes, start: int) -> bytes:
    """SHA-256 of the body that begins there, in its simple form: it ends in exactly one CRLF (RFC 6376 §3.4.3)."""
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
