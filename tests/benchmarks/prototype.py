"""The prototype of the design as a contender, where it lies beside the project: it is run in place, and written nowhere."""

import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.sinks import BENCH
from tests.benchmarks.task import Measured, Task, environment
from tests.benchmarks.watch import watch

FOLDER = BENCH / "prototype"
# Its page of 300 lines and no more: it asks for a module named `ref`, which does not lie beside it.
PAGE = Path(__file__).parent / "prototype_page"
LIBRARIES = ("aiosmtplib", "jinja2", "markdown_it", "premailer", "sqlalchemy")


def absent() -> str:
    """Why it cannot run; empty when it can."""
    if not (FOLDER / "proto2.py").is_file():
        return "it does not lie beside the project (shared/bench/prototype)"
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    return f"{', '.join(missing)} is not installed" if missing else ""


def run(task: Task) -> Measured:
    """Its database is filled before the clock runs. The clock is its own: from the first claim to the last result."""
    own = environment() | {"PYTHONPATH": str(PAGE), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory(prefix="club-mailer-prototype-") as folder:
        url, journal = f"sqlite:///{folder}/prototype.db", f"{folder}/journal"
        watch([sys.executable, "mkdb.py", url, str(task.copies)], folder=FOLDER, environment=own)
        numbers = [str(task.port), str(task.copies), "--conns", str(task.connections)]
        words = [sys.executable, "proto2.py", *numbers, "--db", url, "--journal", journal]
        watched = watch(words, folder=FOLDER, environment=own)
    report = json.loads(watched.output.splitlines()[-1])
    seconds, cpu_seconds = report["wall"], report["cli"]
    return Measured(copies=report["ok"], seconds=seconds, cpu_seconds=cpu_seconds, peak_kb=watched.peak_kb)
