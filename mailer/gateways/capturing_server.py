"""An SMTP server on loopback that stores every message as a file instead of delivering it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import MISSING, SMTP, Envelope, Session

from mailer.gateways import private_files
from mailer.gateways.stop_accepting import stop_accepting

LOOPBACK = "127.0.0.1"

# (recipient, how often it has been named) → a refusal such as "451 4.7.1 Try again later"; None accepts it.
Refusal = Callable[[str, int], str | None]


class CapturingServer:
    """A server inside the running loop, from `async with` to its end; `port` is where it listens.

    Each message is written to the folder as <nnnn>.eml, for its owner only.
    """

    def __init__(self, folder: Path, *, refusal: Refusal) -> None:
        self.port = 0
        self._folder = folder
        self._refusal = refusal
        self._named: Counter[str] = Counter()
        self._messages = 0
        self._open: set[_CapturingSession] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.get_running_loop().create_server(self._session, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening and cut every open connection."""
        await stop_accepting(self._server)
        for session in tuple(self._open):
            session.cut()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # lets the loop call connection_lost

    def _session(self) -> "_CapturingSession":
        return _CapturingSession(
            self, self._open, hostname="demo.example", enable_SMTPUTF8=True, loop=asyncio.get_running_loop()
        )

    # --- aiosmtpd's hooks; MISSING asks for its usual answer ----------------------------------------------------------

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        """Announce PIPELINING (RFC 2920), which aiosmtpd accepts but does not announce."""
        session.host_name = name
        return [lines[0], "250-PIPELINING", *lines[1:]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, _envelope: Envelope, recipient: str, _options: list[str]
    ) -> Any:
        """Accept the recipient, or refuse it as `refusal` says."""
        self._named[recipient] += 1
        return self._refusal(recipient, self._named[recipient]) or MISSING

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Write the message to the folder."""
        self._messages += 1
        number = f"{self._messages:04d}"
        private_files.write(self._folder, f"{number}.eml", envelope.original_content or b"")
        return f"250 2.0.0 Ok: queued as {number}"


class _CapturingSession(SMTP):
    """The session of one client."""

    def __init__(self, server: CapturingServer, sessions: "set[_CapturingSession]", **options: Any) -> None:
        super().__init__(server, **options)
        self._sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sessions.discard(self)
        super().connection_lost(error)

    def cut(self) -> None:
        """Abort the connection."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
