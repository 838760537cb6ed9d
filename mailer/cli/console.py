"""How the commands speak: one JSON document or a table on stdout, everything else on stderr."""

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from mailer.domain.errors import Refused
from mailer.gateways.log_lines import LogFormat, log_to_stderr
from mailer.views.json_text import ENCODER
from mailer.views.local_time import local_time
from mailer.views.remedies import in_form

if TYPE_CHECKING:  # these load the database and the settings, which `--help` does not need
    from mailer.app.installation import App
    from mailer.pipeline.context import Context, IssueName

GLOBAL_FLAGS = frozenset({"--json", "--yes"})
GLOBAL_VALUES = frozenset({"--config"})
# Controls but for the line's end and the tab; marks of direction; ends of lines that only some programs know.
_CONTROLS = {
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
    """The global options of a command: which installation, whether to ask, how to print; and what it has opened."""

    config: Path = Path("config.toml")
    command: str = "mailer"  # what the person typed; messages write commands so
    yes: bool = False
    as_json: bool = False
    opened: "App | None" = None


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


def open_installation(*, who: str | None = None, waits: bool = False) -> "App":
    """Open the installation that the command is about; it is closed when the command has ended.

    With `waits` a database that is away is waited for without an end, otherwise as long as a person may look on.
    """
    from mailer.app.installation import FOR_A_COMMAND, open_app

    if invocation.opened is not None:  # an argument was looked up in it
        return invocation.opened
    if not logging.getLogger().handlers:
        log_to_stderr()
    app = invocation.opened = open_app(invocation.config, who=who, patience=inf if waits else FOR_A_COMMAND)
    closing.callback(_close, app)
    return app


def open_service(service: str) -> "App":
    """Open the installation for a service, which runs until it is told to stop; its log has the form of the settings."""
    from mailer.config import load_config

    form = LogFormat(load_config(invocation.config).monitoring.log_format)
    log_to_stderr(logging.INFO, form)
    return open_installation(who=service, waits=True)


def _close(app: "App") -> None:
    app.store.close()
    invocation.opened = None


def open_context() -> "Context":
    """Open the same installation for a verb that needs no more than its context."""
    return open_installation().context


def parse_issue(typed: str) -> "IssueName":
    """The issue that was typed. NotFound says how it is written."""
    from mailer.pipeline.context import IssueName

    return IssueName.parse(typed)


def say(document: object, *lines: str) -> None:
    """Print the document as JSON when that was asked for, else the lines."""
    if invocation.as_json:
        say_document(document)
    else:
        for line in lines:
            sys.stdout.write(shown(line) + "\n")


def say_document(document: object) -> None:
    """Print the document as JSON, also where that was not asked for: it is all that there is to say."""
    # A piece at a time: a list may be read while it is written.
    for piece in ENCODER.iterencode(document):
        sys.stdout.write(in_form(piece, invocation.command))
    sys.stdout.write("\n")


def show(document: object, columns: Sequence[str], rows: Iterable[Sequence[object]], *lines: str) -> None:
    """Print the document as JSON when that was asked for, else a table of the rows if there are any, then the lines."""
    if not invocation.as_json:
        for line in drawn(columns, rows):
            sys.stdout.write(f"{line}\n")
    say(document, *lines)


def drawn(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """The lines of a table of the rows; none where there is no row."""
    from mailer.cli.tables import UNLIMITED_WIDTH, table_lines

    table = [list(map(cell_text, row)) for row in rows]
    width = get_terminal_size().columns if sys.stdout.isatty() else UNLIMITED_WIDTH
    return table_lines(columns, table, width) if table else ()


def complain(message: str) -> None:
    """A line for the person, on stderr."""
    for line in shown(message).splitlines():
        sys.stderr.write(f"mailer: {line}\n")


def warn(lines: Iterable[str]) -> None:
    """Lines that do not stop anything, on stderr."""
    for line in lines:
        complain(f"note: {line}")


def confirm(question: str, *, typed: str | None = None) -> None:
    """Ask before anything is sent or dropped. Raises Refused on any other answer, and where there is no terminal.

    `typed` is what must be typed in full; without it `y` is enough.
    """
    if invocation.yes:
        return
    if not sys.stdin.isatty():
        raise Refused(f"{question} There is no terminal to ask in: run it in one, or add --yes")
    sys.stderr.write(f"{shown(question)} {f'Type {typed} to go on' if typed else '[y/N]'}: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if answer != typed and not (typed is None and answer.lower() in {"y", "yes"}):
        raise Refused("Not confirmed; nothing was done.")


@contextmanager
def counting() -> Iterator[Callable[[str, int, int], None]]:
    """Shows on a terminal what is done, with how much of how much; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


def cell_text(cell: object) -> str:
    """A value as the text of a table's cell."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return local_time(cell)
    if isinstance(cell, list | tuple):
        return shown(" ".join(map(str, cell)))
    return shown(str(cell))


def shown(text: str) -> str:
    """The text as people may see it: harmless to a terminal, with commands as they are typed here."""
    return in_form(harmless(text), invocation.command)


def harmless(text: str) -> str:
    """The text with a space for each character that would tell a terminal to do something, or turn its line around.

    The words of servers, readers and file names are shown as they came.
    """
    return text.translate(_CONTROLS)
