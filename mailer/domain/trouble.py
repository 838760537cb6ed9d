"""Troubles of the machine and its database, which end when a person or another process ends them: nothing is lost meanwhile."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why nothing can be written now."""

    DISK_FULL = "disk full"
    NEARLY_FULL = "disk nearly full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    AWAY = "away"  # the server of the database does not answer
