"""Names people in one line, each by id and name, the first of them where there are many."""

from collections.abc import Iterable
from itertools import islice
from typing import Protocol

# How many people are named in one line.
NAMED = 15


class Named(Protocol):
    """Anything that stands for a person and has the name apart."""

    @property
    def person(self) -> str:
        """The person's id."""

    @property
    def name(self) -> str:
        """The person's name."""


class Labelled(Protocol):
    """Anything that stands for a person: a seat, a decision, a copy."""

    @property
    def label(self) -> str:
        """The person's id with the name beside it."""


def named_document(person: Named) -> dict[str, object]:
    """The person for programs: the id, and the name beside it."""
    return {"person": person.person, "name": person.name}


def name_all(people: Iterable[Labelled]) -> str:
    """All of them, in a row."""
    return ", ".join(person.label for person in people) or "nobody"


def name_first(people: Iterable[Labelled], number: int) -> str:
    """The first of so many people, and how many more there are."""
    return name_all(islice(people, NAMED)) + (f" and {number - NAMED} more" if number > NAMED else "")
