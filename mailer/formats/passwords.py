"""Passwords as they are kept: hashed with Argon2id (RFC 9106)."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def hash_password(password: str) -> str:
    """The hash to keep, with its parameters and salt."""
    return _hasher().hash(password)


def fits(digest: str | None, password: str) -> bool:
    """Whether the password has this hash; an unknown user (None) takes as long as a known one."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(digest or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return digest is not None


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    return _hasher().hash("the password of nobody")
