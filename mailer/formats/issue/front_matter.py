"""Checks the front matter of an issue file, the keys between two lines `---`, and makes an issue's text of it."""

from collections.abc import Iterator
from datetime import date

from mailer.domain.errors import BadInput
from mailer.domain.issue import Author, IssueText, Status
from mailer.domain.problems import Problems
from mailer.domain.similar import nearest
from mailer.formats.characters import find_invisible
from mailer.formats.issue.front_matter_nodes import FrontMatter, YamlList, YamlNode, YamlTable, YamlText, read_as, shown
from mailer.formats.issue.front_matter_numbers import day_of, is_number, wrong_date, wrong_number

_MAX_LINE = 2000  # characters of one value

KEYS = (
    *("newsletter", "language", "status", "number", "serial", "volume", "year", "date", "classification", "kicker"),
    *("title", "subject", "summary", "authors", "editor", "place", "copyright"),
)
_EXAMPLES = {"newsletter": "russia-confidential", "language": "en", "status": "draft", "title": '"…"'}
_EXAMPLES |= {"number": "3", "serial": "253", "volume": "17", "year": "2030", "date": "2030-12-31"}


def status_of(front: FrontMatter) -> Status:
    """Whether the text is a draft or finished; BadInput if the key says neither."""
    status = front.keys.get("status")
    text = status.text if isinstance(status, YamlText) else ""
    if isinstance(status, YamlText) and status.is_empty:
        status = None
    if status is None and "status" not in front.broken and front.keys:
        raise BadInput(f"{front.at('status')}status: it is missing; write 'status: draft' or 'status: finished'")
    if text not in tuple(Status):
        if "status" in front.broken or not front.keys:
            raise BadInput("\n".join(front.problems))
        near = nearest(text, Status)
        raise BadInput(
            f"{front.at('status')}status: '{shown(status)}' is neither draft nor finished; "
            + (f"write {near}" if near else "write one of the two")
        )
    return Status(text)


def check(front: FrontMatter) -> IssueText:
    """The keys as an issue's text without its article, worded as written: every value one line, numbers from 1.

    Raises BadInput that names, a line each, every key that is unreadable, unknown, missing or of the wrong type.
    """
    reading = _HeadReader(front)
    text = IssueText(
        newsletter=reading.words("newsletter", required=True),
        language=reading.words("language", required=True),
        status=reading.status(),
        number=reading.number("number"),
        serial=reading.number("serial"),
        volume=reading.number("volume"),
        year=reading.number("year"),
        date=reading.date(),
        title=reading.words("title", required=True),
        classification=reading.words("classification"),
        kicker=reading.words("kicker"),
        subject=reading.words("subject"),
        summary=reading.words("summary"),
        authors=tuple(reading.authors()),
        editor=reading.words("editor"),
        place=reading.words("place"),
        copyright=tuple(reading.line("copyright", entry) for entry in reading.entries("copyright")),
    )
    reading.problems.refuse_if_any()
    return text


class _HeadReader:
    """Reads the keys one by one; what is wrong is noted, and something harmless stands in its place."""

    def __init__(self, front: FrontMatter) -> None:
        self.front = front
        self.problems = Problems()
        for problem in front.problems:
            self.problems.add(problem)
        self._not_missing = set(front.broken)  # keys that stand there, misspelt or unreadable
        for key in (*front.keys, *sorted(front.broken)):
            if key not in KEYS:
                self._name_unknown(key)

    def _name_unknown(self, key: str) -> None:
        at = f"{self.front.at(key)}'{shown(key)}' is not a key of the front matter; "
        near = nearest(key, KEYS)
        if near and near not in self.front.keys:
            self._not_missing.add(near)
            self.problems.add(f"{at}did you mean '{near}'?")
        else:
            self.problems.add(f"{at}the keys are {', '.join(KEYS)}")

    def _missing(self, key: str) -> None:
        if key not in self._not_missing:
            example = f": '{key}: {_EXAMPLES[key]}'" if key in _EXAMPLES else ""
            self.problems.add(f"{self.front.at(key)}{key}: it is missing; write it in the front matter{example}")

    def _value(self, key: str) -> YamlNode | None:
        """The value of a key; None for one that is missing or empty."""
        value = self.front.keys.get(key)
        return None if isinstance(value, YamlText) and value.is_empty else value

    def status(self) -> Status:
        with self.problems.collect():
            return status_of(self.front)
        return Status.DRAFT

    def number(self, key: str) -> int:
        value = self._value(key)
        if value is None:
            self._missing(key)
        elif isinstance(value, YamlText) and value.plain and is_number(value.text):
            return int(value.text)
        else:
            self.problems.add(f"line {value.line}: {key}: {wrong_number(value)}")
        return 1

    def date(self) -> date:
        value = self._value("date")
        if value is None:
            self._missing("date")
        elif isinstance(value, YamlText) and value.plain and (day := day_of(value.text)):
            return day
        else:
            self.problems.add(f"line {value.line}: date: {wrong_date(value)}")
        return date.min

    def words(self, key: str, *, required: bool = False) -> str:
        value = self._value(key)
        words = self.line(key, value) if value is not None else ""
        if required and (value is None or (isinstance(value, YamlText) and not value.text.strip())):
            self._missing(key)
        return words

    def entries(self, key: str) -> Iterator[YamlNode]:
        value = self._value(key)
        if isinstance(value, YamlList):
            yield from value.entries
        elif value is not None:
            entry = "- name: …" if key == "authors" else "- …"
            self.problems.add(
                f"line {value.line}: {key}: '{shown(value)}' is not a list; "
                f"write each entry on a line of its own, below the key: '{entry}'"
            )

    def authors(self) -> Iterator[Author]:
        for entry in self.entries("authors"):
            if not isinstance(entry, YamlTable) or not {"name"} <= entry.entries.keys() <= {"name", "about"}:
                self.problems.add(
                    f"line {entry.line}: authors: '{shown(entry)}' is not an author; "
                    "write '- name: …' and below it 'about: …'"
                )
                continue
            about = entry.entries.get("about")
            empty = about is None or (isinstance(about, YamlText) and about.is_empty)
            yield Author(
                name=self.line("authors", entry.entries["name"]),
                about="" if empty or about is None else self.line("authors", about),
            )

    def line(self, key: str, value: YamlNode) -> str:
        """One line of text."""
        at = f"line {value.line}: {key}: "
        if not isinstance(value, YamlText):
            self.problems.add(f"{at}'{shown(value)}' is not text; put it in quotes")
            return ""
        words = value.text.strip()
        if value.is_empty:
            self.problems.add(f"{at}it is missing; write it in the front matter")
        elif not value.is_text:
            self.problems.add(f"{at}'{words}' is not text to YAML, which reads {read_as(value)}; write \"{words}\"")
        elif character := find_invisible(words):
            self.problems.add(
                f"{at}it contains an invisible character or a line break, {character}; write one plain line"
            )
        elif "@@SLOT:" in words:
            self.problems.add(f"{at}'{words}' looks like a slot of a template; write it without the @ signs")
        elif len(words) > _MAX_LINE:
            self.problems.add(f"{at}it has more than {_MAX_LINE} characters; shorten it")
        return words
