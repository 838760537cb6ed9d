"""Takes out of a text converted from print what only paper needs: page numbers, copy lines, sizes of pictures."""

import re
from collections.abc import Iterator, Sequence

from mailer.formats.characters import find_invisible
from mailer.formats.raw.blocks import Defect, numbered

_PAGE = re.compile(
    r"[-–—] ?\d{1,3} ?[-–—]|(?:page|p\.|страница|стр\.?) ?\d{1,3}(?: ?(?:of|из|/) ?\d{1,3})?|\d{1,3} ?(?:of|из|/) ?\d{1,3}",
    re.IGNORECASE,
)
_BARE = re.compile(r"\d{1,3}")
_WRAPPED = 40  # characters: after a line of so many, a number does not stand alone by the author's wish
_COPY = re.compile(r"(?:copy|экземпляр|экз\.?) ?(?:no\b|number\b|№|#)[\s\d_.…:\\-]*", re.IGNORECASE)
_ATTRIBUTE = r"(?:[#.][\w:-]+|[\w-]+=(?:\"[^\"{}\n]*\"|[\w%.-]+))"
_ATTRIBUTES = re.compile(rf"(?:(?<!!)\[([^\[\]\n]*)\])?\{{\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE})*\s*\}}")
_FEED, _SOFT_HYPHEN = "\f", "\u00ad"


def without_print(raw: str, defects: list[Defect]) -> str:
    """The text without them, and without characters that nobody sees; every line keeps its number."""
    text = _without_attributes(raw, defects)
    lines = text.split("\n")
    pages = list(_pages(lines))
    if pages:
        what = f"page numbers ({numbered(pages)}); taken out, put back what was none"
        defects.append(Defect(line=pages[0], what=what))
    copies = [number for number, line in enumerate(lines, start=1) if _COPY.fullmatch(_bare(line))]
    if copies:
        what = f"the line of the copy number ({numbered(copies)}) is left out, the template has each reader's own"
        defects.append(Defect(line=copies[0], what=what))
    for number in (*pages, *copies):
        lines[number - 1] = _FEED if _FEED in lines[number - 1] else ""
    return _without_unseen(lines, defects)


def _without_attributes(raw: str, defects: list[Defect]) -> str:
    """The text without `{width="3in"}` and its like; words that were there for their dress stay."""
    seen: list[int] = []
    line, place = 1, 0
    for found in _ATTRIBUTES.finditer(raw):
        line += raw.count("\n", place, found.start())
        place = found.start()
        seen.append(line)
    if seen:
        defects.append(Defect(line=seen[0], what=f"sizes and styles in braces ({numbered(seen)}); taken out"))
    return _ATTRIBUTES.sub(lambda found: (found[1] or "") + "\n" * found[0].count("\n"), raw)


def _pages(lines: Sequence[str]) -> Iterator[int]:
    for number, line in enumerate(lines, start=1):
        words = _bare(line)
        if _PAGE.fullmatch(words) or (_BARE.fullmatch(words) and _at_a_break(lines, number)):
            yield number


def _at_a_break(lines: Sequence[str], number: int) -> bool:
    """Whether a page may end at this line: a feed, an empty line on one side, or a full line before it."""
    before = lines[number - 2] if number > 1 else ""
    after = lines[number] if number < len(lines) else ""
    fed = _FEED in before or _FEED in lines[number - 1] or _FEED in after
    return fed or not before.strip() or not after.strip() or len(before) > _WRAPPED


def _bare(line: str) -> str:
    return " ".join(line.replace("*", "").split())


def _without_unseen(lines: list[str], defects: list[Defect]) -> str:
    """The lines without unseen characters (page feeds, soft hyphens), but for line ends and tabs."""
    found = [number for number, line in enumerate(lines, start=1) if find_invisible(line.replace("\t", " "))]
    if found:
        defects.append(Defect(line=found[0], what=f"unseen characters ({numbered(found)}); taken out"))
    for number in found:
        line = lines[number - 1]
        torn = "-" if line.rstrip(" ").endswith(_SOFT_HYPHEN) else ""
        lines[number - 1] = (
            "".join(each for each in line if each == "\t" or not find_invisible(each)).rstrip(" ") + torn
        )
    return "\n".join(lines)
