"""Starts further sending processes beside this one, where the settings ask for them, and ends them with it.

Each is a sender like any other, with a lock and a journal of its own. It lives while there is much to send. A pipe to its
standard input says when it is to end; when this process dies, the pipe does, and it ends too.
"""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from math import inf

from mailer.app.dead_senders import free_copies_of_dead
from mailer.app.installation import App
from mailer.app.own_processes import DONE, OTHER_PROGRAM, OTHER_SETTINGS, started
from mailer.domain.retry import LOGIN_PAUSE, doubled, relay_pause
from mailer.pipeline import company_log
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.sending.company import RelayTrouble
from mailer.pipeline.sending.sender import STOP_WITHIN

# The module that they run, and what is written to them: a line each.
MODULE = "mailer.app.further_process"
FINISH, STOP = "finish", "stop"
# Exit statuses besides those of all: the disk is full, or the like; a RelayTrouble, its number added. DONE: nothing was left.
UNWRITABLE, TROUBLE = 12, 20
_TROUBLES = (TROUBLE + RelayTrouble.PASSING, TROUBLE + RelayTrouble.LASTING)
# After one has ended, another is started so many seconds later; where they die again and again, ever later.
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)
# Seconds that each has at least to end, however soon it is to, until it is killed.
_GRACE = 2.0


@dataclass(slots=True, kw_only=True)
class _Process:
    running: subprocess.Popen[bytes]
    leaves: bool = False  # it was told to
    outdated: bool = False  # other settings have been read since it was started

    def tell(self, *words: object) -> None:
        """Write it a line; it may have ended."""
        assert self.running.stdin is not None, "it was started with a pipe"
        with suppress(OSError):
            self.running.stdin.write(" ".join(map(str, words)).encode() + b"\n")


class FurtherProcesses:
    """The sending processes beside the first one, from 1 on."""

    leads = True

    def __init__(self, app: App, processes: int) -> None:
        self._app = app
        self._numbers = range(1, processes)
        self._context = app.context  # for those that are started from now on
        self._running: dict[int, _Process] = {}
        self._not_before = -inf  # when another may be started
        self._troubles = 0  # ends in a row by a relay that was down
        self._deaths = 0  # ends in a row by no will of ours
        self._stop_by = inf

    @property
    def at_work(self) -> bool:
        """Whether any of them runs."""
        return bool(self._running)

    def want(self, only: IssueName | None) -> None:
        """Start those that do not run, unless one has ended a moment ago."""
        if self._elapsed() < self._not_before or self._stop_by < inf:
            return
        for number in self._numbers:
            if number not in self._running:
                try:
                    self._running[number] = _Process(running=self._started(number, only))
                except OSError as error:  # the machine has too many processes, or too little memory: this one sends on
                    self._not_before = self._elapsed() + self._pause_after_death(
                        partial(company_log.cannot_start, error)
                    )
                    return
                company_log.started(number + 1, len(self._numbers) + 1)

    def leave(self) -> None:
        """Let them claim nothing more, and end when what has begun is answered."""
        for process in self._running.values():
            if not process.leaves:
                process.leaves = True
                process.tell(FINISH)

    def has_ended(self) -> bool:
        """Whether one has ended since the last call; why it did decides when another may be started."""
        states = {number: process.running.poll() for number, process in self._running.items()}
        ended = {number: status for number, status in states.items() if status is not None}
        for number, status in ended.items():
            process = self._running.pop(number)
            _close(process.running)
            # How one has fared with the settings before says nothing about those of now.
            pause = _PAUSE.total_seconds() if process.outdated else self._pause_after(status)
            self._not_before = max(self._not_before, self._elapsed() + pause)
        return bool(ended)

    def stop(self, within: float) -> None:
        """Let them stop, as `Sender.stop` does, and start no others."""
        self._stop_by = min(self._stop_by, self._elapsed() + within)
        for process in self._running.values():
            process.tell(STOP, within)

    def use(self, context: Context) -> None:
        """Let others take their places, which read the settings anew, and try at once what was refused."""
        self._context = context
        self.leave()
        for process in self._running.values():
            process.outdated = True
        self._not_before, self._troubles = -inf, 0

    def close(self) -> None:
        """End them all. One that does not end in time, since it is frozen for example, is killed, and its copies freed."""
        if not self._running:
            return
        if self._stop_by == inf:
            self.stop(STOP_WITHIN)
        killed = False
        for process in self._running.values():
            try:
                process.running.wait(max(_GRACE, self._stop_by - self._elapsed()))
            except subprocess.TimeoutExpired:
                process.running.kill()
                process.running.wait()
                killed = True
            _close(process.running)
        self._running.clear()
        if killed:
            free_copies_of_dead(self._app)

    def _started(self, number: int, only: IssueName | None) -> subprocess.Popen[bytes]:
        options: list[object] = ["--process", number, "--processes", len(self._numbers) + 1]
        options += ["--only", only] if only is not None else []
        return started(MODULE, self._app.config.file, self._context, self._app.program, *options)

    def _pause_after(self, status: int) -> float:
        if status == DONE:
            self._troubles = self._deaths = 0
            company_log.done()
            return _PAUSE.total_seconds()
        if status in {OTHER_SETTINGS, OTHER_PROGRAM}:
            if self._not_before < inf:  # another one has found it, too, and it was said
                company_log.differs(program=status == OTHER_PROGRAM)
            return inf
        if status in _TROUBLES:
            self._troubles += status == TROUBLE + RelayTrouble.PASSING
            lasting = status == TROUBLE + RelayTrouble.LASTING
            pause = LOGIN_PAUSE if lasting else relay_pause(self._troubles)
            company_log.met_trouble(pause.total_seconds(), lasting=lasting)
            return pause.total_seconds()
        if status == UNWRITABLE:
            self._troubles += 1
            return relay_pause(self._troubles).total_seconds()
        return self._pause_after_death(partial(company_log.died, status))

    def _pause_after_death(self, say: Callable[[float], None]) -> float:
        self._deaths += 1
        pause = doubled(_PAUSE, times=self._deaths - 1, longest=_LONGEST_PAUSE).total_seconds()
        if self._deaths == 1:
            say(pause)
        return pause

    def _elapsed(self) -> float:
        return self._app.context.clock.elapsed()


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None, "it was started with a pipe"
    process.stdin.close()
