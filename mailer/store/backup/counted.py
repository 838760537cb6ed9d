"""Compares a copy with its database: the same rows, and nothing in it damaged."""

from collections.abc import Mapping

from mailer.domain.database_check import DatabaseCheck
from mailer.domain.errors import BadInput

# The one table of which no row is ever deleted: its count tells even while others write.
_GROWING = ("history",)


def refuse_lost_rows(
    copied: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int], *, still: bool
) -> None:
    """BadInput when the copy cannot have all rows: counted in the database before and after, `still` when nothing wrote."""
    for name in before if still else _GROWING:
        count = copied.get(name, -1)
        if not before[name] <= count <= after[name]:
            raise BadInput(f"the copy has {max(count, 0)} rows of {name}, what it is a copy of {after[name]}")


def refuse_unsound(check: DatabaseCheck, what: object) -> None:
    """BadInput naming the first of what is wrong with it."""
    if not check.ok:
        raise BadInput(f"{what} is damaged: {check.problems[0]}; it is of no use")
