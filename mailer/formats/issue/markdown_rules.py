"""What may not stand in the text of a letter: raw HTML, code, foreign pictures, odd links, unseen characters."""

import re
from collections.abc import Sequence
from itertools import islice
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from mailer.domain.errors import BadInput
from mailer.formats.characters import find_invisible

DEEPEST = 20  # lists, quotes and sections in one another, as many as CommonMark readers commonly follow
MOST_BRACKETS = 1000  # openings in a text; the reader takes a time that grows with the square of their number
SECTION_NAME = re.compile(r"\s*[a-z][a-z0-9_-]*\s*")
SLOT = re.compile(r"@@SLOT:(\w+)@@")
_NEWLINE = re.compile(r"\r\n?|\n")  # CommonMark 2.1


def check_brackets(text: str, *, first_line: int) -> None:
    """Nothing, when the reader can be given the text; BadInput with the line where there are too many brackets."""
    if text.count("[") > MOST_BRACKETS:
        at = list(islice(re.finditer(r"\[", text), MOST_BRACKETS + 1))[-1].start()
        line = first_line + len(_NEWLINE.findall(text, 0, at))
        raise BadInput(f"line {line}: more than {MOST_BRACKETS} opening brackets '['; no issue has so many links")


def check(
    tokens: Sequence[Token], text: str, *, slots: frozenset[str], first_line: int, first_heading: int | None
) -> None:
    """Nothing, when every token of the text may stand in a letter.

    Raises BadInput, beginning with `line N:` (the text's first line is number `first_line`), for raw HTML (R3), code
    blocks, pictures that are no file of the folder, lack a description or stand among words, links other than https:,
    http: and mailto:, unseen characters, headings out of order, sections without a name or an end, unknown slots.
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
    if token.level > DEEPEST:
        raise BadInput(f"line {line}: lists, quotes or sections are nested more than {DEEPEST} deep; make it flatter")
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
                "lower-case name, and an outer one more colons than those within"
            )


def _checked_level(token: Token, last: int, first: int, line: int) -> int:
    level = int(token.tag.removeprefix("h"))
    if level < first:
        raise BadInput(
            f"line {line}: a heading of level {level}; headings here begin at level {first}, '{'#' * first} '"
        )
    if level > last + 1:
        raise BadInput(
            f"line {line}: a heading of level {level} where level {last + 1} is next; write '{'#' * (last + 1)} '"
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
    parts = urlsplit(href)  # the reader has percent-encoded all that urlsplit stumbles over
    whole = {"https": parts.netloc, "http": parts.netloc, "mailto": "@" in parts.path}
    if not whole.get(parts.scheme):
        raise BadInput(f"line {line}: a link to '{href}'; links lead to https:, http: or mailto: addresses, in full")


def picture_name(source: str) -> str:
    """The file name that a picture's address stands for: the reader has percent-encoded what is not ASCII.

    In the normal form NFC, since some systems write the letters of file names in parts.
    """
    return normalize("NFC", unquote(source))


def _check_picture(token: Token, line: int, *, alone: bool) -> None:
    name = picture_name(str(token.attrs.get("src", "")))
    if not name or re.search(r"[/\\:%]", name) or name.startswith("."):
        raise BadInput(
            f"line {line}: the picture '{name}' is not in the issue's folder; put it there and give its file name"
        )
    if "=?" in name:  # an encoded word (RFC 2047) to who reads the headers
        raise BadInput(f"line {line}: the picture's name '{name}' holds '=?', which mail programs misread; rename it")
    alt = "".join(child.content for child in token.children or [])
    if not alt.strip():
        raise BadInput(f"line {line}: the picture '{name}' has no description; write it between the square brackets")
    _check_text(name + alt, frozenset(), line)
    if not alone:
        raise BadInput(f"line {line}: the picture '{name}' stands among words; give it a paragraph of its own")


def _check_text(text: str, slots: frozenset[str], line: int) -> None:
    found = find_invisible(text.replace("\t", " ").replace("\n", " "))
    if found:
        raise BadInput(f"line {line}: the text holds an unseen character, {found}; remove it")
    for slot in SLOT.findall(text) if slots else ():
        if slot not in slots:
            raise BadInput(f"line {line}: there is no slot '{slot}'; the slots are {', '.join(sorted(slots))}")
