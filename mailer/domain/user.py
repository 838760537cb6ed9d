"""A user of the console: a person who signs in to work, not a reader."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from mailer.domain.access import Right, Role, may
from mailer.domain.errors import BadInput

LONGEST_NAME = 60
# History calls the service and a member so.
_TAKEN = frozenset({"daemon", "the reader"})


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


def same_name(name: str, typed: str) -> bool:
    """Whether both name one user: capitals, spaces and the spelling of accents make no difference."""
    return folded(name) == folded(typed)


def folded(name: str) -> str:
    """The name as names are compared."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def refuse_name(name: str) -> None:
    """Raises BadInput when no user can have this name."""
    if not name.strip():
        raise BadInput("a user needs a name")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"the name has {len(name)} characters; {LONGEST_NAME} are allowed")
    if not name.isprintable() or name != name.strip():
        raise BadInput(f"the name {name!r} has characters that cannot be seen")
    if folded(name) in _TAKEN:
        raise BadInput(f"the history calls something else {name}; choose another name")
