"""Writes and reads the signed Message-ID of a delivery."""

from mailer.formats.token import Keyring, Purpose


def message_id(delivery: int, keys: Keyring, domain: str) -> str:
    """The Message-ID of a delivery, the same on every attempt: `<m…@domain>`, its token signed with the first key."""
    return f"<{keys.sign(Purpose.MESSAGE_ID, delivery)}@{domain}>"


def delivery_in_message_id(message_id: str, keys: Keyring) -> int | None:
    """The delivery named by one of our Message-IDs, with or without angle brackets; None for any other text.

    The signature decides, whatever the domain: newsletters change theirs.
    """
    local, at, _ = message_id.strip().removeprefix("<").partition("@")
    token = keys.read(local) if at else None
    return token.number if token is not None and token.purpose is Purpose.MESSAGE_ID else None
