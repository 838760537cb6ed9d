"""Names people in one line, the first of them where there are many."""

from collections.abc import Iterable
from itertools import islice

# How many people are named in one line.
NAMED = 15


def name_all(people: Iterable[str]) -> str:
    """All of them, in a row."""
    return ", ".join(people) or "nobody"


def name_first(people: Iterable[str], number: int) -> str:
    """The first of so many people, and how many more there are."""
    return name_all(islice(people, NAMED)) + (f" and {number - NAMED} more" if number > NAMED else "")
