"""Machines of a cluster, made up on this one: a network and a kernel's boot of its own for each, one PostgreSQL server for all.

A machine has its own addresses, its own relay on its own loopback, its own folder, and a boot id of its own, so that to
the others it is another machine: they cannot prove that a worker on it is dead.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import psycopg

from tests.club import Club
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
NETWORK = f"10.{64 + os.getpid() % 128}"
PATIENCE = 60.0  # seconds
_RELAY_PORT = 2500
_NEVER = Event()


def absent() -> str:
    """Why no cluster can be made up here; empty when one can."""
    if os.geteuid() != 0:
        return "a cluster needs root: networks of their own for its machines"
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return "postgresql is not installed"
    tried = subprocess.run(
        ["unshare", "-m", "-n", "sh", "-c", "ip link add type veth && mount --bind /etc/hostname " + _BOOT_ID],
        capture_output=True,
        check=False,
    )
    return "" if tried.returncode == 0 else "no network or mount of its own can be made here"


_BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclass(slots=True)
class Database:
    """A PostgreSQL server that every machine reaches, each by an address of its own."""

    folder: Path
    addresses: Sequence[str]
    port: int = field(default_factory=free_port)

    def start(self) -> None:
        self._run("initdb", "-D", str(self._data), "-U", "mailer", "-A", "trust")
        with (self._data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {NETWORK}.0.0/16 trust\n")
        listen = ",".join(["127.0.0.1", *self.addresses])
        options = f"-h {listen} -p {self.port} -k {self.folder} -c max_connections=200 -c shared_buffers=256MB"
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def restart_at_once(self) -> None:
        """As a crash would: nothing is written out first."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "-l", str(self.folder / "log"), "restart")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def url(self, address: str = "127.0.0.1") -> str:
        return f"postgresql+psycopg://mailer@{address}:{self.port}/postgres"

    def rows(self, query: str) -> list[tuple[object, ...]]:
        for _ in range(int(PATIENCE)):
            try:
                with psycopg.connect(f"host=127.0.0.1 port={self.port} user=mailer dbname=postgres") as connection:
                    return connection.execute(query).fetchall()  # type: ignore[arg-type]
            except psycopg.OperationalError:
                _NEVER.wait(1)
        raise TimeoutError("the database did not come back")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *words: str) -> None:
        path = max(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
        subprocess.run(
            ["runuser", "-u", "postgres", "--", str(path), *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
        )


@dataclass(slots=True)
class Machine:
    """One machine of the cluster, with its relay and, once `start` is called, its worker."""

    number: int
    folder: Path
    log: Path  # of its relay
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def network(self) -> str:
        return f"mailer-{os.getpid()}-{self.number}"

    @property
    def outside(self) -> str:
        """The end of its cable at the database."""
        return f"ml{os.getpid() % 10_000}-{self.number}"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a worker, or the command given."""
        said = self.folder / f"stderr-{len(self.started)}"
        boot = self.folder / "boot_id"
        command = f"mount --bind {boot} {_BOOT_ID} && exec {sys.executable} -m mailer {' '.join(words or ['worker'])}"
        with said.open("wb") as stderr:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.network, "unshare", "-m", "sh", "-c", command],
                stderr=stderr,
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env={**os.environ, "MAILER_CONFIG": str(self.folder / "config.toml")},
            )
        self.started.append(process)
        return process

    @property
    def worker(self) -> subprocess.Popen[bytes]:
        return self.started[-1]

    def signal(self, number: int) -> None:
        """Send it to the worker itself, which runs in the place of the programs that started it."""
        self.worker.send_signal(number)

    def cut(self) -> None:
        """Pull the cable to the database."""
        subprocess.run(["ip", "link", "set", self.outside, "down"], check=True)

    def join_again(self) -> None:
        subprocess.run(["ip", "link", "set", self.outside, "up"], check=True)

    def said(self) -> str:
        return "".join(file.read_text() for file in sorted(self.folder.glob("stderr-*")))

    def received(self) -> list[str]:
        """The recipients that its relay has answered 250, in their order."""
        return [line.split()[-1] for line in self.log.read_text().splitlines()] if self.log.exists() else []


@dataclass(slots=True)
class Cluster:
    """The database and its machines; `club` is opened beside the database."""

    club: Club
    database: Database
    machines: list[Machine]

    def states(self) -> dict[str, int]:
        return dict(self.database.rows("SELECT state, count(*) FROM deliveries GROUP BY 1"))  # type: ignore[arg-type]

    def waits(self, seconds: float) -> None:
        """Let the workers do what they do for so long."""
        _NEVER.wait(seconds)

    def received(self) -> Counter[str]:
        return Counter(recipient for machine in self.machines for recipient in machine.received())


def until(condition: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Wait for it; returns after how many seconds it came."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > patience:
            raise TimeoutError("it did not come to that in time")
        _NEVER.wait(0.05)
    return time.monotonic() - begin


@contextmanager
def a_cluster(
    folder: Path,
    machines: int,
    *,
    delay_ms: float = 5,
    connections: int = 4,
    window: int = 2,
    boots: Sequence[int] | None = None,
) -> Iterator[Cluster]:
    """Machines with a relay each, and a database. `boots`: two machines with one number are one kernel's."""
    numbers = range(1, machines + 1)
    ids = {number: str(uuid.uuid4()) for number in numbers}
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory()))  # pytest's folders are closed to the server's user
        shutil.chown(home, "postgres")
        database = Database(home, [f"{NETWORK}.{number}.1" for number in numbers])
        club = Club.found(folder / "club")
        made = []
        for number in numbers:
            machine = Machine(number, folder / f"machine-{number}", folder / f"received-{number}")
            stack.callback(_unplug, machine)
            _plug_in(machine)
            made.append(machine)
        database.start()
        stack.callback(database.stop)
        for machine in made:
            stack.enter_context(_relay(machine, delay_ms))
            stack.callback(_end, machine)
            shutil.copytree(club.folder, machine.folder)
            boot = ids[boots[machine.number - 1]] if boots else ids[machine.number]
            (machine.folder / "boot_id").write_text(f"{boot}\n")
            its = Club(machine.folder)
            smtp = {"port": _RELAY_PORT, "connections": connections, "window": window, "timeout_seconds": 30}
            its.settle(smtp=smtp, database={"url": database.url(f"{NETWORK}.{machine.number}.1")})
        club.settle(smtp={"port": _RELAY_PORT}, database={"url": database.url()})
        yield Cluster(club, database, made)


