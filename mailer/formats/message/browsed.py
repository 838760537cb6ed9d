"""Makes the HTML of a copy ready for a browser: its pictures inside it, and the colours of a light or a dark screen."""

import re
from base64 import b64encode
from collections.abc import Iterable
from enum import StrEnum

from mailer.domain.issue import PictureFile


class Scheme(StrEnum):
    """The colours of the screen that a copy is shown on."""

    LIGHT = "light"
    DARK = "dark"


# The rules for dark screens that the shipped templates have, and others may write with more conditions.
_DARK_RULES = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
_SCHEMES = re.compile(r'(<meta\s+name="(?:supported-)?color-schemes?"\s+content=")[^"]*(")', re.IGNORECASE)
# Conditions that are always true, and never: a viewport has some width, and none of it is negative.
_ALWAYS, _NEVER = "(min-width: 0)", "(max-width: 0)"


def browsed_html(html: str, pictures: Iterable[PictureFile], scheme: Scheme) -> str:
    """The HTML with each `cid:` picture as a data URI, and with the rules for this kind of screen alone.

    A mail program that changes colours by rules of its own is not imitated.
    """
    html = with_pictures(html, pictures)
    html = _DARK_RULES.sub(lambda rule: _ALWAYS if rule[1].lower() == scheme else _NEVER, html)
    return _SCHEMES.sub(rf"\g<1>{scheme}\g<2>", html)


def with_pictures(html: str, pictures: Iterable[PictureFile]) -> str:
    """The HTML with each `cid:` picture as a data URI."""
    for picture in pictures:
        data = f"data:image/{picture.subtype};base64,{b64encode(picture.content).decode()}"
        html = html.replace(f"cid:{picture.content_id}", data)
    return html


def unwrapped(text: str) -> list[str]:
    """The paragraphs of a format=flowed text (RFC 3676 §4.2), each on one line, as programs that know the format read it."""
    paragraphs, begun = list[str](), ""
    for line in text.split("\n"):
        flowing = line.removeprefix(" ")  # space-stuffed (§4.4)
        if line.endswith(" ") and line != "-- ":
            begun += flowing
        else:
            paragraphs.append(begun + (flowing if begun else line))
            begun = ""
    return [*paragraphs, begun] if begun else paragraphs
