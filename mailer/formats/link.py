"""Signs the address of a page for some minutes, so that it opens without a session and cannot be changed."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime

from mailer.formats.token import Keyring

_LONGEST = 1000  # characters of a signed text; a longer one is none of ours
_SEAL = 32  # hex digits of the keyed hash at its end


def sign_link(keys: Keyring, purpose: str, values: Mapping[str, str], expires: datetime) -> str:
    """The values as one word for an address: letters, digits, `-`, `_` and a dot. It is valid until `expires`.

    `purpose` is one word of ASCII letters; a link that was signed for another purpose is not valid. Anybody can read
    the values: they are ids and choices, never names. ValueError for values that make it too long.
    """
    document = json.dumps([int(expires.timestamp()), dict(values)], separators=(",", ":"), ensure_ascii=True)
    body = urlsafe_b64encode(document.encode()).decode().rstrip("=")
    link = f"{body}.{keys.digest(_named(purpose), body)}"
    if len(link) > _LONGEST:
        raise ValueError(f"a signed link of {len(link)} characters is too long")
    return link


def read_link(keys: Keyring, purpose: str, link: str, now: datetime) -> dict[str, str] | None:
    """The values of a link that `sign_link` made for this purpose and that has not expired; None for any other text."""
    body, dot, seal = link.rpartition(".")
    if not dot or len(link) > _LONGEST or not link.isascii() or len(seal) != _SEAL:
        return None
    seals = [Keyring(keys=(key,)).digest(_named(purpose), body) for key in keys.keys]
    if not any(hmac.compare_digest(seal, own) for own in seals):
        return None
    # What was signed by us is as we wrote it.
    expires, values = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return dict(values) if now < datetime.fromtimestamp(expires, UTC) else None


def _named(purpose: str) -> str:
    return f"link{purpose}"
