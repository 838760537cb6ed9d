"""Troubles of the machine and its database, which end when a person or another process ends them: nothing is lost meanwhile."""

from enum import StrEnum


class Trouble(StrEnum):
    """Why the database or the disk does not serve now."""

    DISK_FULL = "disk full"
    NEARLY_FULL = "disk nearly full"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    DAMAGED = "damaged"  # the database cannot be read there, or is none
    AWAY = "away"  # the server of the database does not answer
