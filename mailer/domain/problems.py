"""Collects what is wrong with a thing, so that all of it is named at once."""

import re
from types import TracebackType

from mailer.domain.errors import BadInput

_LINE = re.compile(r"line (\d+): ")


class Problems:
    """The problems found so far, a line each; a BadInput of several lines is several problems."""

    def __init__(self) -> None:
        """No problem yet."""
        self._lines: dict[str, None] = {}

    @property
    def lines(self) -> list[str]:
        """The problems in the order in which they were found, each once."""
        return list(self._lines)

    def add(self, problem: str) -> None:
        """Note a problem."""
        self._lines[problem] = None

    def collect(self, prefix: str = "") -> "Collecting":
        """Note the problems of a BadInput raised in the block, each with the prefix, instead of raising it."""
        return Collecting(self, prefix)

    def refuse_if_any(self, prefix: str = "") -> None:
        """Raise BadInput with every problem, by line of the file; those without a line stand first."""
        if self._lines:
            raise BadInput("\n".join(f"{prefix}{line}" for line in sorted(self._lines, key=_line_number)))


class Collecting:
    """A block whose BadInput is noted as problems, not raised."""

    def __init__(self, problems: Problems, prefix: str) -> None:
        """Note into `problems`, each line with the prefix."""
        self._problems, self._prefix = problems, prefix

    def __enter__(self) -> None:
        """Begin the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Note what was raised in the block; any other error goes on."""
        if not isinstance(error, BadInput):
            return False
        for line in str(error).splitlines():
            self._problems.add(f"{self._prefix}{line}")
        return True


def _line_number(problem: str) -> int:
    numbered = _LINE.match(problem)
    return int(numbered[1]) if numbered else 0
