"""Signs the number of a delivery or a wish, so that an address, a link or a Message-ID that comes back is provably ours."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # base32 (RFC 4648 §6) in lower case, since servers fold the local part
_DIGITS = {digit: value for value, digit in enumerate(_ALPHABET)}
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # of two digits, ten bits
_KEY_ID = 2  # characters, 10 bits: tells which key to try, nothing more
_BLOCK = 64  # octets of one block of SHA-256
_SEAL = 16  # characters, 80 bits of the HMAC
_DIGEST = 32  # hex digits, 128 bits of the HMAC
_LIMIT = 1 << 63  # above every integer of the database
_DIGITS_AT_MOST = 13  # base-32 digits of the largest number
# At most 32 octets; a local part may have 64 (RFC 5321 §4.5.3.1.1).
_LENGTHS = range(1 + _KEY_ID + 1 + _SEAL, 1 + _KEY_ID + _DIGITS_AT_MOST + _SEAL + 1)
# A text of that length, with no letter or digit beside it, as mail servers return it: links are not looked for.
_CANDIDATE = re.compile(
    rf"(?<![a-z0-9])[bmu][a-z2-7]{{{_LENGTHS[0] - 1},{_LENGTHS[-1] - 1}}}(?![a-z0-9])", re.IGNORECASE | re.ASCII
)


class Purpose(StrEnum):
    """The purpose of a token, which is its first letter; a token of one purpose is not valid for another."""

    BOUNCE = "b"
    MESSAGE_ID = "m"
    UNSUBSCRIBE = "u"
    # Links: of a delivery, …
    ONE_CLICK = "o"
    PREFERENCES = "p"
    WEB_COPY = "w"
    # … and of a wish.
    CONFIRM = "c"
    UNDO = "d"


_PURPOSES = {str(purpose): purpose for purpose in Purpose}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """The content of a token signed by one of our keys."""

    purpose: Purpose
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Secret keys: the first, the newest, signs; all of them verify. ValueError without a key."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not all(self.keys) or not self.keys:
            raise ValueError("a key ring needs keys, and none may be empty")

    def sign(self, purpose: Purpose, number: int) -> str:
        """The token of a delivery or a wish, always the same: at most 32 letters a to z and digits 2 to 7.

        It has no separator: many servers treat the text after + or - as an extension of the address.
        ValueError for a number that no row of the database can have.
        """
        if not 0 < number < _LIMIT:
            raise ValueError(f"no delivery and no wish can have the number {number}")
        return _token(self.keys[0], purpose, number)

    def digest(self, purpose: str, text: str) -> str:
        """A keyed hash of the text for a purpose (ASCII letters only): 32 hex digits, always the same.

        It is not a token. ValueError for a purpose with other characters.
        """
        if not (purpose.isascii() and purpose.isalpha()):
            raise ValueError(f"{purpose!r} cannot name a purpose")
        return hmac.digest(self.keys[0], f"digest:{purpose}:{text}".encode(), "sha256").hex()[:_DIGEST]

    def read(self, token: str) -> Token | None:
        """The content of a token, in upper or lower case; None for any text that `sign` has not made."""
        if len(token) not in _LENGTHS or not token.isascii():
            return None
        folded = token.lower()
        purpose, number = _PURPOSES.get(folded[0]), _number(folded[1 + _KEY_ID : -_SEAL])
        if purpose is None or not 0 < number < _LIMIT:
            return None
        for key in self.keys:
            # Compare with the whole token made again, so that a token has only one spelling.
            if folded.startswith(_begun(key, purpose)[0]) and hmac.compare_digest(folded, _token(key, purpose, number)):
                return Token(purpose=purpose, number=number)
        return None

    def find(self, text: str) -> Iterator[Token]:
        """The tokens in a text, in order; one that has a letter or a digit beside it is not ours."""
        for candidate in _CANDIDATE.finditer(text):
            token = self.read(candidate[0])
            if token is not None:
                yield token


def _token(key: bytes, purpose: Purpose, number: int) -> str:
    start, keyed, outer = _begun(key, purpose)
    inner, seal = keyed.copy(), outer.copy()
    inner.update(b"%d" % number)
    seal.update(inner.digest())
    return f"{start}{_digits(number)}{_sixteen_digits(seal.digest())}"


@lru_cache(maxsize=64)
def _begun(key: bytes, purpose: Purpose) -> "tuple[str, hashlib._Hash, hashlib._Hash]":
    """What every token of a purpose begins with, and the two hashes of its HMAC so far (RFC 2104 §2).

    Each copy has several tokens: copying the hashes takes 0.6 µs where the library's object takes 1.1.
    """
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = (sha256(bytes([octet ^ pad for octet in block])) for pad in (0x36, 0x5C))
    inner.update(f"token:{purpose}:".encode())
    return f"{purpose}{_key_id(key)}", inner, outer


def _key_id(key: bytes) -> str:
    return _sixteen_digits(hmac.digest(key, b"key id", "sha256"))[:_KEY_ID]


def _sixteen_digits(octets: bytes) -> str:
    """The first ten octets in base 32."""
    bits = int.from_bytes(octets[:10], "big")
    return (
        f"{_PAIRS[bits >> 70]}{_PAIRS[bits >> 60 & 1023]}{_PAIRS[bits >> 50 & 1023]}{_PAIRS[bits >> 40 & 1023]}"
        f"{_PAIRS[bits >> 30 & 1023]}{_PAIRS[bits >> 20 & 1023]}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"
    )


def _digits(number: int) -> str:
    """The number in base 32, without leading zeros."""
    digits = ""
    while number >= len(_ALPHABET):
        number, pair = number >> 10, number & 1023
        digits = _PAIRS[pair] + digits
    return _ALPHABET[number] + digits if number else digits


def _number(digits: str) -> int:
    """The value of these digits, 0 if one is no digit; leading zeros (`a`) change nothing."""
    number = 0
    for digit in digits:
        value = _DIGITS.get(digit)
        if value is None:
            return 0
        number = number * len(_ALPHABET) + value
    return number
