"""How the commands speak: one JSON document or a table on stdout, everything else on stderr."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mailer.app import installation as composition
from mailer.app.installation import App
from mailer.domain.errors import Refused
from mailer.pipeline.context import Context

GLOBAL_FLAGS = frozenset({"--json", "--yes"})
GLOBAL_VALUES = frozenset({"--config"})
# Columns of a table that goes to a file or another program: no cell is ever broken there.
ENDLESS = 10_000
# Controls but for the line's end and the tab; marks of direction; ends of lines that only some programs know.
_COMMANDS = {
    number: " "
    for number in (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x61C,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
    )
    if chr(number) not in "\n\t"
}


@dataclass(slots=True)
class Invocation:
    """What was said for every command: which installation, whether to ask, how to print."""

    config: Path = Path("config.toml")
    yes: bool = False
    as_json: bool = False


invocation = Invocation()
# What is closed when the command has ended.
closing = ExitStack()


def globals_first(arguments: list[str]) -> list[str]:
    """The same arguments with the global ones in front: they are taken before and after the command's name."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in GLOBAL_FLAGS or (word.partition("=")[0] in GLOBAL_VALUES and "=" in word):
            front.append(word)
        elif word in GLOBAL_VALUES:
            front += [word, *([value] if (value := next(words, None)) is not None else [])]
        else:
            rest.append(word)
    return front + rest


def installation(*, who: str | None = None) -> App:
    """The installation that the command is about, opened."""
    if not logging.getLogger().handlers:
        log_to_stderr()
    opened = composition.open_app(invocation.config, who=who)
    closing.callback(opened.store.close)
    return opened


def context() -> Context:
    """What the verbs work with, in the installation that the command is about."""
    return installation().context


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Log lines go to stderr. Libraries that would log an address stay below the level."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(asctime)s %(levelname)s %(message)s")
    for loud in ("mail.log", "aiosmtplib", "alembic", "asyncio"):
        logging.getLogger(loud).setLevel(logging.WARNING)
    # A tick that is still at work when the next is due is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class Streamed(list[object]):
    """A list in a document that is read while it is printed, once: however long it is, it is never held."""

    def __init__(self, entries: Iterable[object]) -> None:
        """Nothing is read yet but the first entry: an empty list is printed as one."""
        super().__init__()
        self._entries = iter(entries)
        self._first = list(islice(self._entries, 1))

    def __bool__(self) -> bool:
        return bool(self._first)

    def __iter__(self) -> Iterator[object]:
        return chain(self._first, self._entries)


def say(document: object, *lines: str) -> None:
    """Print the document as JSON when that was asked for, else the lines."""
    if invocation.as_json:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
        sys.stdout.write("\n")
    else:
        for line in lines:
            sys.stdout.write(harmless(line) + "\n")


def show(document: object, columns: Sequence[str], rows: Iterable[Sequence[object]], *lines: str) -> None:
    """Print the document as JSON when that was asked for, else a table of the rows if there are any, then the lines."""
    if invocation.as_json:
        say(document)
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(escape(word(cell)) for cell in row))
    if table.row_count:
        printer = Console(width=None if sys.stdout.isatty() else ENDLESS, highlight=False)
        with printer.capture() as printed:
            printer.print(table)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in printed.get().splitlines())
    say(document, *lines)


def complain(message: str) -> None:
    """A line for the person, on stderr."""
    for line in harmless(message).splitlines():
        sys.stderr.write(f"mailer: {line}\n")


def warn(lines: Iterable[str]) -> None:
    """Lines that do not stop anything, on stderr."""
    for line in lines:
        complain(f"note: {line}")


def confirm(question: str, *, typed: str | None = None) -> None:
    """Ask before anything is sent or dropped. Raises Refused on any other answer, and where nobody can be asked.

    `typed` is what must be typed in full; without it `y` is enough.
    """
    if invocation.yes:
        return
    if not sys.stdin.isatty():
        raise Refused(f"{question} Nobody can be asked here: run it in a terminal, or add --yes")
    sys.stderr.write(f"{question} {f'Type {typed} to go on' if typed else '[y/N]'}: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if answer != typed and not (typed is None and answer.lower() in {"y", "yes"}):
        raise Refused("not done: the answer was another one")


def time_of(instant: datetime | None) -> str:
    """An instant for people: local time of this machine, to the second."""
    return instant.astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def word(cell: object) -> str:
    """A value for people."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return time_of(cell)
    if isinstance(cell, list | tuple):
        return harmless(" ".join(map(str, cell)))
    return harmless(str(cell))


def harmless(text: str) -> str:
    """The text with a space for each character that would tell a terminal to do something, or turn its line around.

    What servers, readers and file names say is shown as it came.
    """
    return text.translate(_COMMANDS)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)
