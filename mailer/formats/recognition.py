"""Tells a service of this installation from another one at the same port: each side proves to the other that it has our key."""

import hmac
import secrets
from pathlib import Path

from mailer.formats.token import Keyring

# The headers of the question and of its answer.
ASKS, ANSWERS = "club-mailer-asks", "club-mailer-answers"
# A key ring has a key or two; more proofs than this are not looked at.
MOST_PROOFS = 10


def question(keys: Keyring, folder: Path) -> str:
    """A question to a service of the installation in this folder, other words each time, with a proof for each of our keys."""
    nonce = secrets.token_hex(16)
    return " ".join([nonce, *(_proof(key, "asks", nonce, folder) for key in keys.keys)])


def answer(keys: Keyring, folder: Path, inquiry: str) -> str:
    """The answer of the installation in this folder; empty for a stranger, who learns nothing."""
    nonce, *proofs = inquiry.split(" ")
    for key in keys.keys:
        expected = _proof(key, "asks", nonce, folder)
        if any(_is_same(proof, expected) for proof in proofs[:MOST_PROOFS]):
            return _proof(key, "answers", nonce, folder)
    return ""


def is_answered(keys: Keyring, folder: Path, inquiry: str, answered: str) -> bool:
    """Whether a service with one of our keys, in this folder, has given this answer to this question."""
    nonce = inquiry.partition(" ")[0]
    return any(_is_same(answered, _proof(key, "answers", nonce, folder)) for key in keys.keys)


def _proof(key: bytes, purpose: str, nonce: str, folder: Path) -> str:
    # Two installations may have one key, where one is a copy of the other.
    return Keyring(keys=(key,)).digest(purpose, f"{nonce} {folder}")


def _is_same(proof: str, expected: str) -> bool:
    return hmac.compare_digest(proof.encode(), expected.encode())
