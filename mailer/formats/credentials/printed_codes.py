"""A sheet of printed codes, each good for one sign-in: the second way of a person without a telephone at hand."""

import secrets
from hashlib import sha256

from mailer.formats.credentials.typed import typed_code

SHEET = 10  # codes
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no i, l, o or u
_LENGTH = 12  # characters, 60 bits: too many to try even with the digests at hand
_GROUP = 4


def new_sheet() -> tuple[str, ...]:
    """Ten codes as they are printed, such as `k7m2-q9xd-04tp`."""
    return tuple(_in_groups("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))) for _ in range(SHEET))


def code_digest(user: int, typed: str) -> str:
    """What is stored of a code of this user, however it is typed."""
    return sha256(f"printed code:{user}:{typed_code(typed)}".encode()).hexdigest()


def may_be_printed(typed: str) -> bool:
    """Whether this has the length of a printed code."""
    return len(typed_code(typed)) == _LENGTH


def _in_groups(code: str) -> str:
    return "-".join(code[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))
