"""Shows an instant to people."""

from datetime import datetime


def local_time(instant: datetime | None) -> str:
    """An instant in the local time of this machine, to the second; empty for none."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def local_minute(instant: datetime) -> str:
    """The same to the minute."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M")
