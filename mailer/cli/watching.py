"""Shows how things stand again and again: drawn anew at a terminal, elsewhere whenever something has changed."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from mailer.cli import console

# Seconds between two looks.
EVERY = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """How things stand: a document for programs; for people a table and lines, with doubts before and advice behind.

    `ended`: nothing more will change by itself.
    """

    document: object
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    lines: Sequence[str] = ()
    doubts: Sequence[str] = ()
    advice: Sequence[str] = ()
    ended: bool = False


def keep_showing(look: Callable[[], Glance]) -> None:
    """Show what `look` finds until it has ended, or the person ends it with Ctrl-C; a database that is away is waited for."""
    pause = Event()
    try:
        with _screen() as draw:
            while True:
                glance = _glance(look)
                if glance is not None:
                    draw("\n".join(_text(glance)))
                    if glance.ended:
                        return
                pause.wait(EVERY)
    except KeyboardInterrupt:
        return


def _glance(look: Callable[[], Glance]) -> Glance | None:
    """What `look` finds; None when the database went away meanwhile, which is in the log."""
    from mailer.store import DatabaseError, is_away

    try:
        return look()
    except DatabaseError as error:
        if not is_away(error):
            raise
        return None


def _text(glance: Glance) -> Iterator[str]:
    yield from (console.shown(f"note: {doubt}") for doubt in glance.doubts)
    yield from console.drawn(glance.columns, glance.rows)
    yield from map(console.shown, glance.lines)
    yield from (console.shown(f"note: {advice}") for advice in glance.advice)


@contextmanager
def _screen() -> Iterator[Callable[[str], None]]:
    """What draws a text in place of the one before; where there is no terminal, below it when it is another one."""
    if not sys.stdout.isatty():
        before = [""]

        def write(text: str) -> None:
            if text != before[0]:
                sys.stdout.write(f"{text}\n")
                sys.stdout.flush()
            before[0] = text

        yield write
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    screen = Console(highlight=False)

    def draw(text: str) -> None:
        """The end of the text, where that has more lines than the terminal: the newest issues, and what is to be done."""
        lines = Text.from_ansi(text).wrap(screen, screen.width)
        room = max(1, screen.height - 1)
        live.update(Text("\n").join(lines if len(lines) <= room else [Text("…"), *lines[1 - room :]]), refresh=True)

    with Live(console=screen, auto_refresh=False, vertical_overflow="crop") as live:
        yield draw
