"""Tells how long a contender took, how much of the processors it used, and how much memory it had at most."""

import json
import resource
import sys
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, process_time
from typing import Self

LOOK = 0.05


class Meter:
    """Runs from when it is made. Processor time is that of the whole process, every thread of it."""

    def __init__(self) -> None:
        self._children = _cpu_of_ended_children()
        self._began, self._used = perf_counter(), process_time()
        self.stop()

    def stop(self) -> None:
        """What comes after this does not count; it may be said again."""
        self._seconds, self._cpu_seconds = perf_counter() - self._began, process_time() - self._used

    def report(self, copies: int, *, peak: int = 0) -> None:
        """One line of JSON on stdout, as every contender prints it, of the time from the beginning to the last `stop`.

        Processes that were started meanwhile, and have ended, count with all of their processor time. `peak` is the most
        memory of them all in KiB, where it was looked at.
        """
        cpu_seconds = self._cpu_seconds + _cpu_of_ended_children() - self._children
        measured = {"copies": copies, "seconds": self._seconds, "cpu_seconds": cpu_seconds}
        sys.stdout.write(json.dumps(measured | {"peak_kb": max(peak, peak_kb("self"))}) + "\n")


class FamilyMemory:
    """Looks at this process and those that it has started, and notes the most memory that they had at once."""

    def __init__(self) -> None:
        self.peak_kb = 0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK):
            self.peak_kb = max(self.peak_kb, peak_kb("self") + sum(peak_kb(child) for child in _children()))


def peak_kb(process: int | str) -> int:
    """The most memory that a living process has had, in KiB; 0 when it has ended.

    Not ru_maxrss: a child inherits that from its parent, so a small program would look as large as what started it.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _children() -> list[str]:
    """The processes that threads of this one have started."""
    return [child for file in Path("/proc/self/task").glob("*/children") for child in file.read_text().split()]


def _cpu_of_ended_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
