"""A real OpenSMTPD on loopback with its default limits, unpacked beside the tests, since Debian allows one mail server.

It runs in a mount namespace of its own: its logins, its spool and its state are there and nowhere else.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers import free_port, program, wait_for

UNPACKED = Path(__file__).parent / "real" / "opensmtpd"  # by tests/real/install
DAEMON = UNPACKED / "usr" / "sbin" / "smtpd"
# What it takes it keeps in its queue: no program listens on the port of its own relay.
SETTINGS = """
listen on lo port {port} hostname relay.example
action "on" relay host smtp://127.0.0.1:{onward}
match from any for any action "on"
"""
LOGINS = {
    "passwd": "opensmtpd:x:951:951::/nonexistent:/usr/sbin/nologin\nopensmtpq:x:952:952::/nonexistent:/usr/sbin/nologin\n",
    "group": "opensmtpd:x:951:\nopensmtpq:x:952:\n",
}
SCRIPT = """
set -e
mount --bind {folder}/passwd /etc/passwd
mount --bind {folder}/group /etc/group
mount -t tmpfs spool /var/spool
mount -t tmpfs lib /var/lib
mount -t tmpfs run /run
mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty
chmod 711 /var/spool/smtpd /var/lib/opensmtpd /var/lib/opensmtpd/empty
exec {daemon} -d -f {folder}/smtpd.conf
"""


def absent() -> str:
    """Why OpenSMTPD cannot be used; empty if it can."""
    if not DAEMON.exists():
        return "OpenSMTPD is not unpacked"
    if os.geteuid() != 0:
        return "only root can start an OpenSMTPD"
    allowed = subprocess.run([_unshare(), "--mount", "true"], capture_output=True, check=False).returncode == 0
    return "" if allowed else "this machine allows no mount namespace"


def _unshare() -> str:
    return program("unshare") or "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSmtpd:
    """An OpenSMTPD that runs: its port and its log."""

    port: int
    log: Path

    def taken(self) -> list[str]:
        """The recipients of the messages that it has accepted, by its log."""
        return re.findall(r" smtp envelope .* to=<([^>]*)>", self.log.read_text())


@contextmanager
def running() -> Iterator[OpenSmtpd]:
    """An OpenSMTPD that takes mail for everyone; stopped at the end."""
    with TemporaryDirectory(prefix="club-mailer-opensmtpd-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # its processes drop the rights of root
        (folder / "smtpd.conf").write_text(SETTINGS.format(port=port, onward=free_port()))
        for file, logins in LOGINS.items():
            (folder / file).write_text(Path("/etc", file).read_text() + logins)
        script = SCRIPT.format(folder=folder, daemon=DAEMON)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen([_unshare(), "--mount", "sh", "-c", script], stdout=log, stderr=log)
        try:
            wait_for(port, server)
            yield OpenSmtpd(port=port, log=folder / "log")
        finally:
            server.terminate()
            server.wait(60)
