"""A real PostgreSQL server of a test's own, on loopback or any address, which a test may stop, kill and start again."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port

PATIENCE = 120  # seconds that a server may take to start or to end


def programs() -> Path | None:
    """The folder of the server's programs, of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


def absent() -> str:
    """Why no server can be used; empty if one can."""
    if programs() is None:
        return "postgresql is not installed"
    return "" if os.geteuid() or shutil.which("runuser") else "runuser is not there"


def run(*words: str | Path) -> None:
    """Run one of its programs, never as root, which it refuses. What it starts keeps no pipe of ours open."""
    login = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    program = str(programs() / words[0])
    subprocess.run([*login, program, *map(str, words[1:])], check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server with its data."""

    folder: Path
    port: int
    host: str = "127.0.0.1"

    @property
    def data(self) -> Path:
        return self.folder / f"data-{self.port}"

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://mailer@{self.host}:{self.port}/postgres"

    def make(self) -> None:
        """Make its data anew."""
        run("initdb", "-D", self.data, "-U", "mailer", "-A", "trust")
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\nhost replication all samenet trust\n")

    def copy(self, primary: "Server") -> None:
        """Make it a standby of another one, which waits for it at each commit once it has heard of it."""
        run(
            "pg_basebackup",
            "-D",
            self.data,
            "-R",
            "-X",
            "stream",
            "-h",
            primary.host,
            "-p",
            str(primary.port),
            "-U",
            "mailer",
        )

    def start(self, *settings: str) -> None:
        options = [f"-h {self.host} -p {self.port} -k {self.folder}", *(f"-c {setting}" for setting in settings)]
        run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / f"log-{self.port}", "-o", " ".join(options), "start")

    def stop(self, mode: str = "immediate") -> None:
        run("pg_ctl", "-D", self.data, "-m", mode, "-w", "stop")

    def promote(self) -> None:
        run("pg_ctl", "-D", self.data, "-w", "promote")

    def end(self) -> None:
        """Stop it if it runs."""
        if (self.data / "postmaster.pid").exists():
            self.stop()


@contextmanager
def a_folder() -> Iterator[Path]:
    """A folder for the servers of a test, which belongs to their login."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def a_server(host: str = "127.0.0.1", *settings: str) -> Iterator[Server]:
    """A server that runs; it is stopped and removed afterwards."""
    with a_folder() as folder:
        server = Server(folder=folder, port=free_port(), host=host)
        server.make()
        server.start(*settings)
        try:
            yield server
        finally:
            server.end()
