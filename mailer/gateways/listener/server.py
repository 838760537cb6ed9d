"""Listens by SMTP for mail to the return-path domain, which the club's mail server forwards to this program."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

from mailer.domain.errors import MailerError
from mailer.gateways.listener.room import address_of, make_room
from mailer.gateways.listener.session import Admit, ListenerSession, ReportHandler, Take
from mailer.gateways.stop_accepting import stop_accepting

IDENT = "Club Mailer return paths"  # in the greeting, by which `mailer check` recognises the listener
FINISH_SECONDS = 30.0  # for reports that are being stored when the listener stops


class Listener:
    """An SMTP server inside the running loop, from `async with` to its end.

    `admit` says whether a recipient is accepted. `take` returns once the report is stored, and only then does the client
    get its 250. If either raises an exception, the client gets a 451 and tries again later. `port` 0 is replaced by
    the free port that was chosen. With a `tls_context` STARTTLS is offered, with `require_starttls` it is required.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        admit: Admit,
        take: Take,
        tls_context: ssl.SSLContext | None = None,
        require_starttls: bool = False,
    ) -> None:
        self.port = port
        self._host = host
        self._handler = ReportHandler(admit, take)
        self._tls_context = tls_context
        self._require_starttls = require_starttls

    async def __aenter__(self) -> Self:
        """Listen on `port`. Raises MailerError if that is not allowed or another program listens there."""
        # aiosmtpd would log every address at INFO.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: _Door(self._session), self._host, self.port)
        except OSError as error:
            raise MailerError(
                f"it is not possible to listen at {self._host}:{self.port} ({error.strerror or error}); "
                "end the program that listens there, or choose another port in [bounces] listen"
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop listening and close every connection.

        Reports that are being stored get their reply first; after `FINISH_SECONDS` they do not, and are sent again.
        """
        handler = self._handler
        handler.closing = True
        await stop_accepting(self._server)
        if handler.pending:
            await asyncio.wait(handler.pending, timeout=FINISH_SECONDS)
        unfinished = tuple(handler.pending)
        for task in unfinished:
            task.cancel()
        for session in tuple(handler.sessions):
            session.dismiss("The service is closing")
        await asyncio.gather(*unfinished, return_exceptions=True)
        await asyncio.sleep(0)  # lets the last replies be sent
        for session in tuple(handler.sessions):
            session.abort()
        await self._server.wait_closed()
        for _ in range(2):  # for TLS, and for the session above it
            await asyncio.sleep(0)  # lets the loop call connection_lost

    def _session(self, peername: object) -> ListenerSession | None:
        """A session for a new connection; None when there is no room."""
        address = address_of(peername)
        if self._handler.closing or not make_room(self._handler.staying, address):
            return None
        return ListenerSession(
            self._handler,
            address,
            hostname=socket.gethostname(),  # aiosmtpd's default would query the DNS
            ident=f"ESMTP {IDENT}",
            tls_context=self._tls_context,
            require_starttls=self._require_starttls,
            loop=asyncio.get_running_loop(),
        )


class _Door(asyncio.Protocol):
    """Lets a new connection in, or asks its client to try again later."""

    def __init__(self, session: Callable[[object], ListenerSession | None]) -> None:
        self._session = session

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        session = self._session(transport.get_extra_info("peername"))
        if session is None:
            transport.write(b"421 4.3.2 Too many connections; try again later\r\n")
            transport.close()
            return
        transport.set_protocol(session)
        session.connection_made(transport)
