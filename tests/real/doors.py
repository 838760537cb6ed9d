"""The doors of a real Postfix, each with manners of its own, and what its log says of those who came in by them."""

import asyncio
import re
import subprocess
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from tests.postfix import Postfix, installed
from tests.servers import free_port, program, wait_for, wait_until

Manners = Mapping[str, Mapping[str, str]]  # the settings of each door's smtpd, over those of main.cf

MAIN = """
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
smtpd_tls_loglevel = 1
smtpd_error_sleep_time = 0
enable_long_queue_ids = yes
cyrus_sasl_config_path = {folder}/conf/sasl
virtual_mailbox_domains = kept.example
virtual_mailbox_maps = texthash:{folder}/conf/people
virtual_mailbox_base = {folder}/mail
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""


class Taken(NamedTuple):
    """A copy that Postfix delivered, or threw away as it was told to."""

    recipient: str
    queue_id: str
    tls: str


class Refusal(NamedTuple):
    """A command that Postfix refused; `recipient` is empty where it knew none yet."""

    recipient: str
    code: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """A Postfix that listens on a port for each door."""

    postfix: Postfix
    ports: Mapping[str, int]

    def open(self) -> None:
        """Start Postfix; afterwards it listens at every door."""
        self.postfix.start()
        for port in self.ports.values():
            wait_for(port)

    def log(self) -> str:
        """What the log says once all that Postfix took is delivered."""
        self.postfix.wait_until_empty()
        file, command = self.postfix.folder / "maillog", program("postlog")
        before = file.read_text().count("so far")
        # One process writes the log, line by line as they come: with this one in it, all earlier ones are.
        subprocess.run([command, "-c", self.postfix.settings, "so far"], check=True, capture_output=True)
        wait_until(lambda: file.read_text().count("so far") > before, "postfix writes no log")
        return file.read_text()

    def taken(self, door: str) -> list[Taken]:
        """Who was delivered to of those who came in by this door, in order of delivery; one who got two is there twice."""
        log, tls, came = self.log(), {}, {}
        for process, said in re.findall(rf" {door}/smtpd\[(\d+)\]: (.*)", log):
            if " connect from " in f" {said}":
                tls[process] = ""
            elif found := re.search(r"TLS connection established from .*: (TLSv[\d.]+) with", said):
                tls[process] = found[1]
            elif found := re.match(r"(\w+): client=", said):
                came[found[1]] = tls[process]
        sent = re.findall(r": (\w+): to=<([^>]*)>.* status=sent", log)
        return [Taken(to, queue_id, came[queue_id]) for queue_id, to in sent if queue_id in came]

    def refusals(self, door: str) -> list[Refusal]:
        """What was refused at this door, in order."""
        found = re.findall(rf" {door}/smtpd\[\d+\]: \w+: reject: (.*)", self.log())
        return [_refusal(words) for words in found]

    def failed_logins(self, door: str) -> list[str]:
        """By which mechanism each login was tried that was refused at this door."""
        return re.findall(rf" {door}/smtpd\[\d+\]: warning: .*: SASL (\S+) authentication failed", self.log())


def _refusal(words: str) -> Refusal:
    reply = re.search(r"\]: (\d{3}) (\d\.\d+\.\d+) ", words)
    to = re.search(r" to=<([^>]*)>", words)
    assert reply, words
    return Refusal(to[1] if to else "", int(reply[1]), reply[2])


@contextmanager
def doors(manners: Manners, people: Mapping[str, str] | None = None, settings: str = "") -> Iterator[Doors]:
    """A Postfix with these doors, not started yet, and these lines of main.cf; in a setting {folder} is its folder.

    `people` are the addresses that exist in kept.example, each with its Maildir, whose name ends in a slash.
    """
    ports = {door: free_port() for door in manners}
    lines = []
    for door, manner in manners.items():
        lines.append(f"127.0.0.1:{ports[door]} inet n - n - - smtpd")
        lines += [f"  -o {{ {key} = {value} }}" for key, value in {"syslog_name": door, **manner}.items()]
    # Braces of master.cf are no places to fill.
    listeners = "\n".join([*lines, ""]).replace("{", "{{").replace("}", "}}").replace("{{folder}}", "{folder}")
    with installed(listeners, MAIN + settings) as postfix:
        kept = "".join(f"{address} {maildir}\n" for address, maildir in (people or {}).items())
        (postfix.settings / "people").write_text(kept)
        (postfix.folder / "mail").mkdir()
        (postfix.folder / "mail").chmod(0o777)
        yield Doors(postfix=postfix, ports=ports)


@asynccontextmanager
async def policy(port: int, decide: Callable[[str], Awaitable[str]]):
    """Answers smtpd's `check_policy_service`: what to do with each recipient, in Postfix's words (SMTPD_POLICY_README)."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = await reader.readuntil(b"\n\n")
                recipient = re.search(r"^recipient=(.*)$", asked.decode(), re.MULTILINE)
                writer.write(f"action={await decide(recipient[1] if recipient else '')}\n\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        yield
