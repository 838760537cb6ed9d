"""Reads the head of an issue file, the lines between two `---`, and checks every key in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import yaml
from frontmatter.default_handlers import YAMLHandler

from mailer.domain.errors import BadInput
from mailer.domain.issue import Author, Status
from mailer.formats.characters import find_invisible

_BIGGEST = 64 * 1024  # characters; a real one has about a thousand
_DEEPEST = 5  # an author's `about` is at 3
_LONGEST = 2000  # characters of one value
_HIGHEST = 1_000_000  # of a number; the database holds 2^31
_FIGURES = 20  # of a number as written; a longer one can be neither counted nor shown

KEYS = (
    *("newsletter", "language", "status", "number", "serial", "volume", "year", "date", "classification", "kicker"),
    *("title", "subject", "summary", "authors", "editor", "place", "copyright"),
)
_NUMBERS = ("number", "serial", "volume", "year")
_WORDS = ("newsletter", "language", "title")
_MORE_WORDS = ("classification", "kicker", "subject", "summary", "editor", "place")

Value = str | int | date | list["Value"] | dict[str, "Value"] | None


_NUMBER_TAGS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An issue file cut in two: its keys as YAML has them, and its body, whose first line is number `first_line`."""

    keys: Mapping[str, Value]
    body: str
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The checked keys of an issue file, as written; words are of one line, numbers above zero."""

    newsletter: str
    language: str
    status: Status
    number: int
    serial: int
    volume: int
    year: int
    date: date
    title: str
    classification: str = ""
    kicker: str = ""
    subject: str = ""
    summary: str = ""
    authors: tuple[Author, ...] = ()
    editor: str = ""
    place: str = ""
    copyright: tuple[str, ...] = ()


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, for which a key that is there twice, or an endless number, is an error."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        if node.tag in _NUMBER_TAGS and len(node.value) > _FIGURES:
            problem = f"a number of more than {_FIGURES} characters"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        return super().construct_object(node, deep=deep)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"the key '{name}' is there twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def split(text: str) -> Head:
    """The head and the body of an issue file. Raises BadInput with the line when the head is missing or no plain YAML.

    Anchors and aliases are refused, for a few lines of them unfold to gigabytes; tags (`!!int`), for they are beyond
    what an editor writes, and YAML's readers stumble over them.
    """
    handler = YAMLHandler()
    if not handler.detect(text):
        raise BadInput("the file does not begin with front matter; begin it with a line '---'")
    try:
        source, body = handler.split(text)
    except ValueError:
        raise BadInput("the front matter has no end; close it with a line '---'") from None
    if len(source) > _BIGGEST:
        raise BadInput(f"the front matter has more than {_BIGGEST} characters; move its text into the body")
    first = text.count("\n", 0, text.index(source)) + 1
    try:
        _check_shape(source, first)
        keys = handler.load(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = first + (error.problem_mark.line if error.problem_mark else 0)
        raise BadInput(
            f"line {line}: the front matter is no readable YAML: {error.problem}; put the text in quotes?"
        ) from None
    except (yaml.YAMLError, ValueError) as error:  # a character, a date that does not exist
        raise BadInput(f"the front matter is no readable YAML: {_first_line(error)}; correct it") from None
    if not isinstance(keys, dict):
        raise BadInput("the front matter holds no keys; write them as 'title: …', one a line")
    return Head(keys=keys, body=body, first_line=text.count("\n", 0, len(text) - len(body)) + 1)


def _check_shape(source: str, first: int) -> None:
    depth = 0
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        line = first + (event.start_mark.line if event.start_mark else 0)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise BadInput(f"line {line}: the front matter uses '&' or '*'; put the text in quotes, or repeat it")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise BadInput(f"line {line}: the front matter uses '!'; put the text in quotes")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise BadInput(f"line {line}: the front matter is nested more than {_DEEPEST} deep; make it flatter")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def status_of(keys: Mapping[str, Value]) -> Status:
    """Whether the text is a draft or finished; BadInput when it says neither."""
    written = keys.get("status")
    if written not in tuple(Status):
        raise BadInput(f"status: '{_shown(written)}' is neither draft nor finished; write one of the two")
    return Status(str(written))


def check(keys: Mapping[str, Value]) -> FrontMatter:
    """The keys with their types. Raises BadInput that names the first key that is unknown, missing or of another kind."""
    for key in keys:
        if key not in KEYS:
            raise BadInput(f"'{_shown(key)}' is no key of the front matter; the keys are {', '.join(KEYS)}")
    number, serial, volume, year = (_number(keys, key) for key in _NUMBERS)
    newsletter, language, title = (_words(keys, key, needed=True) for key in _WORDS)
    classification, kicker, subject, summary, editor, place = (_words(keys, key) for key in _MORE_WORDS)
    return FrontMatter(
        newsletter=newsletter,
        language=language,
        status=status_of(keys),
        number=number,
        serial=serial,
        volume=volume,
        year=year,
        date=_date(keys),
        title=title,
        classification=classification,
        kicker=kicker,
        subject=subject,
        summary=summary,
        authors=tuple(_author(entry) for entry in _list(keys, "authors")),
        editor=editor,
        place=place,
        copyright=tuple(_line("copyright", entry) for entry in _list(keys, "copyright")),
    )


def _number(keys: Mapping[str, Value], key: str) -> int:
    value = keys.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _HIGHEST:
        raise BadInput(
            f"{key}: '{_shown(value)}' is no number from 1 to {_HIGHEST - 1}; write it in figures, without quotes"
        )
    return value


def _date(keys: Mapping[str, Value]) -> date:
    value = keys.get("date")
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadInput(f"date: '{_shown(value)}' is no date; write it as 2030-12-31, without quotes")
    return value


def _words(keys: Mapping[str, Value], key: str, *, needed: bool = False) -> str:
    value = keys.get(key)
    if value is None and not needed:
        return ""
    words = _line(key, value)
    if needed and not words:
        raise BadInput(f"{key}: it is missing; write it in the front matter")
    return words


def _line(key: str, value: Value) -> str:
    if value is None:
        raise BadInput(f"{key}: it is missing; write it in the front matter")
    if not isinstance(value, str):
        raise BadInput(f"{key}: '{_shown(value)}' is no text; put it in quotes")
    words = value.strip()
    found = find_invisible(words)
    if found:
        raise BadInput(f"{key}: it holds an unseen character or a line break, {found}; write it in one plain line")
    if len(words) > _LONGEST:
        raise BadInput(f"{key}: it has more than {_LONGEST} characters; shorten it")
    return words


def _list(keys: Mapping[str, Value], key: str) -> Iterable[Value]:
    value = keys.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise BadInput(
            f"{key}: '{_shown(value)}' is no list; write each entry on a line of its own that begins with '- '"
        )
    return value


def _author(entry: Value) -> Author:
    if not isinstance(entry, dict) or not {"name"} <= entry.keys() <= {"name", "about"}:
        raise BadInput(f"authors: '{_shown(entry)}' is no author; write '- name: …' and below it 'about: …'")
    about = entry.get("about")
    return Author(name=_line("authors", entry["name"]), about="" if about is None else _line("authors", about))


def _shown(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 and text.isprintable() else f"{ascii(text[:40])[1:-1]}…"
