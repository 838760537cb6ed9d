"""How a person is named wherever an id stands: "P004 Peter Novak"."""

from collections.abc import Mapping
from dataclasses import dataclass

# An erased person's rows keep an alias that begins so.
ALIAS = "erased-"
ERASED = "erased"


def shown_name(person: str, name: str) -> str:
    """The name to show beside an id: the register's; "erased" once the person is erased; empty without a name."""
    return ERASED if person.startswith(ALIAS) else name


def label(person: str, name: str) -> str:
    """The id with the name beside it."""
    name = shown_name(person, name)
    return f"{person} {name}" if name and name != ERASED else f"{person} (erased)" if name else person


def any_name(names: Mapping[str, str]) -> str:
    """The name in the first language that has one; may be empty."""
    return next((name for name in names.values() if name), "")


def name_in(names: Mapping[str, str], language: str) -> str:
    """The name in this language, or in another one that it is there in; may be empty."""
    return names.get(language) or any_name(names)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A person by id, with the name that the register has."""

    person: str
    name: str

    @property
    def label(self) -> str:
        """The id with the name beside it."""
        return label(self.person, self.name)
