"""What a running daemon does besides sending."""

from enum import StrEnum, auto


class DaemonRole(StrEnum):
    """One daemon at a time leads: it pulls, plans, tests, and begins what is due."""

    LEADS = auto()
    FOLLOWS = auto()
    DOUBTS_CLOCK = auto()
