"""A bare Debian of its own, made from Debian's packages and booted by systemd, in which commands are run as root."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from tests.servers import program, wait_until

# What a Debian has that was installed without any task; further packages come from its mirror.
VARIANT, SUITE = "--variant=important", "bookworm"
# Seconds: to boot or to power off, and between two looks whether something is so.
BOOT, LOOK = 300, 0.5
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What this machine says about pip's source holds inside, too: the files that these variables name are copied.
PIP_FILES = ("PIP_CERT", "PIP_FIND_LINKS")


def absent() -> str:
    """Why none can be made; empty if one can."""
    if os.geteuid() != 0:
        return "only root can boot a Debian of its own"
    missing = [name for name in ("mmdebstrap", "systemd-nspawn", "nsenter") if program(name) is None]
    return f"{' and '.join(missing)} not installed" if missing else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BareDebian:
    """A running one. `leader` is its first process, as this machine numbers it."""

    folder: Path
    leader: int
    variables: Mapping[str, str]

    def run(self, command: str, *, typed: str = "", within: float = 1800) -> subprocess.CompletedProcess[str]:
        """Run a line as root types it, in the shell, in /root; `typed` is what it reads."""
        words = [
            "nsenter",
            "--target",
            str(self.leader),
            "--all",
            "--wdns=/root",
            "env",
            "-i",
            f"PATH={PATH}",
            "HOME=/root",
        ]
        words += [f"{name}={value}" for name, value in self.variables.items()]
        return subprocess.run(
            [*words, "sh", "-c", command],
            capture_output=True,
            text=True,
            check=False,
            timeout=within,
            input=typed,
        )

    def must(self, command: str, *, typed: str = "") -> str:
        """Run a line that must succeed; returns what it prints."""
        ran = self.run(command, typed=typed)
        assert ran.returncode == 0, f"{command}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def until(self, command: str, patience: float = 120) -> None:
        """Run a line again and again until it succeeds."""
        pause, ends = Event(), monotonic() + patience
        while (ran := self.run(command)).returncode:
            assert monotonic() < ends, f"{command} did not succeed: {ran.stdout} {ran.stderr}"
            pause.wait(LOOK)


@contextmanager
def the_only_one() -> Iterator[None]:
    """Two that run at once would share the control groups of their services: the second one waits."""
    with Path(tempfile.gettempdir(), "bare-debian.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def bare_debian(*, network: bool) -> Iterator[BareDebian]:
    """A new one; without a network it has a loopback of its own, with one it shares this machine's."""
    folder = Path(tempfile.mkdtemp(prefix="bare-debian-"))
    variables = {}
    try:
        root = folder / "root"
        subprocess.run(
            [program("mmdebstrap"), "--quiet", VARIANT, "--include=ca-certificates", SUITE, root],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        for name in PIP_FILES:
            here = os.environ.get(name, "")
            if here and Path(here).exists():
                there = root / "opt" / "pip" / Path(here).name
                there.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if Path(here).is_dir() else shutil.copyfile)(here, there)
                variables[name] = f"/{there.relative_to(root)}"
        with the_only_one(), _booted(root, network=network) as leader:
            its = BareDebian(folder=root, leader=leader, variables=variables)
            its.until("systemctl is-system-running | grep -E 'running|degraded'", BOOT)
            yield its
    finally:
        subprocess.run(["rm", "-rf", "--one-file-system", folder], check=True)


@contextmanager
def _booted(root: Path, *, network: bool) -> Iterator[int]:
    words = ["--quiet", "--boot", "--register=no", "--keep-unit", "--console=pipe", f"--directory={root}"]
    words += ["--machine=bare-debian"] + ([] if network else ["--private-network"])
    nspawn = subprocess.Popen(
        [program("systemd-nspawn"), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(lambda: bool(_leaders(nspawn.pid)), "systemd-nspawn starts no systemd", BOOT)
        yield _leaders(nspawn.pid)[0]
    finally:
        nspawn.send_signal(signal.SIGTERM)  # powers it off
        try:
            nspawn.wait(BOOT)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.wait()


def _leaders(nspawn: int) -> list[int]:
    """The first process inside, which is not the one that prepares it."""
    children = Path(f"/proc/{nspawn}/task/{nspawn}/children")
    try:
        return [
            int(each) for each in children.read_text().split() if Path(f"/proc/{each}/comm").read_text() == "systemd\n"
        ]
    except OSError:
        return []
