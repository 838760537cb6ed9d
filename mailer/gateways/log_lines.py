"""Writes the log to standard error, a line for each event: as a sentence, or as an object of JSON."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

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
        """The event as one line, whatever its sentence holds."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.module if record.name == OURS else record.name,
            "event": record.funcName,
            "message": record.getMessage(),
        }
        if isinstance(record.args, Mapping):
            facts = {name: None if fact == _NOTHING else fact for name, fact in record.args.items()}
            line |= {name: fact for name, fact in facts.items() if name not in line}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to_stderr(level: int = logging.WARNING, form: LogFormat = LogFormat.TEXT) -> None:
    """Log lines go to stderr. Libraries that would log an address stay below the level."""
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(message)s", datefmt=LOG_TIME)
    handler.setFormatter(JsonLines() if form is LogFormat.JSON else text)
    logging.basicConfig(handlers=[handler], level=level)
    for loud in ("mail.log", "aiosmtplib", "alembic", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    # It warns whenever a tick is still at work when the next is due.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def log_options() -> list[str]:
    """The options by which a process that this one starts logs as it does itself."""
    root = logging.getLogger()
    as_json = any(isinstance(handler.formatter, JsonLines) for handler in root.handlers)
    form = LogFormat.JSON if as_json else LogFormat.TEXT
    return ["--log-level", str(root.getEffectiveLevel()), "--log-format", form.value]
