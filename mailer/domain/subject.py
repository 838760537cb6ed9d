"""Writes the subject of an issue's copies after the newsletter's pattern: `{title} · № {number} ({serial})`."""

import re
from collections.abc import Mapping
from enum import StrEnum

DEFAULT_SUBJECT = "{title} · № {number} ({serial})"
_SLOT = re.compile(r"\{([^{}]*)\}")


class SubjectSlot(StrEnum):
    """A place in the pattern, filled for each issue and language."""

    NAME = "name"  # the newsletter's
    NUMBER = "number"
    SERIAL = "serial"
    TITLE = "title"
    LANGUAGE = "language"  # of the copy, such as `en`


def check_subject(pattern: str) -> None:
    """Raise ValueError, saying what is wrong, for a pattern that cannot be filled."""
    if not pattern.strip():
        raise ValueError("it is empty")
    for name in _SLOT.findall(pattern):
        if name not in set(SubjectSlot):
            raise ValueError(f"there is no slot {{{name}}}")
    if re.search(r"[{}]", _SLOT.sub("", pattern)):
        raise ValueError("a brace has no partner")


def fill_subject(pattern: str, values: Mapping[SubjectSlot, object]) -> str:
    """The pattern with its slots filled; a brace in a value is no slot."""
    return _SLOT.sub(lambda slot: str(values[SubjectSlot(slot[1])]), pattern)
