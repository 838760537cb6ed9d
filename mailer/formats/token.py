"""Signs a delivery's number, so that whatever comes back with it in an address or a Message-ID is known to be ours."""

import hmac
from base64 import b32encode
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # of base32 (RFC 4648 §6), in small letters: servers fold the local part
_DIGITS = {digit: value for value, digit in enumerate(_ALPHABET)}
_KEY_ID = 2  # characters, 10 bits: one key is tried and not each, nothing more
_SEAL = 16  # characters, 80 bits of the HMAC
_DIGEST = 32  # hex digits, 128 bits of the HMAC
_DELIVERIES = 1 << 63  # what a database integer holds is below
_DIGITS_AT_MOST = 13  # base-32 digits of the largest
# At most 32 octets; a local part may have 64 (RFC 5321 §4.5.3.1.1).
_LENGTHS = range(1 + _KEY_ID + 1 + _SEAL, 1 + _KEY_ID + _DIGITS_AT_MOST + _SEAL + 1)


class Purpose(StrEnum):
    """What a token is for, by its first letter; of one purpose none can be made for another."""

    BOUNCE = "b"
    MESSAGE_ID = "m"
    UNSUBSCRIBE = "u"


_PURPOSES = {str(purpose): purpose for purpose in Purpose}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a token says that one of our keys has signed."""

    purpose: Purpose
    delivery: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Secret keys, the newest first: that one signs, all of them verify. ValueError without a key."""

    keys: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not all(self.keys) or not self.keys:
            raise ValueError("a key ring has keys, and none of them is empty")

    def sign(self, purpose: Purpose, delivery: int) -> str:
        """The token of a delivery, the same every time: letters a to z and digits 2 to 7, at most 32 of them.

        It has no separator: what is there behind a + or a - many servers take for an extension of the address.
        ValueError for a number that no delivery has.
        """
        if not 0 < delivery < _DELIVERIES:
            raise ValueError(f"no delivery has the number {delivery}")
        return _made(self.keys[0], purpose, delivery)

    def digest(self, word: str, text: str) -> str:
        """What only we can make of this text for the purpose that the word (letters alone) names: 32 hex digits.

        It is the same every time, and no token. ValueError for another word.
        """
        if not (word.isascii() and word.isalpha()):
            raise ValueError(f"{word!r} is no word for a purpose")
        return hmac.digest(self.keys[0], f"digest:{word}:{text}".encode(), "sha256").hex()[:_DIGEST]

    def read(self, token: str) -> Token | None:
        """What the token says, in whatever case its letters are; None for any text that `sign` has not made."""
        if len(token) not in _LENGTHS or not token.isascii():
            return None
        folded = token.lower()
        purpose, delivery = _PURPOSES.get(folded[0]), _number(folded[1 + _KEY_ID : -_SEAL])
        if purpose is None or not 0 < delivery < _DELIVERIES:
            return None
        for key in self.keys:
            # Made anew and compared whole, so that there is one way to write it.
            if folded.startswith(_key_id(key), 1) and hmac.compare_digest(folded, _made(key, purpose, delivery)):
                return Token(purpose=purpose, delivery=delivery)
        return None


def _made(key: bytes, purpose: Purpose, delivery: int) -> str:
    said = hmac.digest(key, f"token:{purpose.value}:{delivery}".encode(), "sha256")
    return f"{purpose.value}{_key_id(key)}{_digits(delivery)}{_base32(said[:10])}"


@lru_cache(maxsize=16)
def _key_id(key: bytes) -> str:
    return _base32(hmac.digest(key, b"key id", "sha256")[:5])[:_KEY_ID]


def _base32(octets: bytes) -> str:
    return b32encode(octets).decode("ascii").lower()


def _digits(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def _number(digits: str) -> int:
    """The number that these digits write, 0 where one is no digit; `a`, the zero, at their head changes nothing."""
    number = 0
    for digit in digits:
        value = _DIGITS.get(digit)
        if value is None:
            return 0
        number = number * len(_ALPHABET) + value
    return number
