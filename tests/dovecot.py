"""A real Dovecot of its own on loopback: its settings, mails and locks are in a folder that is gone afterwards."""

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

# The syntax of 2.3, which Debian 12 has; 2.4 has another.
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
    """Why there is no Dovecot to be had; empty when there is."""
    command = program("dovecot")
    if command is None or not Path("/usr/lib/dovecot/imap").exists():
        return "dovecot-imapd is not installed"
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, timeout=PATIENCE).stdout
    if not said.startswith(f"{VERSION}."):
        return f"dovecot is {said.split()[0]}, and the settings are for {VERSION}"
    return "" if os.geteuid() == 0 else "only root can start a Dovecot"


@dataclass(kw_only=True)
class Dovecot:
    """A Dovecot that runs, with one user whose mailbox is a Maildir."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """What [bounces] imap_url says of it."""
        return f"imaps://{USER}@127.0.0.1:{self.port}"

    def inbox(self, folder: str = "") -> Path:
        """The Maildir of a folder; of the INBOX without one."""
        return self.folder / "mail" / USER / folder

    def put(self, name: str, content: bytes, folder: str = "") -> Path:
        """A mail has come to the folder."""
        maildir = self.inbox(folder)
        for part in ("tmp", "new", "cur"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        file = maildir / "new" / name
        file.write_bytes(content)
        for one in (self.folder / "mail").rglob("*"):
            shutil.chown(one, 65534, 65534)
        return file

    def mails(self, folder: str = "") -> list[bytes]:
        """What lies in the folder, in any order."""
        found = [one for part in ("new", "cur") for one in (self.inbox(folder) / part).glob("*")]
        return [one.read_bytes() for one in found]

    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "log").read_text()

    def cut(self) -> int:
        """Afterwards every connection of the user is gone; tells how many there were."""
        found = [
            int(one.name)
            for one in Path("/proc").iterdir()
            if one.name.isdecimal() and _parent(one) == self.process.pid and _name(one) == "imap"
        ]
        for pid in found:
            os.kill(pid, 9)
            wait_until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), "a connection does not end")
        return len(found)


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
    """A Dovecot with these settings more; ended afterwards. Its own folders have this prefix (RFC 2342)."""
    with tempfile.TemporaryDirectory(prefix="club-mailer-dovecot-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # its processes give up root's rights
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
