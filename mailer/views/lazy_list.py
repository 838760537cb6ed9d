"""A list in a document that is read while it is printed, so that it is never held in memory as a whole."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")


class LazyList(list[T]):
    """Passes for a list where JSON is written; it can be read once."""

    def __init__(self, entries: Iterable[T]) -> None:
        """Read the first entry only: an empty list is to be printed as one."""
        super().__init__()
        self._entries = iter(entries)
        self._first = list(islice(self._entries, 1))

    def __bool__(self) -> bool:
        return bool(self._first)

    def __iter__(self) -> Iterator[T]:
        return chain(self._first, self._entries)
