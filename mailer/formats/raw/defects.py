"""Looks through a raw issue for what only an editor can put right: names spelt two ways, old fees, contradictions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from mailer.formats.raw.blocks import Defect, RawBlock, Shape, numbered, words_of

Lines = Sequence[tuple[int, str]]


def find(raw: str, blocks: Sequence[RawBlock], *, year: int | None) -> tuple[Defect, ...]:
    """The defects of the text as a whole, whatever part of the issue they stand in, in no special order.

    `year` is the issue's; where it is not known, fee periods are not judged.
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
_ALIKE = 0.8  # of difflib's ratio: one letter in five may differ
_GIVEN_ALIKE = 0.65  # for given names that begin and end alike; they are short, and carried over in many ways
_MOST = 50  # names with one frame; where there are more, it is no frame of a name
_SHORTEST = 4  # letters; shorter words are alike by chance


def _two_spellings(lines: Lines) -> Iterator[Defect]:
    """Names of several words that are the same but for one word, which is nearly the same."""
    names: dict[str, list[int]] = defaultdict(list)
    pairs: dict[str, list[int]] = defaultdict(list)  # a name and a surname may stand behind a title: Judge Ada Quill
    for number, words in lines:
        for name in _NAME.findall(words):
            names[name].append(number)
            for pair in pairwise(name.split(" ")):
                pairs[" ".join(pair)].append(number)
    told: set[frozenset[str]] = set()
    for spellings, defect in _spellings(names):
        told.add(spellings)
        yield defect
    for spellings, defect in _spellings(pairs):
        if spellings not in told:
            told.add(spellings)
            yield defect


def _spellings(places: Mapping[str, list[int]]) -> Iterator[tuple[frozenset[str], Defect]]:
    """The two spellings of a word, and what is to be told of the names they stand in."""
    # Names with the same frame, all their words but one, are the only ones that need to be compared.
    frames: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for name in places:
        parts = name.split(" ")
        for gap in range(len(parts)):
            frames[" ".join(parts[:gap]), gap, " ".join(parts[gap + 1 :])].append(name)
    for (_, gap, _), names in frames.items():
        for index, name in enumerate(names[:_MOST]):
            for other in names[index + 1 : _MOST]:
                word, another = name.split(" ")[gap], other.split(" ")[gap]
                given = gap == 0 and name.count(" ") == 1  # Pyotr and Petr, before one surname
                if _nearly_same(word, another, given=given):
                    rare, usual = sorted((name, other), key=lambda spelling: len(places[spelling]))
                    what = (
                        f"a name spelt two ways: '{rare}' ({numbered(places[rare])}) and '{usual}' "
                        f"({numbered(places[usual])}); keep the right one"
                    )
                    yield frozenset({word, another}), Defect(line=places[rare][0], what=what)


def _nearly_same(word: str, other: str, *, given: bool) -> bool:
    short, long = sorted((word, other), key=len)
    if len(short) < _SHORTEST or long in {f"{short}s", f"{short}'s", f"{short}’s"}:
        return False
    stem = max(len(word) - 3, _SHORTEST - 1)
    if not word.isascii() and word[:stem] == other[:stem]:
        return False  # the endings of one Russian word
    alike = _GIVEN_ALIKE if given and (word[0], word[-1]) == (other[0], other[-1]) else _ALIKE
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= alike


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
    """Amounts of money where the same paragraph speaks of fees; other money is the article's."""
    for block in blocks:
        if block.shape is not Shape.TABLE and _AMOUNT.search(block.text) and _SPEAKS_OF_FEES.search(block.text):
            yield Defect(line=block.line, what=f"a fee in prose; take it out, {_SCHEDULE}")


_SPEAKS_OF_FEES = re.compile(r"\b(?:fees?|membership|взнос\w*|членств\w*)\b", re.IGNORECASE)


# --- how often the bulletin appears -----------------------------------------------------------------------------------

_YEARLY = {"weekly": 52, "monthly": 12, "quarterly": 4, "еженедельно": 52, "ежемесячно": 12, "ежеквартально": 4}
_FIGURES = {
    word: number
    for words in (
        "two three four five six seven eight nine ten eleven twelve",
        "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
    )
    for number, word in enumerate(words.split(), start=2)
}
_OFTEN = re.compile(
    rf"\b(?:published|issued|appears|выходит|издаётся|издается)\s+({'|'.join(_YEARLY)})\b", re.IGNORECASE
)
_ISSUES = re.compile(rf"\b(\d{{1,2}}|{'|'.join(_FIGURES)})\s+(?:issues|выпуск\w*|номер\w*)\b", re.IGNORECASE)


def _contradiction(lines: Lines) -> Iterator[Defect]:
    """Where the text says how often the bulletin appears, and elsewhere another number of issues a year."""
    promises: dict[int, tuple[int, str]] = {}
    for number, words in lines:
        for many in _ISSUES.findall(words):
            promises.setdefault(int(many) if many.isdecimal() else _FIGURES[many.lower()], (number, many))
    for number, words in lines:
        for often in _OFTEN.findall(words):
            for a_year, (other, many) in promises.items():
                if a_year != _YEARLY[often.lower()]:
                    yield Defect(line=number, what=f"'{often}' here, but '{many} issues' on line {other}; say which")
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
        seen = [number for number, line in lines if pattern.search(line)]
        if seen:
            yield Defect(line=seen[0], what=f"{habit} ({numbered(seen)}); they are set right when the issue is read")
