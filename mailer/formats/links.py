"""Writes the signed links that members find in copies and letters; they say nothing about the person."""

from dataclasses import dataclass

from mailer.formats.token import Keyring, Purpose, Token

# Under `[web] public_url`. A link of one purpose is not valid for another.
PATHS = {
    Purpose.ONE_CLICK: "u",
    Purpose.PREFERENCES: "m",
    Purpose.WEB_COPY: "read",
    Purpose.CONFIRM: "confirm",
    Purpose.UNDO: "undo",
}
SAMPLE = "sample"  # instead of a token, in copies that are no member's: previews and tests


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLinks:
    """The addresses in one copy, each empty without one: to unsubscribe by mail and by one click, and the reader's page."""

    unsubscribe: str = ""
    one_click: str = ""
    preferences: str = ""


def link(keys: Keyring, public_url: str, purpose: Purpose, number: int) -> str:
    """The address of the page for this delivery or wish."""
    return f"{public_url.rstrip('/')}/{PATHS[purpose]}/{keys.sign(purpose, number)}"


def sample_links(public_url: str) -> CopyLinks:
    """The addresses in a copy that is no member's."""
    if not public_url:
        return CopyLinks()
    return CopyLinks(preferences=f"{public_url.rstrip('/')}/{PATHS[Purpose.PREFERENCES]}/{SAMPLE}")


def read_link(keys: Keyring, purpose: Purpose, token: str) -> int | None:
    """The number in a token of this purpose; None for every other text."""
    content: Token | None = keys.read(token)
    return content.number if content is not None and content.purpose is purpose else None
