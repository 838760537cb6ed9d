"""Runs the commands as a person would, in this process: exit status, standard output and standard error."""

import asyncio
import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest

from mailer.cli import console, main
from tests.scripted_relay import Sink


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> object:
        """The one JSON document on standard output; anything before or after it is an error."""
        return json.loads(self.out)


class Terminal:
    """Nobody sits here: a command that asks is refused."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Said:
        """Run `mailer` with these words."""
        self._capsys.readouterr()
        umask = os.umask(0o022)  # as on most machines
        console.invocation.config = Path("/nowhere")
        try:
            main([str(word) for word in words])
            status: object = 0
        except SystemExit as ended:
            status = ended.code
        finally:
            os.umask(umask)
        captured = self._capsys.readouterr()
        assert isinstance(status, int)
        return Said(status, captured.out, captured.err)

    def ok(self, *words: str | Path) -> Said:
        """Run what must be done without a complaint."""
        said = self(*words)
        assert (said.status, [line for line in said.err.splitlines() if "note:" not in line]) == (0, []), said
        return said


@contextmanager
def a_relay(folder: Path | None = None, **options: object) -> Iterator[Sink]:
    """The capturing server, in a thread of its own."""
    started: Future[tuple[Sink, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        async with Sink(folder, **options) as sink:
            over = asyncio.Event()
            started.set_result((sink, asyncio.get_running_loop(), over))
            await over.wait()

    thread = Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    sink, loop, over = started.result(timeout=60)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(timeout=60)


def mode(path: Path) -> int:
    """A path's rights."""
    return path.stat().st_mode & 0o777


def quiet() -> None:
    """Afterwards no handler of a command's own is left on the root logger."""
    for handler in [*logging.getLogger().handlers]:
        if type(handler) is logging.StreamHandler:
            logging.getLogger().removeHandler(handler)
