"""Writes the log to standard error, a line for each event."""

import logging
import sys

# How the log writes a time, with its zone.
LOG_TIME = "%Y-%m-%d %H:%M:%S %z"


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Log lines go to stderr. Libraries that would log an address stay below the level."""
    logging.basicConfig(
        stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(message)s", datefmt=LOG_TIME
    )
    for loud in ("mail.log", "aiosmtplib", "alembic", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    # It warns whenever a tick is still at work when the next is due.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
