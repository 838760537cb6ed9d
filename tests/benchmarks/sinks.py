"""Starts the servers that swallow the mail, each a process of its own on loopback, and tells who received what."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import PATIENCE, free_port, program, wait_for

ROOT = Path(__file__).parents[2]
# The source of csink, a sink in C that costs almost nothing: named here, or found beside the project.
CSINK = Path(os.environ.get("BENCH_CSINK", ROOT.parent / "shared" / "bench" / "csink.c"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A server that takes every message. `log` gets a line for each, beginning with its recipient, once it has ended."""

    port: int
    log: Path | None = None


class Lost(Exception):
    """A copy that was said to be sent did not arrive, or arrived twice."""


def unprivileged() -> list[str]:
    """What postfix's test programs ask of root: whom to become."""
    return ["-u", "nobody"] if os.geteuid() == 0 else []


@contextmanager
def running(command: list[str], port: int, **more: object) -> Iterator[None]:
    """A server that listens on the port, from now to the end; ended by SIGTERM."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, **more) as server:
        try:
            wait_for(port, server)
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """postfix's own sink, which keeps no log."""
    port, found = free_port(), program("smtp-sink")
    assert found, "smtp-sink is there"
    with running([found, *unprivileged(), f"127.0.0.1:{port}", "1024"], port):
        yield Sink(port=port)


def build_csink(folder: Path) -> Path | None:
    """csink, compiled; None without its source or without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not CSINK.is_file():
        return None
    subprocess.run([compiler, "-O2", "-w", "-o", folder / "csink", CSINK], check=True)
    return folder / "csink"


@contextmanager
def csink(built: Path, log: Path) -> Iterator[Sink]:
    """csink, which logs each recipient."""
    port = free_port()
    with running([str(built), str(port), str(log)], port):
        yield Sink(port=port, log=log)


@contextmanager
def python_sink(log: Path) -> Iterator[Sink]:
    """The project's own capturing server: slow, and always there."""
    port = free_port()
    with running([sys.executable, "-m", "tests.scripted_relay", "--port", str(port), "--log", str(log)], port):
        yield Sink(port=port, log=log)


@contextmanager
def far_away(sink: Sink, each_way_ms: float) -> Iterator[Sink]:
    """The same sink at the end of a long line."""
    port = free_port()
    words = ["--port", str(port), "--to", str(sink.port), "--each-way-ms", str(each_way_ms)]
    with running([sys.executable, "-m", "tests.benchmarks.far_away", *words], port):
        yield Sink(port=port, log=sink.log)


def prove(log: Path, copies: int, *, column: int = 0) -> None:
    """So many recipients, each of them once. Raises Lost naming some of the others."""
    counted = Counter(line.split()[column] for line in log.read_text().splitlines())
    if doubled := [one for one, times in counted.items() if times > 1]:
        raise Lost(f"{len(doubled)} received it twice: {doubled[:3]}")
    if len(counted) != copies:
        raise Lost(f"{len(counted)} of {copies} received it")
