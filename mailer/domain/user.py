"""A user of the console: somebody who signs in to work, not a reader."""

from dataclasses import dataclass
from datetime import datetime

from mailer.domain.access import Right, Role, may


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as the database has it.

    `login` is the name with which the same person works in the terminal, `address` where tests "to me" go; both may be
    empty. A disabled user cannot sign in.
    """

    id: int
    name: str
    role: Role
    login: str = ""
    address: str = ""
    language: str = "en"
    disabled_at: datetime | None = None

    def may(self, right: Right) -> bool:
        """Whether this user may do this."""
        return self.disabled_at is None and may(self.role, right)
