"""Writes the log to standard error, a line for each event: as a sentence, or as an object of JSON."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from math import isfinite
from types import TracebackType

# How the log writes a time, with its zone.
LOG_TIME = "%Y-%m-%d %H:%M:%S %z"
OURS = "mailer"
# What a sentence says where there is nothing.
_NOTHING = "-"


class LogFormat(StrEnum):
    """The form of the lines."""

    TEXT = "text"
    JSON = "json"


class JsonLines(logging.Formatter):
    """An object for each event: when, how grave, which event of which log, its sentence, and its facts by name."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as one line of ASCII, whatever its sentence holds, and in whatever encoding it is written."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.module if record.name == OURS else record.name,
            "event": record.funcName,
            "message": _message(record),
        }
        if isinstance(record.args, Mapping):
            facts = {str(name): _fact(fact) for name, fact in record.args.items()}
            line |= {name: fact for name, fact in facts.items() if name not in line}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # a library's sentence that its facts do not fit
        return str(record.msg)


def _fact(fact: object) -> object:
    """A fact as JSON has it: numbers, truth and nothing as they are, all else in words."""
    if fact == _NOTHING:
        return None
    is_plain = fact is None or isinstance(fact, int) or (isinstance(fact, float) and isfinite(fact))
    return fact if is_plain else str(fact)


def is_json() -> bool:
    """Whether this process writes its log as JSON."""
    return any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers)


def _log_uncaught(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    logging.getLogger(OURS).critical("%(error)s", {"error": kind.__name__}, exc_info=(kind, error, traceback))


def log_to_stderr(level: int = logging.WARNING, form: LogFormat = LogFormat.TEXT) -> None:
    """Log lines go to stderr. Libraries that would log an address stay below the level."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(message)s", datefmt=LOG_TIME)
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else text)
    logging.basicConfig(handlers=[handler], level=level)
    if form is LogFormat.JSON:  # what ends the process is a line as all others are
        logging.captureWarnings(capture=True)
        sys.excepthook = _log_uncaught
    for loud in ("mail.log", "aiosmtplib", "alembic", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    # It warns of what a lost connection leaves undone, which is told once as the database that does not answer.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    # It warns whenever a tick is still at work when the next is due.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def log_options() -> list[str]:
    """The options by which a process that this one starts logs as it does itself."""
    form = LogFormat.JSON if is_json() else LogFormat.TEXT
    return ["--log-level", str(logging.getLogger().getEffectiveLevel()), "--log-format", form.value]
