"""Turns a password into a hash from which it cannot be found out, and compares a typed one with it."""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mailer.domain.errors import TryLater

# RFC 9106 §4, the second recommended option: 64 MiB and three passes.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Each takes 64 MiB and all cores: more at once would only slow the sender down.
_TURNS = BoundedSemaphore(2)
_PATIENCE = 20  # seconds until a turn, else the page says that it is busy
# Compared with where no user has the name, so that the answer takes as long: no password has this hash.
_NO_USERS = "$argon2id$v=19$m=65536,t=3,p=4$Y2x1Yi1tYWlsZXItbm8tdXNlcg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def hash_password(password: str) -> str:
    """A hash of the password with a salt of its own, as text that names its parameters. Raises TryLater."""
    with _Turn():
        return HASHER.hash(_normal(password))


def is_password(stored: str | None, typed: str) -> bool:
    """Whether this password was hashed; without a hash the same work is done, and the answer is no. Raises TryLater."""
    with _Turn():
        try:
            HASHER.verify(stored or _NO_USERS, _normal(typed))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than a new one would be."""
    return HASHER.check_needs_rehash(stored)


def _normal(password: str) -> bytes:
    # One keyboard sends й as one character and another as two: NIST SP 800-63B §3.1.1.2 has both normalised.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


class _Turn:
    """Waits until at most one other password is being hashed."""

    def __enter__(self) -> None:
        if not _TURNS.acquire(timeout=_PATIENCE):
            raise TryLater("too many people are signing in at once; try again in a minute")

    def __exit__(self, *_: object) -> None:
        _TURNS.release()
