"""Names links whose words are an address: read aloud it is noise, and mail filters count it."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from markdown_it.token import Token

from mailer.domain.defect import Defect

_SCHEME = re.compile(r"(?i)https?://")
_HOST = re.compile(r"(?i)(?:https?://)?(?:www\.)?")


def find_bare_links(tokens: Sequence[Token], *, first_line: int) -> Iterator[Defect]:
    """The links, with their lines. A mail address may stand as it is, and so may a site's name: Booking.com."""
    for token in tokens:
        line, href, words = first_line + (token.map[0] if token.map else 0), "", ""
        for child in token.children or []:
            match child.type:
                case "link_open":
                    href, words = str(child.attrs["href"]), ""
                case "link_close":
                    if _is_address(words.strip(), href):
                        what = f"the link's words are its address, {words.strip()}; write [what it leads to](address)"
                        yield Defect(line=line, what=what)
                case "softbreak" | "hardbreak":
                    line += 1
                case _:
                    words += child.content


def _is_address(words: str, href: str) -> bool:
    if not _SCHEME.match(href) or " " in words:
        return False
    if _SCHEME.match(words) or words.casefold().startswith("www."):
        return True
    return "/" in words.rstrip("/") and _plain(words) == _plain(href)


def _plain(address: str) -> str:
    return unquote(_HOST.sub("", address, count=1)).rstrip("/").casefold()
