"""Reads an OAuth access token from a file or from a command that prints one, and explains why a server refused it."""

import asyncio
import base64
import json
import os
import re
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mailer.domain.errors import BadInput
from mailer.gateways.server_text import printable

DEADLINE_SECONDS = 30.0  # for the command
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
        """What the command prints; it is killed, with all that it started, when it takes too long."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self.command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, cwd=self.folder, start_new_session=True
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise BadInput(f"{self._where} cannot be run: {reason}") from error
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                printed, complaint = await asyncio.gather(_read_all(process.stdout), _read_all(process.stderr))
                status = await process.wait()
        except TimeoutError:
            raise BadInput(f"{self._where} does not end within {DEADLINE_SECONDS:g} seconds") from None
        finally:
            await _end(process)
        if status:
            raise BadInput(f"{self._where} ends with status {status}{_quoted(complaint, printed)}")
        return printed


async def _read_all(stream: asyncio.StreamReader | None) -> bytes:
    assert stream is not None, "each output is a pipe"
    octets = b""
    while len(octets) < _LONGEST and (more := await stream.read(_LONGEST)):
        octets += more
    return octets


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _quoted(complaint: bytes, printed: bytes) -> str:
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
