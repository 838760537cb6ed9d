"""Tells how long a contender took, how much of the processors it used, and how much memory it had at most."""

import json
import sys
from pathlib import Path
from time import perf_counter, process_time


class Meter:
    """Runs from when it is made. Processor time is that of the whole process, every thread of it."""

    def __init__(self) -> None:
        self._began, self._used = perf_counter(), process_time()
        self.stop()

    def stop(self) -> None:
        """What comes after this does not count; it may be said again."""
        self._seconds, self._cpu_seconds = perf_counter() - self._began, process_time() - self._used

    def report(self, copies: int) -> None:
        """One line of JSON on stdout, as every contender prints it, of the time from the beginning to the last `stop`."""
        measured = {"copies": copies, "seconds": self._seconds, "cpu_seconds": self._cpu_seconds}
        sys.stdout.write(json.dumps(measured | {"peak_kb": peak_kb("self")}) + "\n")


def peak_kb(process: int | str) -> int:
    """The most memory that a living process has had, in KiB; 0 when it has ended.

    Not ru_maxrss: a child inherits that from its parent, so a small program would look as large as what started it.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)
