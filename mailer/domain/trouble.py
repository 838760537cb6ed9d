"""The machine's own troubles, which end when a person makes room or the other process ends: nothing is lost meanwhile."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why nothing can be written now."""

    DISK_FULL = "disk full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
