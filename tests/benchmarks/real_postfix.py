"""A real Postfix of its own: takes mail on loopback, queues it on disk as it must, and throws it away."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.benchmarks.sinks import PATIENCE, Sink, free_port, program, wait_for

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
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
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
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
"""


def absent() -> str:
    """Why there is no Postfix to be had; empty when there is."""
    if program("postfix") is None:
        return "postfix is not installed"
    return "" if os.geteuid() == 0 else "only root can start a Postfix"


@contextmanager
def postfix() -> Iterator[Sink]:
    """A Postfix whose settings, queue and locks are all in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-postfix-") as folder, _in(Path(folder)) as sink:
        yield sink


@contextmanager
def _in(folder: Path) -> Iterator[Sink]:
    port, command = free_port(), program("postfix")
    assert command, "postfix is there"
    for part in ("conf", "queue", "data"):
        (folder / part).mkdir()
    folder.chmod(0o755)  # its processes give up root's rights
    shutil.chown(folder / "data", "postfix")
    (folder / "conf" / "main.cf").write_text(MAIN.format(folder=folder))
    (folder / "conf" / "master.cf").write_text(MASTER.format(port=port))
    _told(command, folder, "start")
    try:
        wait_for(port)
        yield Sink(port=port)
        _empty(folder / "queue")
    finally:
        _told(command, folder, "stop")


def _told(command: str, folder: Path, what: str) -> None:
    # No pipes: the master process would keep them open. What it has to say goes to the system's log.
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    said = subprocess.run([command, "-c", folder / "conf", what], **quiet, check=False, timeout=PATIENCE * 3)
    if said.returncode:
        raise RuntimeError(f"postfix did not {what}; the system's log says why")


def _empty(queue: Path) -> None:
    """Wait until what was taken has been thrown away, so that it does not disturb the next one."""
    pause = Event()
    for _ in range(int(PATIENCE * 10)):
        if not any(file.is_file() for part in ("incoming", "active", "maildrop") for file in (queue / part).rglob("*")):
            return
        pause.wait(0.1)
