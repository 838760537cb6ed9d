"""Listens by SMTP for the mail of the return-path domain, which the club's mail server passes on to us."""

import asyncio
import logging
import socket
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self

from mailer.domain.errors import BadInput, MailerError
from mailer.gateways.listener.session import Admit, Conversation, Reception, Take

MOST_CONNECTIONS = 50  # at once; Postfix opens 20 to one place
PATIENCE = 300.0  # seconds that a command may take with all that belongs to it (RFC 5321 §4.5.3.2.7)
IDENT = "Club Mailer return paths"  # in the greeting, so that `mailer check` knows us
FINISH = 30.0  # seconds that what is being taken has at the end


class Listener:
    """An SMTP server inside the running loop, from `async with` to its end.

    `admit` says whether a recipient may be written to; `take` returns once the report is kept for good, and only then
    is it answered for. Whatever either raises, the client is told to come again (451). `port` 0: any free one, and
    `port` tells. `tls_context`: STARTTLS is offered; `require_starttls`: nothing is taken before it.
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
        self._reception = Reception(admit, take)
        self._tls_context = tls_context
        self._require_starttls = require_starttls

    async def __aenter__(self) -> Self:
        """Afterwards it listens on `port`. Raises MailerError when it may not, or another program does."""
        # It would log every address at INFO.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._conversation, self._host, self.port)
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
        """Afterwards nobody listens, and every connection is cut. What was being taken is answered for before, unless
        it took longer than `FINISH`: then its client will send it again.
        """
        self._server.close()
        reception = self._reception
        reception.closing = True
        if reception.at_work:
            await asyncio.wait(reception.at_work, timeout=FINISH)
        late = tuple(reception.at_work)
        for one in late:
            one.cancel()
        for conversation in tuple(reception.conversations):
            conversation.dismiss()
        await asyncio.gather(*late, return_exceptions=True)
        await asyncio.sleep(0)  # what was said last leaves
        for conversation in tuple(reception.conversations):
            conversation.cut()
        await self._server.wait_closed()
        for _ in range(2):  # TLS and what is above it
            await asyncio.sleep(0)  # the loop tells the conversations that they are cut

    def _conversation(self) -> asyncio.BaseProtocol:
        if self._reception.closing or len(self._reception.conversations) >= MOST_CONNECTIONS:
            return _Full()
        return Conversation(
            self._reception,
            hostname=socket.gethostname(),  # aiosmtpd's own choice would ask the DNS
            ident=f"ESMTP {IDENT}",
            tls_context=self._tls_context,
            require_starttls=self._require_starttls,
            timeout=PATIENCE,
            loop=asyncio.get_running_loop(),
        )


class _Full(asyncio.Protocol):
    """Tells one client too many to come again."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(b"421 4.3.2 Too many are here; come again later\r\n")
        transport.close()


def tls_context(cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """What STARTTLS shows to clients: a PEM certificate with its chain, and its key. Raises BadInput naming the file."""
    for key, file in (("listen_cert_file", cert_file), ("listen_key_file", key_file)):
        try:
            file.read_bytes()
        except OSError as error:
            raise BadInput(f"[bounces] {key}: {file} cannot be read: {error.strerror}") from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert_file, key_file, password=lambda: "")  # without it the terminal would be asked
    except (ssl.SSLError, ValueError) as error:
        raise BadInput(
            f"[bounces] listen_cert_file {cert_file} and listen_key_file {key_file} are no certificate and its "
            f"unlocked key, both in PEM: {error}"
        ) from error
    return context
