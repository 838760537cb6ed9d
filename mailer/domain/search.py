"""What a person looks for in a long list of copies or of a circulation, and the part of it that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from mailer.domain.delivery import State
from mailer.domain.membership import MembershipKind

Row = TypeVar("Row")

# How many rows a page shows.
ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[Row]):
    """The rows of one page; behind the last of them stands another page when there `is_more`."""

    rows: Sequence[Row]
    is_more: bool

    @classmethod
    def of(cls, rows: Sequence[Row], most: int = ROWS) -> "Slice[Row]":
        """The first rows, of which one more than `most` was read where there are so many."""
        return cls(rows=rows[:most], is_more=len(rows) > most)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySearch:
    """Only copies in this state, in this language, and with all of these words in name, id, address or number."""

    state: State | None = None
    language: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculationSearch:
    """Only people with this decision (`recipient` or `excluded`), this reason, this kind of membership, who get this
    language, and with all of these words in name, id or address.
    """

    decision: str = ""
    reason: str = ""
    kind: MembershipKind | None = None
    language: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CirculationLine:
    """A person of a frozen circulation: the decision as it was frozen, the name and the kind as the register has them."""

    person: str
    name: str
    decision: str
    reason: str
    rule: int
    kind: MembershipKind | None
    address: str
    editions: tuple[str, ...]


def forms_of(word: str) -> frozenset[str]:
    """The word in the ways people write it: databases compare letters other than A to Z as they stand."""
    return frozenset({word, word.lower(), word.upper(), word.capitalize(), word.title()})