def _plug_in(machine: Machine) -> None:
    inside = f"{machine.outside}i"
    for words in (
        ["netns", "add", machine.network],
        ["link", "add", machine.outside, "type", "veth", "peer", "name", inside],
        ["link", "set", inside, "netns", machine.network],
        ["addr", "add", f"{NETWORK}.{machine.number}.1/24", "dev", machine.outside],
        ["link", "set", machine.outside, "up"],
        ["-n", machine.network, "addr", "add", f"{NETWORK}.{machine.number}.2/24", "dev", inside],
        ["-n", machine.network, "link", "set", inside, "up"],
        ["-n", machine.network, "link", "set", "lo", "up"],
    ):
        subprocess.run(["ip", *words], check=True)


def _unplug(machine: Machine) -> None:
    subprocess.run(["ip", "link", "del", machine.outside], check=False, capture_output=True)
    subprocess.run(["ip", "netns", "del", machine.network], check=False, capture_output=True)


def _end(machine: Machine) -> None:
    for process in machine.started:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.kill()
        process.wait(PATIENCE)


@contextmanager
def _relay(machine: Machine, delay_ms: float) -> Iterator[None]:
    command = ["ip", "netns", "exec", machine.network, sys.executable, "-m", "tests.scripted_relay"]
    command += ["--port", str(_RELAY_PORT), "--log", str(machine.log), "--delay-ms", str(delay_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as relay:
        assert relay.stdout is not None
        relay.stdout.readline()  # it listens
        try:
            yield
        finally:
            relay.kill()
