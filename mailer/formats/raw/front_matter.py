"""Finds the front matter in a raw text: numbering, date, title, authors and other credits."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from mailer.formats.issue.front_matter_nodes import Value
from mailer.formats.raw.blocks import RawBlock, Shape, is_capitals, words_of
from mailer.formats.typography import RUSSIAN_MONTHS

_NUMBERING = re.compile(
    r"(?:№|\bno\b\.?)\s*(?P<number>\d{1,4})\s*\((?P<serial>\d{1,5})\)\s*[.,]?\s*(?:vol|том|т)\b\s*\.?\s*(?P<volume>\d{1,4})"
    r"\s*[.,]?\s*(?P<year>\d{4})",
    re.IGNORECASE,
)

_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        RUSSIAN_MONTHS,
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    )
    for number, name in enumerate(names.split(), start=1)
}
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_MONTH} (?P<day>\d{{1,2}}), (?P<year>\d{{4}})",
        rf"(?P<day>\d{{1,2}}) {_MONTH},? (?P<year>\d{{4}})(?: ?г\.| года)?",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
    )
)
_PLACE = re.compile(rf"(?P<place>[^\d,]{{2,40}}), {_MONTH} \d{{4}}(?: ?г\.)?", re.IGNORECASE)
_EDITOR = re.compile(r"(?:editor|редактор)\s*:\s*(?P<editor>.+)", re.IGNORECASE)
_AUTHORS = re.compile(
    r"(?:this (?:article|issue|report) (?:is|was) (?:written|prepared) by|authors?:|авторы?:)\s+(?P<authors>.+)",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:\([cс]\)|©)\s*(?P<owner>.+?)\s*;?", re.IGNORECASE)
_PERSON = r"[A-ZА-ЯЁ][\w’'.-]+(?: [A-ZА-ЯЁ][\w’'.-]*){1,2}"
_NEXT_AUTHOR = re.compile(rf",? (?:and|и) (?={_PERSON}(?:,|$))|; ")


Forms = Mapping[str, Counter[str]]

_NEAR = 6  # blocks between the numbering, the date and the title, at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """The blocks before the article, by index, and the keys they give.

    `used` are the blocks that became keys; the article begins at `end`. `capitals` is the title, if it was a paragraph
    in capitals.
    """

    keys: dict[str, Value]
    used: frozenset[int]
    end: int
    capitals: RawBlock | None


def masthead(blocks: Sequence[RawBlock]) -> Masthead:
    """Classification, numbering, date, kicker and title, as far as present, in this order."""
    keys: dict[str, Value] = {}
    used: set[int] = set()
    if words := _classification(blocks):
        keys["classification"] = words
        used.add(0)
    for index, block in enumerate(blocks):
        if numbers := _numbering(block):
            keys |= numbers
            used.add(index)
            break
    for index in _near(used, blocks):
        if day := _day(blocks[index]):
            keys["date"] = day
            used.add(index)
            break
    capitals = None
    start = max(used, default=-1) + 1
    for index in _near(used, blocks):
        block = blocks[index]
        if _is_title(block):
            in_capitals = is_capitals(block.text)
            keys["title"] = sentence_case(block.text, forms_of(blocks)) if in_capitals else words_of(block.text)
            capitals = block if in_capitals and block.shape is Shape.PARAGRAPH else None
            if index > start and words_of(blocks[index - 1].text).endswith(":"):
                keys["kicker"] = words_of(blocks[index - 1].text)
                used.add(index - 1)
            used.add(index)
            break
    return Masthead(keys=keys, used=frozenset(used), end=max(used, default=-1) + 1, capitals=capitals)


def _near(used: Collection[int], blocks: Sequence[RawBlock]) -> range:
    start = max(used, default=-1) + 1
    return range(start, min(start + _NEAR, len(blocks)))


def _is_title(block: RawBlock) -> bool:
    if block.shape is Shape.PARAGRAPH:
        return is_capitals(block.text) and len(words_of(block.text).split()) > 1
    return block.shape is Shape.HEADING and block.level == 1 and bool(words_of(block.text))


def _numbering(block: RawBlock) -> dict[str, Value]:
    match = _NUMBERING.search(words_of(block.text)) if block.shape is Shape.PARAGRAPH else None
    return {key: int(value) for key, value in match.groupdict().items()} if match else {}


def _day(block: RawBlock) -> date | None:
    """The date, if the block is a date and nothing else."""
    words = words_of(block.text) if block.shape is Shape.PARAGRAPH else ""
    for pattern in _DATES:
        if match := pattern.fullmatch(words):
            month = _MONTHS.get(match["month"].lower()) or int(match["month"])
            with suppress(ValueError):  # the 31st of June
                return date(int(match["year"]), month, int(match["day"]))
    return None


def _classification(blocks: Sequence[RawBlock]) -> str:
    """The first block, if it is a few words in bold; else empty."""
    if not blocks or blocks[0].shape is not Shape.PARAGRAPH:
        return ""
    match = re.fullmatch(r"(\*\*|__)([^*_\n]{1,40})\1", blocks[0].text.strip())
    return match[2].strip() if match and len(match[2].split()) <= 3 else ""


def credit(block: RawBlock) -> dict[str, Value]:
    """The key in a line of the credits: authors, editor, place, or one copyright owner; else empty."""
    if block.shape is not Shape.PARAGRAPH:
        return {}
    words = words_of(block.text)
    if match := _AUTHORS.fullmatch(words):
        return {"authors": [_author(part) for part in _NEXT_AUTHOR.split(match["authors"].rstrip("."))]}
    if match := _EDITOR.fullmatch(words):
        return {"editor": match["editor"]}
    if match := _COPYRIGHT.fullmatch(words):
        return {"copyright": f"© {match['owner']}"}
    if match := _PLACE.fullmatch(words):
        return {"place": match["place"]}
    return {}


def _author(part: str) -> Value:
    name, _, about = part.strip().partition(", ")
    return {"name": name, "about": about} if about else {"name": name}


def forms_of(blocks: Sequence[RawBlock]) -> Forms:
    """The spellings of each word inside sentences, with their counts, by the word in capitals."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for block in blocks:
        if not is_capitals(block.text):
            for form in re.findall(r"(?<=[\w,;] )[^\W\d_][\w’'-]*", words_of(block.text)):
                forms[form.upper()][form] += 1
    return forms


def sentence_case(title: str, forms: Forms) -> str:
    """A title in capitals as a sentence, with names as the text spells them inside its sentences."""
    words = [_as_written(word, forms) for word in re.findall(r"[\w’'-]+|[^\w’'-]+", words_of(title))]
    sentence = "".join(words)
    return sentence[:1].upper() + sentence[1:]


def _as_written(word: str, forms: Forms) -> str:
    spellings = forms.get(word)
    return spellings.most_common(1)[0][0] if spellings else word.lower()
