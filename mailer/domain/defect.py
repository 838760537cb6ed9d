"""A place in a text that an editor should look at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Defect:
    """The number of the line, what is wrong with it, and what was done or is to be done."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"
