"""Writes an event into the log: a sentence for people, and the same facts by name for programs."""

import logging

log = logging.getLogger("mailer")
# The function that names the event, seen from the logging library: its caller's caller's caller.
_NAMER = 3


def info(sentence: str, **facts: object) -> None:
    """An event of the ordinary course. `sentence` has a place for each fact, such as `%(delivery)d`."""
    _write(logging.INFO, sentence, facts)


def warn(sentence: str, **facts: object) -> None:
    """An event that a person may want to know of."""
    _write(logging.WARNING, sentence, facts)


def error(sentence: str, *, exc_info: Exception | None = None, **facts: object) -> None:
    """An event that a person should see to; a fault of ours with where it happened."""
    _write(logging.ERROR, sentence, facts, exc_info)


def say(level: int, sentence: str, **facts: object) -> None:
    """An event of this level."""
    _write(level, sentence, facts)


def _write(level: int, sentence: str, facts: dict[str, object], exc_info: Exception | None = None) -> None:
    log.log(level, sentence, *([facts] if facts else []), exc_info=exc_info, stacklevel=_NAMER)
