"""Removes print artifacts from a raw text: page numbers, copy lines, picture sizes, bullets, invisible characters."""

import re
from collections.abc import Iterator, Sequence

from mailer.domain.defect import Defect
from mailer.formats.characters import find_invisible
from mailer.formats.raw.blocks import numbered

_PAGE = re.compile(
    r"[-–—] ?\d{1,3} ?[-–—]|(?:page|p\.|страница|стр\.?) ?\d{1,3}(?: ?(?:of|из|/) ?\d{1,3})?|\d{1,3} ?(?:of|из|/) ?\d{1,3}",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}")
_FULL_LINE = 40  # characters; a number alone after such a line is not the author's
_COPY = re.compile(r"(?:copy|экземпляр|экз\.?) ?(?:no\b|number\b|№|#)[\s\d_.…:\\-]*", re.IGNORECASE)
_ATTRIBUTE = r"(?:[#.][\w:-]+|[\w-]+=(?:\"[^\"{}\n]*\"|[\w%.-]+))"
_ATTRIBUTES = re.compile(rf"(?:(?<!!)\[([^\[\]\n]*)\])?\{{\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE})*\s*\}}")
_BULLET = re.compile(r"^[ \t]*[•·‣⁃◦▪▫●○■□➢►\uf0a7\uf0b7][ \t\u00a0]+(?=\S)", re.MULTILINE)
_FEED, _SOFT_HYPHEN = "\f", "\u00ad"


def without_print_artifacts(raw: str, defects: list[Defect]) -> str:
    """The text without print artifacts; every line keeps its number."""
    text = _with_list_items(_without_attributes(raw, defects), defects)
    lines = text.split("\n")
    pages = list(_pages(lines))
    if pages:
        what = f"page numbers ({numbered(pages)}); removed, put back any that are not page numbers"
        defects.append(Defect(line=pages[0], what=what))
    copies = [number for number, line in enumerate(lines, start=1) if _COPY.fullmatch(_words(line))]
    if copies:
        what = f"the line of the copy number ({numbered(copies)}) is left out; the template has it for each reader"
        defects.append(Defect(line=copies[0], what=what))
    for number in (*pages, *copies):
        lines[number - 1] = _FEED if _FEED in lines[number - 1] else ""
    return _without_invisible(lines, defects)


def _without_attributes(raw: str, defects: list[Defect]) -> str:
    """The text without attributes like `{width="3in"}`; the words in brackets before them stay."""
    numbers: list[int] = []
    line, place = 1, 0
    for match in _ATTRIBUTES.finditer(raw):
        line += raw.count("\n", place, match.start())
        place = match.start()
        numbers.append(line)
    if numbers:
        defects.append(Defect(line=numbers[0], what=f"sizes and styles in braces ({numbered(numbers)}); removed"))
    return _ATTRIBUTES.sub(lambda match: (match[1] or "") + "\n" * match[0].count("\n"), raw)


def _with_list_items(text: str, defects: list[Defect]) -> str:
    """The text with `- ` in place of the bullets of a word processor."""
    numbers = [number for number, line in enumerate(text.split("\n"), start=1) if _BULLET.match(line)]
    if numbers:
        what = f"bullets of a word processor ({numbered(numbers)}); they are list items now"
        defects.append(Defect(line=numbers[0], what=what))
    return _BULLET.sub("- ", text)


def _pages(lines: Sequence[str]) -> Iterator[int]:
    for number, line in enumerate(lines, start=1):
        words = _words(line)
        if _PAGE.fullmatch(words) or (_NUMBER.fullmatch(words) and _at_page_break(lines, number)):
            yield number


def _at_page_break(lines: Sequence[str], number: int) -> bool:
    """Whether a page may end at this line: a form feed, a blank line beside it, or a full line before it."""
    before = lines[number - 2] if number > 1 else ""
    after = lines[number] if number < len(lines) else ""
    has_feed = _FEED in before or _FEED in lines[number - 1] or _FEED in after
    return has_feed or not before.strip() or not after.strip() or len(before) > _FULL_LINE


def _words(line: str) -> str:
    return " ".join(line.replace("*", "").split())


def _without_invisible(lines: list[str], defects: list[Defect]) -> str:
    """The lines without invisible characters (form feeds, soft hyphens), except line ends and tabs."""
    numbers = [number for number, line in enumerate(lines, start=1) if find_invisible(line.replace("\t", " "))]
    if numbers:
        defects.append(Defect(line=numbers[0], what=f"invisible characters ({numbered(numbers)}); removed"))
    for number in numbers:
        line = lines[number - 1]
        hyphen = "-" if line.rstrip(" ").endswith(_SOFT_HYPHEN) else ""
        lines[number - 1] = (
            "".join(character for character in line if character == "\t" or not find_invisible(character)).rstrip(" ")
            + hyphen
        )
    return "\n".join(lines)
