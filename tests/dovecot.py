"""A real Dovecot on loopback, with settings, mails and locks in a temporary folder."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import Authority
from tests.servers import PATIENCE, free_port, program, wait_for, wait_until

# The settings have the syntax of 2.3 (Debian 12); that of 2.4 differs.
VERSION = "2.3"
SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
protocols = imap
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = maildir:{folder}/mail/%u
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=65534 gid=65534 home={folder}/mail/%u
}}
auth_failure_delay = 0
maildir_very_dirty_syncs = no
{more}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
}}
"""
USER, PASSWORD = "bounces@club.example", 'пароль "lighthouse" \\'


def absent() -> str:
    """Why Dovecot cannot be used; empty if it can."""
    command = program("dovecot")
    if command is None or not Path("/usr/lib/dovecot/imap").exists():
        return "dovecot-imapd is not installed"
    version = subprocess.run(
        [command, "--version"], capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout
    if not version.startswith(f"{VERSION}."):
        return f"dovecot is {version.split()[0]}, and the settings are for {VERSION}"
    return "" if os.geteuid() == 0 else "only root can start a Dovecot"


@dataclass(kw_only=True)
class Dovecot:
    """A running Dovecot with one user, whose mailbox is a Maildir."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The value of [bounces] imap_url."""
        return f"imaps://{USER}@127.0.0.1:{self.port}"

    def inbox(self, folder: str = "") -> Path:
        """The Maildir of a folder; without a name, that of the INBOX."""
        return self.folder / "mail" / USER / folder

    def put(self, name: str, content: bytes, folder: str = "") -> Path:
        """Deliver a mail to the folder."""
        maildir = self.inbox(folder)
        for part in ("tmp", "new", "cur"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        file = maildir / "new" / name
        file.write_bytes(content)
        for path in (self.folder / "mail").rglob("*"):
            shutil.chown(path, 65534, 65534)
        return file

    def mails(self, folder: str = "") -> list[bytes]:
        """The mails of the folder, in any order."""
        return [file.read_bytes() for part in ("new", "cur") for file in (self.inbox(folder) / part).glob("*")]

    def count(self, folder: str = "") -> int:
        """How many mails are in the folder, also while some are being moved."""
        return sum(1 for part in ("new", "cur") for _ in (self.inbox(folder) / part).glob("*"))

    def log(self) -> str:
        """Its log so far."""
        return (self.folder / "log").read_text()

    def cut(self) -> int:
        """Kill every connection of the user; return how many there were."""
        pids = [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdecimal() and _parent(process) == self.process.pid and _name(process) == "imap"
        ]
        for pid in pids:
            os.kill(pid, 9)
            wait_until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), "a connection does not end")
        return len(pids)


def _parent(process: Path) -> int:
    try:
        return int(re.search(r"^PPid:\s*(\d+)$", (process / "status").read_text(), re.MULTILINE)[1])
    except OSError:  # it has just ended
        return 0


def _name(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


@contextmanager
def running(authority: Authority, *, more: str = "", prefix: str = "", separator: str = "/") -> Iterator[Dovecot]:
    """A Dovecot with additional settings, stopped at the end; the user's folders have this prefix (RFC 2342)."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-dovecot-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # its processes drop the rights of root
        for part in ("run", "state", "mail"):
            (folder / part).mkdir()
        (folder / "log").touch()
        shutil.chown(folder / "mail", 65534, 65534)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (folder / "conf").write_text(
            SETTINGS.format(
                folder=folder,
                port=port,
                certificate=authority.good_file,
                more=more,
                prefix=prefix,
                separator=separator,
            )
        )
        command = program("dovecot")
        assert command, "dovecot is there"
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen([command, "-F", "-c", str(folder / "conf")], **quiet) as process:
            try:
                wait_for(port, process)
                yield Dovecot(folder=folder, port=port, process=process)
            finally:
                process.terminate()
                process.wait(timeout=PATIENCE)
