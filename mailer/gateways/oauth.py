"""Reads an OAuth access token from a file or from a command that prints one, and explains why a server refused it."""

import asyncio
import base64
import json
import os
import re
import signal
from asyncio.subprocess import DEVNULL
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailer.domain.errors import BadInput
from mailer.gateways.server_text import printable

DEADLINE_SECONDS = 30.0  # for the command
CLOSE_SECONDS = 1.0  # for its outputs to be closed once it has ended
_LONGEST = 65_536  # octets of a token, and of what the command says on standard error
_SHOWN = 300  # characters of what the command says that are quoted, from its end
_TOKEN = re.compile(r"[\x21-\x7e]+")  # RFC 6750 §2.1 allows fewer
# In what a command says: the value after a word such as "token:", and long runs of letters with digits.
_SECRETS = re.compile(
    r"(?P<key>(?:token|secret|password|passwd|bearer|authorization|code)[\"']?\s*[=:]\s*|bearer\s+)\S+"
    r"|(?=[\w.~+=-]*\d)(?=[\w.~+=-]*[a-z])[\w.~+=-]{28,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSource:
    """Where the access token comes from: `file`, or `command`, which runs in `folder`. `key` is the setting's name."""

    key: str
    folder: Path
    file: Path | None = None
    command: tuple[str, ...] = ()

    async def token(self) -> str:
        """Return the token as it is now. Raises BadInput, which shows no part of it."""
        octets = await self._printed() if self.command else await asyncio.to_thread(self._read)
        token = octets.decode("utf-8-sig", "replace").strip()
        if not token:
            raise BadInput(f"{self._where} has no token")
        if not _TOKEN.fullmatch(token):
            raise BadInput(f"{self._where} has something else than an access token; it must be that alone, on one line")
        return token

    @property
    def _where(self) -> str:
        return f"{self.key}: {self.command[0]}" if self.command else f"{self.key}: {self.file}"

    def _read(self) -> bytes:
        assert self.file is not None
        try:
            with self.file.open("rb") as file:
                return file.read(_LONGEST)
        except OSError as error:
            raise BadInput(f"{self._where} cannot be read: {error.strerror}") from error

    async def _printed(self) -> bytes:
        """What the command prints until it ends; what it has started ends with it."""
        loop = asyncio.get_running_loop()
        try:
            transport, run = await loop.subprocess_exec(
                _Run, *self.command, stdin=DEVNULL, cwd=self.folder, start_new_session=True
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BadInput(f"{self._where} cannot be run: {reason}") from error
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await run.over.wait()
        except TimeoutError:
            raise BadInput(f"{self._where} does not end within {DEADLINE_SECONDS:g} seconds") from None
        finally:
            await _end(transport, run)
        if run.is_too_long:
            raise BadInput(f"{self._where} prints more than {_LONGEST} octets; it must print the access token alone")
        if status := transport.get_returncode():
            raise BadInput(f"{self._where} ends with status {status}{_quoted(run.complaint, run.printed)}")
        return bytes(run.printed)


class _Run(asyncio.SubprocessProtocol):
    """A command under way. `over`: it has ended or prints too much; `closed`: both of its outputs are closed, too."""

    def __init__(self) -> None:
        self.printed, self.complaint = bytearray(), bytearray()
        self.over, self.closed = asyncio.Event(), asyncio.Event()

    @property
    def is_too_long(self) -> bool:
        return max(len(self.printed), len(self.complaint)) > _LONGEST

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        octets = self.printed if fd == 1 else self.complaint
        octets += data
        if self.is_too_long:
            self.over.set()

    def process_exited(self) -> None:
        self.over.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.closed.set()


async def _end(transport: asyncio.SubprocessTransport, run: _Run) -> None:
    with suppress(ProcessLookupError):
        os.killpg(transport.get_pid(), signal.SIGKILL)
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_SECONDS):
            await run.closed.wait()
    transport.close()  # an output that a process in another session keeps open
    await run.closed.wait()


def _quoted(complaint: bytearray, printed: bytearray) -> str:
    """What the command says about its failure, without anything that could be a secret."""
    text = complaint.decode("utf-8", "replace")
    for secret in printed.decode("utf-8", "replace").split():
        text = text.replace(secret, "…")
    shown = printable(_SECRETS.sub(lambda match: f"{match['key'] or ''}…", text)[-_SHOWN:])
    return f": ‘{shown}’" if shown else ""


def refusal_words(challenge: str) -> str:
    """What the challenge says by which a server refuses a token (BASE64 of JSON); empty if it says nothing."""
    try:
        document = json.loads(base64.b64decode(challenge))
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return ""
    # RFC 7628 §3.2.2; Google's and Microsoft's XOAUTH2 have the same keys.
    named = (f"{key} {document[key]}" for key in ("status", "scope") if document.get(key))
    return printable(", ".join(named))
