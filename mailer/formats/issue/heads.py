"""Tells which newsletter and which issue the texts of a folder say they are, however unfinished they are."""

from collections.abc import Iterable, Iterator, Sequence

from mailer.domain.errors import BadInput
from mailer.domain.ports import RawFile
from mailer.formats.issue import file_names
from mailer.formats.issue.front_matter_nodes import YamlText
from mailer.formats.issue.text import MAX_TEXT_BYTES, split

_DIGITS = 9  # of a number, at most


def newsletters_of(files: Iterable[RawFile]) -> frozenset[str]:
    """The newsletters named in the front matter of a folder's texts; unreadable texts are skipped."""
    return frozenset(_written(files, "newsletter"))


def serials_of(files: Iterable[RawFile]) -> frozenset[int]:
    """The serials named in the front matter of a folder's texts; unreadable texts, and what is no number, are skipped."""
    return _numbers(files, "serial")


def usual_name(files: Sequence[RawFile]) -> str:
    """The usual name of an issue's folder, such as `2018-07`: its year and number; empty where the texts do not agree."""
    years, numbers = _numbers(files, "year"), _numbers(files, "number")
    return f"{min(years)}-{min(numbers):02}" if len(years) == len(numbers) == 1 else ""


def titles_of(files: Iterable[RawFile]) -> list[str]:
    """The titles of a folder's texts, in the order of the files; unreadable texts are skipped."""
    return list(_written(files, "title"))


def _numbers(files: Iterable[RawFile], key: str) -> frozenset[int]:
    texts = _written(files, key)
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) <= _DIGITS)


def _written(files: Iterable[RawFile], key: str) -> Iterator[str]:
    """What each text writes for a key of its front matter."""
    for file in files:
        if file_names.is_text(file.name) and len(file.content) <= MAX_TEXT_BYTES:
            try:
                value = split(file.content).keys.get(key)
            except BadInput:
                continue
            if isinstance(value, YamlText):
                yield value.text
