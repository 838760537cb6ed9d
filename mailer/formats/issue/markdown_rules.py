"""Refuses what an issue may not contain: raw HTML, code, pictures from elsewhere, odd links, invisible characters."""

import re
from collections.abc import Sequence
from itertools import islice
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from mailer.domain.errors import BadInput
from mailer.formats.characters import find_invisible

MAX_DEPTH = 20  # of nested lists, quotes and sections, as many as CommonMark parsers commonly follow
MAX_BRACKETS = 1000  # opening brackets in a text; the parser's time grows with the square of their number
SECTION_NAME = re.compile(r"\s*[a-z][a-z0-9_-]*\s*")
SLOT = re.compile(r"@@SLOT:(\w+)@@")
_NEWLINE = re.compile(r"\r\n?|\n")  # CommonMark 2.1


def check_brackets(text: str, *, first_line: int) -> None:
    """Raise BadInput, with the line, if the text has more brackets than the parser can handle in time."""
    if text.count("[") > MAX_BRACKETS:
        at = list(islice(re.finditer(r"\[", text), MAX_BRACKETS + 1))[-1].start()
        line = first_line + len(_NEWLINE.findall(text, 0, at))
        raise BadInput(f"line {line}: more than {MAX_BRACKETS} opening brackets '['; no issue has so many links")


def check(
    tokens: Sequence[Token], text: str, *, slots: frozenset[str], first_line: int, first_heading: int | None
) -> None:
    """Check every token of the text, whose first line is number `first_line` of its file.

    Raises BadInput, beginning with `line N:`, for raw HTML, which could load or run something; code blocks; pictures
    outside the folder, without a description or in the middle of a sentence; links other than https:, http: and
    mailto:; invisible characters; headings out of order; sections without a name or an end; unknown slots.
    """
    lines = _NEWLINE.split(text)
    level = first_heading - 1 if first_heading else None
    line = first_line
    for token, before in zip(tokens, (None, *tokens), strict=False):
        if token.map:
            line = first_line + token.map[0]
        _check_block(token, lines, line)
        if token.type == "heading_open" and level is not None and first_heading is not None:
            level = _checked_level(token, level, first_heading, line)
        if token.type == "inline":
            alone = before is not None and before.type == "paragraph_open"
            _check_words(token.children or [], slots, line, alone=alone)


def _check_block(token: Token, lines: Sequence[str], line: int) -> None:
    if token.level > MAX_DEPTH:
        raise BadInput(f"line {line}: lists, quotes or sections are nested more than {MAX_DEPTH} deep; make it flatter")
    match token.type:
        case "html_block":
            raise BadInput(f"line {line}: raw HTML is not allowed; write it in Markdown")
        case "fence" | "code_block":
            raise BadInput(
                f"line {line}: code has no place in an issue; remove the fence, or the four spaces before the text"
            )
        case "container_section_open":
            end = token.map[1] if token.map else len(lines)
            if end >= len(lines) or not lines[end].lstrip(" \t>").startswith(":::"):
                raise BadInput(
                    f"line {line}: the section '{token.info.strip()}' has no end; close it with a line ':::'"
                )
        case "inline" if token.content.startswith(":::"):
            raise BadInput(
                f"line {line}: '{token.content.splitlines()[0]}' neither begins nor ends a section; a section has a "
                "lower-case name, and an outer section has more colons than an inner one"
            )


def _checked_level(token: Token, last: int, first: int, line: int) -> int:
    level = int(token.tag.removeprefix("h"))
    if level < first:
        raise BadInput(
            f"line {line}: a heading of level {level}; headings here begin at level {first}, '{'#' * first} '"
        )
    if level > last + 1:
        raise BadInput(
            f"line {line}: a heading of level {level}, but level {last + 1} comes next; write '{'#' * (last + 1)} '"
        )
    return level


def _check_words(tokens: Sequence[Token], slots: frozenset[str], line: int, *, alone: bool) -> None:
    for token in tokens:
        match token.type:
            case "html_inline":
                raise BadInput(f"line {line}: raw HTML is not allowed: '{token.content}'; write it in Markdown")
            case "link_open":
                _check_link(str(token.attrs.get("href", "")), line)
            case "image":
                _check_picture(token, line, alone=alone and len(tokens) == 1)
            case "softbreak" | "hardbreak":
                line += 1
            case _:
                _check_text(token.content, slots, line)


def _check_link(href: str, line: int) -> None:
    parts = urlsplit(href)  # the parser has percent-encoded the characters that urlsplit cannot take
    is_complete = {"https": parts.netloc, "http": parts.netloc, "mailto": "@" in parts.path}
    if not is_complete.get(parts.scheme):
        raise BadInput(f"line {line}: a link to '{href}'; write a complete https:, http: or mailto: address")


def picture_name(source: str) -> str:
    """The file name of a picture, whose address the parser has percent-encoded.

    In Unicode's normal form NFC, since some systems decompose accented letters in file names.
    """
    return normalize("NFC", unquote(source))


def _check_picture(token: Token, line: int, *, alone: bool) -> None:
    name = picture_name(str(token.attrs.get("src", "")))
    if not name or re.search(r"[/\\:%]", name) or name.startswith("."):
        raise BadInput(
            f"line {line}: the picture '{name}' is not in the issue's folder; put it there and write its file name"
        )
    if "=?" in name:  # in a header it would be read as an encoded word (RFC 2047)
        raise BadInput(
            f"line {line}: the picture's name '{name}' contains '=?', which mail programs misread; rename it"
        )
    alt = "".join(child.content for child in token.children or [])
    if not alt.strip():
        raise BadInput(f"line {line}: the picture '{name}' has no description; write it between the square brackets")
    _check_text(name + alt, frozenset(), line)
    if not alone:
        raise BadInput(
            f"line {line}: the picture '{name}' is in the middle of a paragraph; put it in its own paragraph"
        )


def _check_text(text: str, slots: frozenset[str], line: int) -> None:
    if character := find_invisible(text.replace("\t", " ").replace("\n", " ")):
        raise BadInput(f"line {line}: the text contains an invisible character, {character}; remove it")
    for slot in SLOT.findall(text) if slots else ():
        if slot not in slots:
            raise BadInput(f"line {line}: there is no slot '{slot}'; the slots are {', '.join(sorted(slots))}")
