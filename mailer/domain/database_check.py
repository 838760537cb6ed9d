"""What a look at the whole database has shown: how many rows its tables have, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCheck:
    """A database that was read from its first row to its last; `unchecked` says what could not be looked at, and why."""

    engine: str
    rows: Mapping[str, int]
    problems: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class PutInPlace:
    """A backup that is the database now; `kept_as` is the file of the database before it, where there is one."""

    backup_at: datetime
    check: DatabaseCheck
    kept_as: str = ""
