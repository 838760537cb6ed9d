"""Finds the people whom typed words mean: by id, address or name, whole before part, in any case and either alphabet."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailer.domain.lookalikes import fold
from mailer.domain.names import label
from mailer.domain.similar import nearest

# Above so many people a search for the nearest name would keep the person waiting.
MOST_NEAREST = 5000
# A shorter part of a name or an address means too many people.
SHORTEST_PART = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person of the register with everything that words may mean."""

    person: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    memberships: tuple[str, ...]
    organisations: tuple[str, ...]

    @property
    def label(self) -> str:
        """The id with the name beside it."""
        return label(self.person, next(iter(self.names), ""))


def matches(typed: str, people: Iterable[KnownPerson]) -> list[KnownPerson]:
    """The people whom these words mean, by the strictest way of reading them that means anyone."""
    people = list(people)
    for strictness in _STRICTNESSES:
        if met := [person for person in people if strictness(_Words.of(typed), person)]:
            return met
    return []


def search(typed: str, people: Iterable[KnownPerson]) -> list[KnownPerson]:
    """Every person whom these words may mean, also by membership and organisation, the strictest match first."""
    words, people = _Words.of(typed), list(people)
    met = [person for strictness in (*_STRICTNESSES, _belongs) for person in people if strictness(words, person)]
    return list(dict.fromkeys(met))


def nearest_person(typed: str, people: Sequence[KnownPerson]) -> KnownPerson | None:
    """The person with the name or id for which these words look like a slip."""
    if len(people) > MOST_NEAREST:
        return None
    by_text = {text: person for person in people for name in person.names for text in (name, *_words(name))}
    by_text |= {person.person: person for person in people}
    near = nearest(typed, by_text)
    return by_text[near] if near else None


# --- ways of reading --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """What was typed: the whole in one case, its words, and the address in it."""

    whole: str
    words: tuple[str, ...]
    address: str

    @classmethod
    def of(cls, typed: str) -> "_Words":
        bracketed = re.search(r"<(.+@.+)>", typed)
        address = bracketed[1] if bracketed else typed if "@" in typed else ""
        return cls(fold(typed.strip()), _words(typed), address.strip().casefold())


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", fold(text)))


def _is_id(typed: _Words, person: KnownPerson) -> bool:
    """The id, alone or with the name beside it, as lists show it."""
    identity = fold(person.person)
    if typed.whole == identity:
        return True
    return typed.whole.startswith(f"{identity} ") and any(
        _words(name) == _words(typed.whole.removeprefix(identity)) for name in person.names
    )


def _is_address(typed: _Words, person: KnownPerson) -> bool:
    return bool(typed.address) and typed.address in person.addresses


def _is_name(typed: _Words, person: KnownPerson) -> bool:
    """A whole name in any order of its words."""
    return (
        bool(typed.words)
        and not typed.address
        and any(sorted(typed.words) == sorted(_words(name)) for name in person.names)
    )


def _is_part_of_name(typed: _Words, person: KnownPerson) -> bool:
    """Whole words of one name: a family name, a first name."""
    return not typed.address and bool(typed.words) and any(set(typed.words) <= {*_words(name)} for name in person.names)


def _begins_name(typed: _Words, person: KnownPerson) -> bool:
    """The beginnings of words of one name: "Sok", "I. Sokolov"."""
    return _is_long_enough(typed) and any(
        all(any(part.startswith(word) for part in _words(name)) for word in typed.words) for name in person.names
    )


def _is_anywhere(typed: _Words, person: KnownPerson) -> bool:
    """A part of a name or of an address."""
    texts = (*map(fold, person.names), *person.addresses)
    return _is_long_enough(typed) and any((typed.address or typed.whole) in text for text in texts)


def _belongs(typed: _Words, person: KnownPerson) -> bool:
    """The membership, or a part of the organisation's name."""
    if typed.whole in map(fold, person.memberships):
        return True
    return _is_long_enough(typed) and any(typed.whole in fold(organisation) for organisation in person.organisations)


def _is_long_enough(typed: _Words) -> bool:
    return len("".join(typed.words)) >= SHORTEST_PART and max(map(len, typed.words)) >= SHORTEST_PART


_STRICTNESSES = (_is_id, _is_address, _is_name, _is_part_of_name, _begins_name, _is_anywhere)
