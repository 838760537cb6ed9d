"""Finds the defects that only an editor can correct: names spelt two ways, old fees, contradictions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from mailer.domain.defect import Defect
from mailer.formats.raw.blocks import RawBlock, Shape, numbered, words_of

Lines = Sequence[tuple[int, str]]


def find_defects(raw: str, blocks: Sequence[RawBlock], *, year: int | None) -> tuple[Defect, ...]:
    """The defects anywhere in the text, in no particular order.

    `year` is the issue's; without it, fee periods are not checked.
    """
    lines = [(number, words_of(line)) for number, line in enumerate(raw.split("\n"), start=1) if line.strip()]
    return (
        *_two_spellings(lines),
        *(_stale_periods(lines, year) if year else ()),
        *_contradiction(lines),
        *_typewriting(raw),
        *_tables(blocks),
        *_fees_in_prose(blocks),
    )


# --- names spelt two ways ---------------------------------------------------------------------------------------------

_NAME = re.compile(r"(?<![\w’'-])[A-ZА-ЯЁ][\w’'-]+(?: [A-ZА-ЯЁ][\w’'-]+){1,7}")
_SIMILAR = 0.8  # difflib's ratio: one letter in five may differ
_SIMILAR_FIRST_NAME = 0.65  # for first names with the same ends; they are short, and transliterated in many ways
_MAX_NAMES = 50  # with the same frame; a frame of more names is not a name's
_MIN_LENGTH = 4  # letters; shorter words are similar by chance


def _two_spellings(lines: Lines) -> Iterator[Defect]:
    """Names of several words that differ in one word, which is similar."""
    names: dict[str, list[int]] = defaultdict(list)
    pairs: dict[str, list[int]] = defaultdict(list)  # a title may precede first name and surname: Judge Ada Quill
    for number, words in lines:
        for name in _NAME.findall(words):
            names[name].append(number)
            for pair in pairwise(name.split(" ")):
                pairs[" ".join(pair)].append(number)
    reported: set[frozenset[str]] = set()
    for spellings, defect in _spellings(names):
        reported.add(spellings)
        yield defect
    for spellings, defect in _spellings(pairs):
        if spellings not in reported:
            reported.add(spellings)
            yield defect


def _spellings(places: Mapping[str, list[int]]) -> Iterator[tuple[frozenset[str], Defect]]:
    """The two spellings of a word, and the defect of the names that contain them."""
    # Only names with the same frame, that is all words but one, need comparing.
    frames: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for name in places:
        parts = name.split(" ")
        for gap in range(len(parts)):
            frames[" ".join(parts[:gap]), gap, " ".join(parts[gap + 1 :])].append(name)
    for (_, gap, _), names in frames.items():
        for index, name in enumerate(names[:_MAX_NAMES]):
            for other in names[index + 1 : _MAX_NAMES]:
                word, another = name.split(" ")[gap], other.split(" ")[gap]
                first_name = gap == 0 and name.count(" ") == 1  # Pyotr and Petr, before one surname
                if _similar(word, another, first_name=first_name):
                    rare, usual = sorted((name, other), key=lambda spelling: len(places[spelling]))
                    what = (
                        f"a name spelt two ways: '{rare}' ({numbered(places[rare])}) and '{usual}' "
                        f"({numbered(places[usual])}); keep the right one"
                    )
                    yield frozenset({word, another}), Defect(line=places[rare][0], what=what)


def _similar(word: str, other: str, *, first_name: bool) -> bool:
    short, long = sorted((word, other), key=len)
    if len(short) < _MIN_LENGTH or long in {f"{short}s", f"{short}'s", f"{short}’s"}:
        return False
    stem = max(len(word) - 3, _MIN_LENGTH - 1)
    if not word.isascii() and word[:stem] == other[:stem]:
        return False  # two endings of one Russian word
    same_ends = (word[0], word[-1]) == (other[0], other[-1])
    required = _SIMILAR_FIRST_NAME if first_name and same_ends else _SIMILAR
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= required


# --- fees -------------------------------------------------------------------------------------------------------------

_PERIOD = re.compile(r"\b\d{1,2}\.\d{1,2}\.(\d{4}|\d{2})\s*[–—-]+\s*\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})\b")
_AMOUNT = re.compile(
    r"(?:(?<!\d)\d[\d \u00a0]{0,15}(?:[.,]\d+)?\s?(?:roubles?|rubles?|RUB|USD|EUR|руб\w*|долл\w*|евро|[€$₽])|[€$₽]\s?\d)",
    re.IGNORECASE,
)
_SCHEDULE = "fees come from the fee schedule"


def _stale_periods(lines: Lines, year: int) -> Iterator[Defect]:
    stale = [
        number
        for number, words in lines
        for first in _PERIOD.findall(words)
        if (int(first) if len(first) == 4 else 2000 + int(first)) < year
    ]
    if stale:
        yield Defect(
            line=stale[0],
            what=f"fee periods that began before {year}, the issue's year ({numbered(stale)}); {_SCHEDULE}",
        )


def _tables(blocks: Sequence[RawBlock]) -> Iterator[Defect]:
    for block in blocks:
        if block.shape is Shape.TABLE:
            tags = sorted(set(re.findall(r"<([a-zA-Z]+)", block.text)))
            and_tags = f" and raw <{'>, <'.join(tags)}>" if tags else ""
            fees = f"; {_SCHEDULE}" if _AMOUNT.search(block.text) else ""
            columns = "tabs" if "\t" in block.text else "spaces"
            yield Defect(line=block.line, what=f"a table of {columns}{and_tags}{fees}")


def _fees_in_prose(blocks: Sequence[RawBlock]) -> Iterator[Defect]:
    """Amounts of money in paragraphs about fees; other amounts belong to the article."""
    for block in blocks:
        if block.shape is not Shape.TABLE and _AMOUNT.search(block.text) and _ABOUT_FEES.search(block.text):
            yield Defect(line=block.line, what=f"a fee in prose; take it out, {_SCHEDULE}")


_ABOUT_FEES = re.compile(r"\b(?:fees?|membership|взнос\w*|членств\w*)\b", re.IGNORECASE)


# --- how often the bulletin appears -----------------------------------------------------------------------------------

_TIMES_A_YEAR = {"weekly": 52, "monthly": 12, "quarterly": 4, "еженедельно": 52, "ежемесячно": 12, "ежеквартально": 4}
_FIGURES = {
    word: number
    for words in (
        "two three four five six seven eight nine ten eleven twelve",
        "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    )
    for number, word in enumerate(words.split(), start=2)
}
_FREQUENCY = re.compile(
    rf"\b(?:published|issued|appears|выходит|издаётся|издается)\s+({'|'.join(_TIMES_A_YEAR)})\b", re.IGNORECASE
)
_ISSUES = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_FIGURES)})\s+(?:issues|выпуск\w*|номер\w*)\b", re.IGNORECASE)


def _contradiction(lines: Lines) -> Iterator[Defect]:
    """A frequency of the bulletin that contradicts a number of issues a year elsewhere."""
    numbers: dict[int, tuple[int, str]] = {}  # of issues a year: the line and the words
    for line, words in lines:
        for count in _ISSUES.findall(words):
            numbers.setdefault(int(count) if count.isdecimal() else _FIGURES[count.lower()], (line, count))
    for line, words in lines:
        for frequency in _FREQUENCY.findall(words):
            for number, (other_line, count) in numbers.items():
                if number != _TIMES_A_YEAR[frequency.lower()]:
                    what = f"'{frequency}' here, but '{count} issues' on line {other_line}; say which"
                    yield Defect(line=line, what=what)
                    break


# --- typewriter habits ------------------------------------------------------------------------------------------------

_HABITS = (
    (re.compile(r"(?<=\S) --? (?=\S)|(?<=\w)--(?=\w)"), "hyphens used as dashes"),
    (re.compile(r'"'), "straight quotes"),
    (re.compile(r"\([cCсС]\)"), "'(c)' for ©"),
)


def _typewriting(raw: str) -> Iterator[Defect]:
    lines = [(number, line) for number, line in enumerate(raw.split("\n"), start=1) if "\t" not in line]
    for pattern, habit in _HABITS:
        numbers = [number for number, line in lines if pattern.search(line)]
        if numbers:
            what = f"{habit} ({numbered(numbers)}); they are corrected when the issue is pulled"
            yield Defect(line=numbers[0], what=what)
