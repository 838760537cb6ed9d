"""Checks the front matter of an issue file, the keys between two lines `---`, and makes an issue's text of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mailer.domain.errors import BadInput
from mailer.domain.issue import Author, IssueText, Status
from mailer.formats.characters import find_invisible

_MAX_LINE = 2000  # characters of one value
_NUMBER_LIMIT = 1_000_000  # the database holds 2^31

KEYS = (
    *("newsletter", "language", "status", "number", "serial", "volume", "year", "date", "classification", "kicker"),
    *("title", "subject", "summary", "authors", "editor", "place", "copyright"),
)

Value = str | int | date | list["Value"] | dict[str, "Value"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The keys of an issue file, not checked yet, and its body, which begins at line `first_line` of the file."""

    keys: Mapping[str, Value]
    body: str
    first_line: int


def status_of(keys: Mapping[str, Value]) -> Status:
    """Whether the text is a draft or finished; BadInput if the key says neither."""
    status = keys.get("status")
    if status not in tuple(Status):
        raise BadInput(f"status: '{_shown(status)}' is neither draft nor finished; write one of the two")
    return Status(str(status))


def check(keys: Mapping[str, Value]) -> IssueText:
    """The keys as an issue's text without its article, worded as written: every value one line, numbers from 1.

    Raises BadInput that names the first key that is unknown, missing or of the wrong type.
    """
    for key in keys:
        if key not in KEYS:
            raise BadInput(f"'{_shown(key)}' is not a key of the front matter; the keys are {', '.join(KEYS)}")
    number, serial, volume, year = (_number(keys, key) for key in ("number", "serial", "volume", "year"))
    newsletter, language, title = (_words(keys, key, required=True) for key in ("newsletter", "language", "title"))
    return IssueText(
        newsletter=newsletter,
        language=language,
        status=status_of(keys),
        number=number,
        serial=serial,
        volume=volume,
        year=year,
        date=_date(keys),
        title=title,
        classification=_words(keys, "classification"),
        kicker=_words(keys, "kicker"),
        subject=_words(keys, "subject"),
        summary=_words(keys, "summary"),
        authors=tuple(_author(entry) for entry in _list(keys, "authors")),
        editor=_words(keys, "editor"),
        place=_words(keys, "place"),
        copyright=tuple(_line("copyright", entry) for entry in _list(keys, "copyright")),
    )


def _number(keys: Mapping[str, Value], key: str) -> int:
    value = keys.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _NUMBER_LIMIT:
        raise BadInput(
            f"{key}: '{_shown(value)}' is not a number from 1 to {_NUMBER_LIMIT - 1}; write it in figures, without quotes"
        )
    return value


def _date(keys: Mapping[str, Value]) -> date:
    value = keys.get("date")
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadInput(f"date: '{_shown(value)}' is not a date; write it as 2030-12-31, without quotes")
    return value


def _words(keys: Mapping[str, Value], key: str, *, required: bool = False) -> str:
    value = keys.get(key)
    if value is None and not required:
        return ""
    words = _line(key, value)
    if required and not words:
        raise BadInput(f"{key}: it is missing; write it in the front matter")
    return words


def _line(key: str, value: Value) -> str:
    if value is None:
        raise BadInput(f"{key}: it is missing; write it in the front matter")
    if not isinstance(value, str):
        raise BadInput(f"{key}: '{_shown(value)}' is not text; put it in quotes")
    words = value.strip()
    if character := find_invisible(words):
        raise BadInput(f"{key}: it contains an invisible character or a line break, {character}; write one plain line")
    if len(words) > _MAX_LINE:
        raise BadInput(f"{key}: it has more than {_MAX_LINE} characters; shorten it")
    return words


def _list(keys: Mapping[str, Value], key: str) -> Iterable[Value]:
    value = keys.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadInput(f"{key}: '{_shown(value)}' is not a list; write each entry on its own line, beginning with '- '")
    return value


def _author(entry: Value) -> Author:
    if not isinstance(entry, dict) or not {"name"} <= entry.keys() <= {"name", "about"}:
        raise BadInput(f"authors: '{_shown(entry)}' is not an author; write '- name: …' and below it 'about: …'")
    about = entry.get("about")
    return Author(name=_line("authors", entry["name"]), about="" if about is None else _line("authors", about))


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 and text.isprintable() else f"{ascii(text[:40])[1:-1]}…"
