"""A real Postfix on loopback, with settings, queue and locks in a temporary folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import PATIENCE, program, wait_until

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.club.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
disable_dns_lookups = yes
alias_maps =
local_recipient_maps =
default_transport = discard
relay_transport = discard
in_flow_delay = 0
default_process_limit = 100
"""
# The queue manager wakes up every two seconds, not every five minutes: a mail that it skips because another process has
# it open waits until then, or until the next mail arrives.
MASTER = """
postlog   unix-dgram n  -       n       -       1       postlogd
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       2       1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
"""


def absent() -> str:
    """Why Postfix cannot be used; empty if it can."""
    if program("postfix") is None:
        return "postfix is not installed"
    return "" if os.geteuid() == 0 else "only root can start a Postfix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """A Postfix that can be started and stopped; it keeps its queue."""

    folder: Path

    @property
    def settings(self) -> Path:
        """The folder of its main.cf, for Postfix's commands."""
        return self.folder / "conf"

    @property
    def runs(self) -> bool:
        """Whether it runs now."""
        return self._run("status")

    def start(self) -> None:
        """Start it; it may not listen yet when this returns."""
        if not self._run("start"):
            raise RuntimeError("postfix did not start; its log says why")

    def stop(self) -> None:
        """Stop all its processes at once."""
        if not self._run("stop"):
            raise RuntimeError("postfix did not stop; its log says why")

    def wait_until_empty(self) -> None:
        """Wait until all mail that it accepted is delivered or discarded."""
        folders = [self.folder / "queue" / part for part in ("incoming", "active", "maildrop")]
        wait_until(
            lambda: not any(file.is_file() for folder in folders for file in folder.rglob("*")),
            "postfix does not empty its queue",
        )

    def _run(self, command_name: str) -> bool:
        command = program("postfix")
        assert command, "postfix is there"
        # No pipes: the master process would keep them open. Its messages are in its log.
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        completed = subprocess.run(
            [command, "-c", self.settings, command_name], **quiet, check=False, timeout=PATIENCE * 3
        )
        return completed.returncode == 0


@contextmanager
def installed(listeners: str, settings: str = "") -> Iterator[Postfix]:
    """A Postfix with these lines added to master.cf and main.cf, where {folder} is its folder; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-postfix-") as name:
        folder = Path(name)
        for part in ("conf", "queue", "data"):
            (folder / part).mkdir()
        folder.chmod(0o755)  # its processes drop the rights of root
        shutil.chown(folder / "data", "postfix")
        (folder / "conf" / "main.cf").write_text((MAIN + settings).format(folder=folder))
        (folder / "conf" / "master.cf").write_text(MASTER + listeners.format(folder=folder))
        postfix = Postfix(folder=folder)
        try:
            yield postfix
        finally:
            if postfix.runs:
                postfix.stop()
