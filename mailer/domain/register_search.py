"""What the people of the register are sorted and searched by: their names, addresses, ids and organisations, folded."""

import re
from collections.abc import Iterable

from mailer.domain.lookalikes import fold
from mailer.domain.membership import Membership, Seat

# Of a name, what decides its place in a list; an index of PostgreSQL holds no long texts.
SORTED_LETTERS = 100
# Words of a search that are looked at; more narrow nothing down.
MOST_WORDS = 8
# Letters of a word that are looked at: as many as the longest address has. SQLite refuses long patterns.
LONGEST_WORD = 254


def sort_key(seat: Seat) -> str:
    """The name by which a list of people is sorted."""
    return fold(seat.any_name)[:SORTED_LETTERS]


def search_words(seat: Seat, membership: Membership) -> str:
    """Everything that a person is found by, without case and accents."""
    spellings = seat.address.spellings if seat.address else ()
    return fold("\n".join((*seat.names.values(), *spellings, seat.person, membership.id, membership.organisation)))


def parts_of(typed: str) -> tuple[str, ...]:
    """The parts that must all be in a person's search words; of `Anna <anna@example.org>`, the address counts."""
    address = re.search(r"<([^<>]+@[^<>]+)>", typed)
    return first_words(fold(address[1] if address else typed).split())


def words_of(typed: str) -> tuple[str, ...]:
    """The words alone that must all be in a person's search words, however they are put together."""
    return first_words(re.findall(r"\w+", fold(typed)))


def parts_within(typed: str) -> tuple[str, ...]:
    """The parts that are in the search words of everybody whom these words may mean, however strictly they are read."""
    bracketed = re.search(r"<(.+@.+)>", typed)
    address = bracketed[1] if bracketed else typed if "@" in typed else ""
    return first_words([fold(address.strip())]) if address else words_of(typed)


def first_words(words: Iterable[str]) -> tuple[str, ...]:
    """As many of a search's words, and as much of each, as are looked at."""
    return tuple(dict.fromkeys(word[:LONGEST_WORD] for word in words))[:MOST_WORDS]
