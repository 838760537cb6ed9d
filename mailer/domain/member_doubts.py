"""Names what looks like a slip in the members that an import adds or changes: circles and salutations."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mailer.domain.membership import FeeSchedule
from mailer.domain.names import label
from mailer.domain.register_difference import Difference, SeatChange
from mailer.domain.similar import nearest

# How many memberships a note names, and how many notes say the same of one column.
NAMED = 15
REPEATED_NOTES = 5
# The last word of a salutation may end in a full stop: "Jr.", "Ph.D.", "П.".
_ABBREVIATION = re.compile(
    r"(?:[^\W\d_]\.)+|(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}\.|(?:\w+-)?(?:jr|sr|esq|мл|ст)\.", re.IGNORECASE
)
_SIGN = re.compile(r"[,.;:!?…‥،؛·\-–—−,。!?]\s*\Z")
_REPEATED = re.compile(r"\b(?P<word>[^\W\d_]{2,})\s+(?P=word)\b", re.IGNORECASE)
# The letters that a salutation of the language is written in.
_LETTERS = {"en": re.compile(r"[A-Za-z]"), "ru": re.compile(r"[А-Яа-яЁё]")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the club uses, against which an import is compared.

    `circles` are those of all newsletters, in their order. `signs` are what the templates of each language put behind a
    salutation.
    """

    circles: tuple[str, ...]
    fees: FeeSchedule
    day: date
    signs: Mapping[str, frozenset[str]]


def member_doubts(difference: Difference, usage: Usage) -> Iterator[str]:
    """A note for each circle that looks like a slip, and for each salutation that looks wrong in a copy."""
    for circle, memberships in _strays(difference, usage.circles).items():
        near = nearest(circle, usage.circles)
        if near:
            yield f"circulation {circle}: no newsletter goes to it; did you mean {near}? {in_short(memberships)}"
        elif not circle:
            circles = ", ".join(usage.circles)
            yield f"circulation is empty: no newsletter goes to {in_short(memberships)}; write one of {circles}"
    yield from _final_sign_doubts(difference.seats, usage.signs)
    for change in difference.seats:
        yield from _word_doubts(change)


def member_remarks(difference: Difference, usage: Usage) -> Iterator[str]:
    """A line for each circle without a newsletter that is no slip: an archive, a circle that is still to come."""
    for circle, memberships in _strays(difference, usage.circles).items():
        if circle and not nearest(circle, usage.circles):
            yield f"no newsletter goes to circulation {circle}: {in_short(memberships)}"


def _strays(difference: Difference, circles: Collection[str]) -> dict[str, list[str]]:
    """The circles without a newsletter that the import brings, each with its memberships."""
    strays: dict[str, list[str]] = {}
    for change in difference.memberships:
        circle = change.after.circle
        if circles and circle not in circles and (change.before is None or change.before.circle != circle):
            strays.setdefault(circle, []).append(label(change.after.id, difference.owners[change.after.id]))
    return strays


def in_short(names: Collection[str]) -> str:
    """The first of these names, and how many more there are."""
    first = ", ".join(list(names)[:NAMED])
    return f"{first} and {len(names) - NAMED} more" if len(names) > NAMED else first


def _final_sign_doubts(changes: Iterable[SeatChange], signs: Mapping[str, Collection[str]]) -> Iterator[str]:
    """A note for each salutation that ends in a sign of its own; where a whole column does, the first ones are enough."""
    places: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        for language, text in _new_salutations(change):
            sign = _final_sign(text)
            if sign and language in signs:
                places.setdefault((language, sign), []).append(f"{change.after.label}: write {_without_signs(text)}")
    for (language, sign), people in places.items():
        reason = f"salutation_{language} ends in “{sign}”, and a copy puts “{min(signs[language])}” behind it"
        yield from (f"{reason}; {person}" for person in people[:REPEATED_NOTES])
        if len(people) > REPEATED_NOTES:
            names = ", ".join(person.partition(": ")[0] for person in people[REPEATED_NOTES:])
            yield f"{reason}; the same for {len(people) - REPEATED_NOTES} more people: {names}"


def _word_doubts(change: SeatChange) -> Iterator[str]:
    for language, text in _new_salutations(change):
        place = f"salutation_{language} of {change.after.label}"
        if match := _REPEATED.search(text):
            yield f"{place} has {match['word']} twice: {text}"
        letters = _LETTERS.get(language)
        if letters and not letters.search(text):
            yield f"{place} is not in the letters of this language: {text}"


def _new_salutations(change: SeatChange) -> Iterator[tuple[str, str]]:
    before = change.before.salutations if change.before else {}
    return ((language, text) for language, text in change.after.salutations.items() if text != before.get(language))


def _final_sign(text: str) -> str | None:
    """The sign at the end of a salutation; the full stop of an abbreviation is none."""
    match = _SIGN.search(text)
    *_, last_word = ["", *text.split()]
    return match[0].strip() if match and not _ABBREVIATION.fullmatch(last_word) else None


def _without_signs(text: str) -> str:
    while _final_sign(text):
        text = _SIGN.sub("", text).rstrip()
    return text
