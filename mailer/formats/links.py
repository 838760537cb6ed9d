"""Writes the links that members find in copies and letters; they say nothing about the person."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

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
_MAILTO = "mailto:"
_IN_MAILTO = "!$'*+"  # besides letters, digits and -._~ (RFC 6068 §2)
_LOCAL_IN_MAILTO = re.compile(rf"[A-Za-z0-9._~{_IN_MAILTO}-]*")


class CopyLinks(NamedTuple):
    """The addresses in one copy, each empty without one.

    The signed one to unsubscribe at by mail, the page for one click, and the reader's own page, in a copy that is no
    member's a link that looks like the real one.
    """

    unsubscribe: str = ""
    one_click: str = ""
    preferences: str = ""


def link(keys: Keyring, public_url: str, purpose: Purpose, number: int) -> str:
    """The address of the page for this delivery or wish."""
    return f"{public_url.rstrip('/')}/{PATHS[purpose]}/{keys.sign(purpose, number)}"


def sample_links(public_url: str, return_path_domain: str) -> CopyLinks:
    """The addresses in a copy that is no member's."""
    if public_url:
        return CopyLinks(preferences=f"{public_url.rstrip('/')}/{PATHS[Purpose.PREFERENCES]}/{SAMPLE}")
    return CopyLinks(preferences=mail_link(f"{SAMPLE}@{return_path_domain}") if return_path_domain else "")


def mail_link(address: str, subject: str = "", number: int | None = None) -> str:
    """The link that opens a mail to an `Address.wire` (RFC 6068); it is of ASCII, and has no `=?` or space.

    The `number`, if any, ends the subject.
    """
    local, _, domain = address.rpartition("@")
    if not _LOCAL_IN_MAILTO.fullmatch(local):
        local = quote(local, _IN_MAILTO)
    if not subject:
        return f"{_MAILTO}{local}@{domain}"
    return f"{_MAILTO}{local}@{domain}?subject={_quoted(subject)}{'' if number is None else number}"


@lru_cache(maxsize=256)
def _quoted(subject: str) -> str:
    """The subject as a part of a link; but for their numbers, those of a mailing's copies are few."""
    return quote(subject, safe="")


def shown_link(link: str) -> str:
    """The link as a person reads and copies it: of a mail's only the address."""
    return unquote(link.removeprefix(_MAILTO).partition("?")[0]) if link.startswith(_MAILTO) else link


def read_link(keys: Keyring, purpose: Purpose, token: str) -> int | None:
    """The number in a token of this purpose; None for every other text."""
    content: Token | None = keys.read(token)
    return content.number if content is not None and content.purpose is purpose else None
