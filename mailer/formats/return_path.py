"""Writes the addresses under which reports and readers answer to one delivery, and tells whether we have written one."""

from mailer.formats.token import Keyring, Purpose, Token

_OF_ADDRESSES = frozenset({Purpose.BOUNCE, Purpose.UNSUBSCRIBE})


def return_path(keys: Keyring, delivery: int, domain: str) -> str:
    """The address for MAIL FROM that brings a bounce home to its delivery: nothing of the person is in it."""
    return f"{keys.sign(Purpose.BOUNCE, delivery)}@{domain}"


def unsubscribe_address(keys: Keyring, delivery: int, domain: str) -> str:
    """The address to which the reader of this delivery's copy writes to get no more of them."""
    return f"{keys.sign(Purpose.UNSUBSCRIBE, delivery)}@{domain}"


def token_in(address: str, domain: str, keys: Keyring) -> Token | None:
    """What a bare address at this domain says, if we have written it; None for any other text, and without a domain.

    Case counts in neither part. Whether the token is still taken, `domain.return_path` decides.
    """
    local, _, at = address.rpartition("@")
    if not domain or at.lower() != domain.lower():
        return None
    token = keys.read(local)
    return token if token is not None and token.purpose in _OF_ADDRESSES else None


def named_in_message_id(message_id: str, keys: Keyring) -> int | None:
    """The delivery that a Message-ID of ours names, with or without its angle brackets; None for any other text.

    It is ours by its signature, whatever the domain in it: newsletters change theirs.
    """
    local, at, _ = message_id.strip().removeprefix("<").partition("@")
    token = keys.read(local) if at else None
    return token.delivery if token is not None and token.purpose is Purpose.MESSAGE_ID else None
