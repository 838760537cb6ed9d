"""What was done to a database as a whole: brought to a newer schema, or copied into another one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaUpgrade:
    """The schema before (None: there was no database) and after, and each step between, by its number."""

    before: str | None
    after: str
    steps: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCopy:
    """A database that was copied, with the rows of each table; `resumed`: an earlier copy was gone on with."""

    source: str
    target: str
    rows: Mapping[str, int]
    resumed: bool
