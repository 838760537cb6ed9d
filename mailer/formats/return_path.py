"""Writes and reads the signed addresses of a delivery: its return path, and the address for unsubscribing."""

from mailer.formats.token import Keyring, Purpose, Token

# The number of no delivery, by whose return path `mailer check` finds out whether what comes back gets here.
TRIAL = (1 << 63) - 1
_ADDRESS_PURPOSES = frozenset({Purpose.BOUNCE, Purpose.UNSUBSCRIBE})


def return_path(keys: Keyring, delivery: int, domain: str) -> str:
    """The address for MAIL FROM to which a delivery's bounces return; it says nothing about the person."""
    return f"{keys.sign(Purpose.BOUNCE, delivery)}@{domain}"


def unsubscribe_address(keys: Keyring, delivery: int, domain: str) -> str:
    """The address to which the recipient of a delivery writes to unsubscribe."""
    return f"{keys.sign(Purpose.UNSUBSCRIBE, delivery)}@{domain}"


def token_in(address: str, domain: str, keys: Keyring) -> Token | None:
    """The token in a bare address of ours at this domain; None for any other text, and without a domain.

    Ignores case. Whether the token is still accepted, `domain.return_path` decides.
    """
    local, _, at = address.rpartition("@")
    if not domain or at.lower() != domain.lower():
        return None
    token = keys.read(local)
    return token if token is not None and token.purpose in _ADDRESS_PURPOSES else None
