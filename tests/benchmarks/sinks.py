"""Starts the servers that swallow the mail, each a process of its own on loopback, and tells who received what."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.certificates import an_authority
from tests.servers import PATIENCE, free_port, program, wait_for

ROOT = Path(__file__).parents[2]
BENCH = ROOT.parent / "shared" / "bench"
# The source of csink, a sink in C that costs almost nothing: named here, or found beside the project.
CSINK = Path(os.environ.get("BENCH_CSINK", BENCH / "csink.c"))
TLS_SINK = Path(__file__).with_name("tls_sink.c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A server that takes every message. `log` gets a line for each, beginning with its recipient, once it has ended.

    `process` is the one that takes them all, None where there are several. `ca_file` signs its certificate.
    """

    port: int
    log: Path | None = None
    process: int | None = None
    ca_file: Path | None = None

    @property
    def cpu_seconds(self) -> float:
        """How long its processor time was until now; 0 where several processes share the work."""
        if self.process is None:
            return 0.0
        # In nanoseconds, where /proc/…/stat counts hundredths of a second. The sinks have one thread each.
        return int(Path(f"/proc/{self.process}/schedstat").read_text().split()[0]) / 1e9


class Lost(Exception):
    """A copy that was said to be sent did not arrive, or arrived twice."""


def unprivileged() -> list[str]:
    """What postfix's test programs ask of root: whom to become."""
    return ["-u", "nobody"] if os.geteuid() == 0 else []


@contextmanager
def running(command: list[str], port: int, **more: object) -> Iterator[int]:
    """A server that listens on the port, from now to the end; ended by SIGTERM. Gives its process id."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT, **more) as server:
        try:
            wait_for(port, server)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """postfix's own sink, which keeps no log."""
    port, path = free_port(), program("smtp-sink")
    assert path, "smtp-sink is there"
    with running([path, *unprivileged(), f"127.0.0.1:{port}", "1024"], port) as process:
        yield Sink(port=port, process=process)


def build(source: Path, folder: Path, *libraries: str) -> Path | None:
    """A sink in C, compiled into the folder; None without its source, a compiler or the libraries' headers."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not source.is_file():
        return None
    built = folder / source.stem
    command = [compiler, "-O2", "-w", "-o", built, source, *(f"-l{library}" for library in libraries)]
    return built if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0 else None


@contextmanager
def csink(built: Path, log: Path) -> Iterator[Sink]:
    """csink, which logs each recipient."""
    port = free_port()
    with running([str(built), str(port), str(log)], port) as process:
        yield Sink(port=port, log=log, process=process)


@contextmanager
def tls_sink(built: Path, log: Path) -> Iterator[Sink]:
    """Our own sink, which offers STARTTLS with a certificate of its own and logs each recipient."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="club-mailer-authority-") as folder:
        authority = an_authority(Path(folder))
        with running([str(built), str(port), str(log), str(authority.good_file)], port) as process:
            yield Sink(port=port, log=log, process=process, ca_file=authority.ca_file)


@contextmanager
def python_sink(log: Path) -> Iterator[Sink]:
    """The project's own capturing server: slow, and always there."""
    port = free_port()
    with running(
        [sys.executable, "-m", "tests.scripted_relay", "--port", str(port), "--log", str(log)], port
    ) as process:
        yield Sink(port=port, log=log, process=process)


@contextmanager
def far_away(sink: Sink, each_way_ms: float) -> Iterator[Sink]:
    """The same sink at the end of a long line."""
    port = free_port()
    words = ["--port", str(port), "--to", str(sink.port), "--each-way-ms", str(each_way_ms)]
    with running([sys.executable, "-m", "tests.benchmarks.far_away", *words], port):
        yield replace(sink, port=port)


def prove(log: Path, copies: int, *, column: int = 0) -> None:
    """So many recipients, each of them once. Raises Lost naming some of the others."""
    times = Counter(line.split()[column] for line in log.read_text().splitlines())
    if doubled := [recipient for recipient, count in times.items() if count > 1]:
        raise Lost(f"{len(doubled)} received it twice: {doubled[:3]}")
    if len(times) != copies:
        raise Lost(f"{len(times)} of {copies} received it")


def octets(log: Path) -> int:
    """How long a message was, as csink and our own sink log it behind the recipient: the mean over all of them."""
    lengths = [int(line.split()[1]) for line in log.read_text().splitlines()]
    return round(sum(lengths) / len(lengths))
