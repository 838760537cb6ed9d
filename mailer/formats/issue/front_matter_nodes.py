"""What stands in front matter: values as they are written, and what YAML makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

Value = str | bool | int | float | date | list["Value"] | dict[str, "Value"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlText:
    """A single value as it is written, and what YAML makes of it; `plain` without quotes, `line` of the file."""

    line: int
    text: str
    plain: bool
    meaning: Value

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written after the colon."""
        return self.plain and not self.text

    @property
    def is_text(self) -> bool:
        """Whether YAML reads the text as it is written."""
        if not self.plain or isinstance(self.meaning, str):
            return True
        if isinstance(self.meaning, bool) or self.meaning is None:
            return False
        return as_written(self.meaning) == self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlList:
    """A list."""

    line: int
    entries: tuple["YamlNode", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlTable:
    """Keys with values within a value, such as an author's."""

    line: int
    entries: Mapping[str, "YamlNode"]


YamlNode = YamlText | YamlList | YamlTable


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The keys of an issue file, not checked yet, and its body, which begins at line `first_line` of the file.

    `problems` names what is not readable; `broken` are the keys that stand there all the same.
    """

    keys: Mapping[str, YamlNode]
    broken: frozenset[str]
    problems: tuple[str, ...]
    body: str
    first_line: int

    def at(self, key: str) -> str:
        """Where a key stands, as messages begin: `line 4: `; empty for a key that is missing."""
        return f"line {self.keys[key].line}: " if key in self.keys else ""


def as_written(meaning: Value) -> str:
    return meaning.isoformat() if isinstance(meaning, date) and not isinstance(meaning, datetime) else str(meaning)


def read_as(value: YamlText) -> str:
    if value.meaning is None:
        return "nothing"
    return str(value.meaning).lower() if isinstance(value.meaning, bool) else as_written(value.meaning)


def shown(value: object) -> str:
    text = "" if value is None else _written(value) if isinstance(value, YamlNode) else str(value)
    return text if len(text) <= 40 and text.isprintable() else f"{ascii(text[:40])[1:-1]}…"


def _written(node: YamlNode) -> str:
    match node:
        case YamlText():
            return node.text
        case YamlList():
            return ", ".join(map(_written, node.entries))
        case YamlTable():
            return ", ".join(f"{key}: {_written(entry)}" for key, entry in node.entries.items())
