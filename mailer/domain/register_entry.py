"""What a form of the register stands on: the record as it was read, and why what was typed is not entered."""

import hashlib
from collections.abc import Sequence

from mailer.domain.errors import BadInput, Refused
from mailer.domain.membership import Membership, Seat
from mailer.domain.register_columns import cell_text, cells_of
from mailer.domain.register_rows import BadRow


def fingerprint(record: Membership | Seat | None) -> str:
    """A hash of the record as it is, to tell later whether another person has changed it; None is no record."""
    cells = [] if record is None else [(name, cell_text(cell)) for name, cell in sorted(cells_of(record).items())]
    return hashlib.sha256(repr(cells).encode()).hexdigest()[:32]


class Outdated(Refused):
    """Another person has changed the record since the form was shown; `current` is the record as it is, None without one."""

    def __init__(self, message: str, current: Membership | Seat | None) -> None:
        """Say whose record it is, and what it is now."""
        super().__init__(message)
        self.current = current


class RowsRefused(BadInput):
    """What was typed breaks a rule of the register; `bad` has each fault with its column."""

    def __init__(self, bad: Sequence[BadRow]) -> None:
        """The message is the first fault."""
        super().__init__(f"{bad[0].column}: {bad[0].reason}.")
        self.bad = tuple(bad)


class Doubtful(Refused):
    """What was typed looks like a slip; nothing is entered until the same `warnings` have been accepted."""

    def __init__(self, warnings: Sequence[str]) -> None:
        """The message is all warnings."""
        super().__init__(" ".join(warnings))
        self.warnings = tuple(warnings)

    @property
    def digest(self) -> str:
        """A hash of the warnings, by which they are accepted."""
        return hashlib.sha256("\n".join(self.warnings).encode()).hexdigest()[:32]
