"""Collects what was measured, and prints it when the tests are over, so that a note can cite it."""

from collections import Counter


class Figures:
    """Sums and greatest values by name, in the order in which they came."""

    def __init__(self) -> None:
        self._sums: Counter[str] = Counter()
        self._most: dict[str, tuple[float, str]] = {}

    def add(self, name: str, count: int = 1) -> None:
        """Count on."""
        self._sums[name] += count

    def most(self, name: str, value: float, where: str) -> None:
        """Keep the greatest value and where it was measured."""
        if name not in self._most or value > self._most[name][0]:
            self._most[name] = (value, where)

    def lines(self) -> list[str]:
        """A line for each figure."""
        sums = [f"{name}: {count}" for name, count in self._sums.items()]
        return sums + [f"{name}: {value:g} ({where})" for name, (value, where) in self._most.items()]


FIGURES = Figures()
