"""Encrypts a secret with a key of the key ring, so that a copy of the database alone does not give it away."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from mailer.formats.token import Keyring

_NONCE = 12  # octets (NIST SP 800-38D §8.2); a key seals far fewer texts than the 2^32 for which random ones suffice


def seal(keys: Keyring, purpose: str, text: str) -> str:
    """The text encrypted with the newest key: ASCII letters, digits, `-` and `_`, other ones every time.

    It can be opened for this purpose alone, which may name a row, so that it is worth nothing in another.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # most processes seal nothing

    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_key(keys.keys[0])).encrypt(nonce, text.encode(), purpose.encode())
    return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def unseal(keys: Keyring, purpose: str, sealed: str) -> str | None:
    """What `seal` has encrypted for this purpose with a key that is still in the ring; None for any other text."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        octets = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except ValueError:
        return None
    for key in keys.keys:
        try:
            return AESGCM(_key(key)).decrypt(octets[:_NONCE], octets[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError):  # ValueError: too short
            continue
    return None


def _key(key: bytes) -> bytes:
    return hmac.digest(key, b"seal", "sha256")  # 32 octets: AES-256
