"""Runs a program and looks at it from outside: how long it took, its processor time, and its memory at most."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import perf_counter

from tests.benchmarks.meter import peak_kb

LOOK = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a program took from its start to its end, and what it wrote to stdout. `peak_kb` in KiB."""

    seconds: float
    cpu_seconds: float
    peak_kb: int
    output: str


def watch(
    command: Sequence[str | Path], *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Watched:
    """Run it in the folder. Processor time is that of all its threads, and of the processes that it waited for.

    Raises RuntimeError with the end of what it said on stderr when it fails.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began, peak = perf_counter(), 0
        process = subprocess.Popen(command, stdout=output, stderr=errors, cwd=folder, env=environment)
        pause = Event()
        while True:
            peak = max(peak, peak_kb(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            pause.wait(LOOK)
        seconds = perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            complaint = errors.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{Path(command[0]).name} ended with {process.returncode}: {complaint}")
        words = output.read().decode()
    return Watched(seconds=seconds, cpu_seconds=used.ru_utime + used.ru_stime, peak_kb=peak, output=words)
