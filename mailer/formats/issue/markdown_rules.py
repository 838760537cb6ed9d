"""Names what an issue may not contain: raw HTML, code, pictures from elsewhere, odd links, invisible characters."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from mailer.domain.defect import Defect
from mailer.domain.edition import ADDRESSES, SLOT_LINK
from mailer.formats.characters import find_invisible
from mailer.formats.issue.dialect import MAX_DEPTH
from mailer.formats.issue.lost_words import find_lost_words

NO_BLOCKS = frozenset({"html_block", "fence", "code_block"})  # refused, and so without a block in the tree
MAX_BRACKETS = 1000  # opening brackets in a text; the parser's time grows with the square of their number
SLOT = re.compile(rf"(?:@@SLOT:(?=\w+@@)|{re.escape(SLOT_LINK)})(\w+)(?:@@)?")
_NEWLINE = re.compile(r"\r\n?|\n")  # CommonMark 2.1


def lines_of(text: str) -> list[str]:
    """The lines of a Markdown text, as the parser counts them."""
    return _NEWLINE.split(text)


def find_brackets(text: str, *, first_line: int) -> list[Defect]:
    """The place where a text has more brackets than the parser can handle in time; empty if it has not."""
    if text.count("[") <= MAX_BRACKETS:
        return []
    at = list(islice(re.finditer(r"\[", text), MAX_BRACKETS + 1))[-1].start()
    line = first_line + len(_NEWLINE.findall(text, 0, at))
    return [Defect(line=line, what=f"more than {MAX_BRACKETS} opening brackets '['; no issue has so many links")]


def find_errors(
    tokens: Sequence[Token], text: str, *, slots: frozenset[str], first_line: int, first_heading: int | None
) -> Iterator[Defect]:
    """What is wrong in the tokens of the text, whose first line is number `first_line` of its file.

    Raw HTML, which could load or run something; code blocks; pictures outside the folder, without a description or in
    the middle of a sentence; links other than https:, http: and mailto:; invisible characters; headings out of order;
    sections without a name or an end; words that no part would show; unknown slots.
    """
    lines = lines_of(text)
    level = first_heading - 1 if first_heading else None
    line = first_line
    for token, before in zip(tokens, (None, *tokens), strict=False):
        if token.map:
            line = first_line + token.map[0]
        yield from _block_errors(token, lines, line)
        if token.type == "heading_open" and level is not None and first_heading is not None:
            yield from _level_errors(token, level, first_heading, line)
            level = int(token.tag.removeprefix("h"))
        if token.type == "inline":
            alone = before is not None and before.type == "paragraph_open"
            yield from _word_errors(token.children or [], slots, line, alone=alone)
    yield from find_lost_words(tokens, lines, first_line=first_line)


def _block_errors(token: Token, lines: Sequence[str], line: int) -> Iterator[Defect]:
    if token.level > MAX_DEPTH:
        yield Defect(
            line=line, what=f"lists, quotes or sections are nested more than {MAX_DEPTH} deep; make it flatter"
        )
    match token.type:
        case "html_block":
            yield Defect(line=line, what="raw HTML is not allowed; write it in Markdown")
        case "fence" | "code_block":
            yield Defect(
                line=line, what="code has no place in an issue; remove the fence, or the four spaces before the text"
            )
        case "container_section_open":
            end = token.map[1] if token.map else len(lines)
            if end >= len(lines) or not lines[end].lstrip(" \t>").startswith(":::"):
                yield Defect(
                    line=line, what=f"the section '{token.info.strip()}' has no end; close it with a line ':::'"
                )
        case "inline" if token.content.startswith(":::"):
            yield Defect(
                line=line,
                what=f"'{token.content.splitlines()[0]}' neither begins nor ends a section; a section has a "
                "lower-case name, and an outer section has more colons than an inner one",
            )


def _level_errors(token: Token, last: int, first: int, line: int) -> Iterator[Defect]:
    level = int(token.tag.removeprefix("h"))
    if level < first:
        yield Defect(
            line=line, what=f"a heading of level {level}; headings here begin at level {first}, '{'#' * first} '"
        )
    elif level > last + 1:
        yield Defect(
            line=line, what=f"a heading of level {level}, but level {last + 1} comes next; write '{'#' * (last + 1)} '"
        )


def _word_errors(tokens: Sequence[Token], slots: frozenset[str], line: int, *, alone: bool) -> Iterator[Defect]:
    for token in tokens:
        match token.type:
            case "html_inline":
                yield Defect(line=line, what=f"raw HTML is not allowed: '{token.content}'; write it in Markdown")
            case "link_open":
                yield from _link_errors(str(token.attrs.get("href", "")), slots, line)
            case "image":
                yield from _picture_errors(token, line, alone=alone and len(tokens) == 1)
            case "softbreak" | "hardbreak":
                line += 1
            case _:
                yield from _text_errors(token.content, slots, line)


def _link_errors(href: str, slots: frozenset[str], line: int) -> Iterator[Defect]:
    if href.startswith(SLOT_LINK) and href.removeprefix(SLOT_LINK) not in slots & ADDRESSES:
        yield Defect(line=line, what=f"a link to '{href}', which is no address that a template can fill in; remove it")
    parts = urlsplit(href)  # the parser has percent-encoded the characters that urlsplit cannot take
    is_complete = {"https": parts.netloc, "http": parts.netloc, "mailto": "@" in parts.path}
    if not is_complete.get(parts.scheme):
        yield Defect(line=line, what=f"a link to '{href}'; write a complete https:, http: or mailto: address")


def picture_name(source: str) -> str:
    """The file name of a picture, whose address the parser has percent-encoded.

    In Unicode's normal form NFC, since some systems decompose accented letters in file names.
    """
    return normalize("NFC", unquote(source))


def description(picture: Token) -> str:
    """What stands between the square brackets of a picture, on one line."""
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content for child in picture.children or []
    )


def _picture_errors(token: Token, line: int, *, alone: bool) -> Iterator[Defect]:
    name = picture_name(str(token.attrs.get("src", "")))
    if not name or re.search(r"[/\\:%]", name) or name.startswith("."):
        yield Defect(
            line=line, what=f"the picture '{name}' is not in the issue's folder; put it there and write its file name"
        )
    if "=?" in name:  # in a header it would be read as an encoded word (RFC 2047)
        yield Defect(
            line=line, what=f"the picture's name '{name}' contains '=?', which mail programs misread; rename it"
        )
    alt = description(token)
    if not alt.strip():
        yield Defect(line=line, what=f"the picture '{name}' has no description; write it between the square brackets")
    yield from _text_errors(name + alt, frozenset(), line)
    if not alone:
        yield Defect(
            line=line, what=f"the picture '{name}' is in the middle of a paragraph; put it in its own paragraph"
        )


def _text_errors(text: str, slots: frozenset[str], line: int) -> Iterator[Defect]:
    if character := find_invisible(text.replace("\t", " ").replace("\n", " ")):
        yield Defect(line=line, what=f"the text contains an invisible character, {character}; remove it")
    for slot in SLOT.findall(text) if slots else ():
        if slot not in slots:
            yield Defect(line=line, what=f"there is no slot '{slot}'; the slots are {', '.join(sorted(slots))}")
