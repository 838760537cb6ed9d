"""Speaks with a mail server that brings a report, and answers for the report only once it is kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.domain.bounce import RawReport, Way
from mailer.domain.errors import MailerError
from mailer.domain.ports import BIGGEST_MAIL

MOST_HELD = 4 * BIGGEST_MAIL  # octets of content in all conversations together; what comes beyond is to come later

log = logging.getLogger("mailer")

Admit = Callable[[str], Awaitable[bool]]
Take = Callable[[RawReport], Awaitable[None]]


class Reception:
    """What all conversations share, and the answers that are ours to give. `closing`: nothing new is taken."""

    def __init__(self, admit: Admit, take: Take) -> None:
        self.closing = False
        self.held = 0  # octets of content that have come and are not answered for
        self.conversations: set[Conversation] = set()
        self.at_work = set[asyncio.Future[Any]]()  # what must not be cut in the middle
        self._admit = admit
        self._take = take

    def working(self, work: "asyncio.Future[Any]") -> None:
        """It is in `at_work` until it is done."""
        self.at_work.add(work)
        work.add_done_callback(self.at_work.discard)

    async def take(self, recipient: str, content: bytes) -> str:
        """The reply to a content that came whole. The taking goes on to its end though the client may be gone."""
        taking = asyncio.ensure_future(self._taken(RawReport(content=content, recipient=recipient, way=Way.LISTENER)))
        self.working(taking)
        return await asyncio.shield(taking)

    async def _taken(self, report: RawReport) -> str:
        try:
            await self._take(report)
        except Exception as error:  # noqa: BLE001  # whatever the matter is, it is not the report's fault
            log.warning("a report could not be kept, its sender is asked to come again: %s", _said(error))
            return "451 4.3.0 It could not be kept; send it again later"
        return "250 2.0.0 It is kept"

    # --- aiosmtpd's hooks ---------------------------------------------------------------------------------------------

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        """What to announce: no login, and that commands may come in groups (RFC 2920)."""
        session.host_name = name
        kept = [line for line in lines[1:-1] if not line.startswith("250-AUTH")]
        return [lines[0], "250-PIPELINING", *kept, lines[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, recipient: str, _options: list[str]
    ) -> str:
        """One recipient a transaction, so that each report has a reply of its own (RFC 5321 §4.5.3.1.10)."""
        if self.closing:
            return "421 4.3.2 We are closing"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient a transaction; send the others in another one"
        try:
            # Octets that are no UTF-8 come as lone surrogates, which nobody can print.
            known = recipient.isprintable() and await self._admit(recipient)
        except Exception as error:  # noqa: BLE001  # whatever the matter is, it is not the sender's fault
            log.warning("a recipient could not be looked up, its sender is asked to come again: %s", _said(error))
            return "451 4.3.0 It could not be looked up; come again later"
        if not known:
            return "550 5.1.1 There is no such address here"
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """The client said what made aiosmtpd stumble: it is the client's to say it otherwise."""
        log.info("a client of the listener could not be understood: %s", type(error).__name__)
        return "500 5.5.2 It cannot be understood"


class Conversation(SMTP):
    """One client's conversation: aiosmtpd's, but every octet of the content is kept, however long its lines are."""

    line_length_limit = 1 << 16  # octets that are read at once

    def __init__(self, reception: Reception, **options: Any) -> None:
        super().__init__(reception, data_size_limit=BIGGEST_MAIL, enable_SMTPUTF8=True, **options)
        self._reception = reception

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._reception.conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._reception.conversations.discard(self)
        super().connection_lost(error)

    def dismiss(self) -> None:
        """Afterwards the client is told to come again, and the connection ends."""
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(b"421 4.3.2 We are closing\r\n")
            self.transport.close()

    def cut(self) -> None:
        """Afterwards the connection is gone without a word."""
        # The one below TLS, since asyncio's TLS waits for a client's farewell once it was closed twice (3.11).
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except ConnectionError:
            return  # the client went; what it had not ended was not taken

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Nobody logs in here."""
        del arg
        await self.push("502 5.5.1 Nobody logs in here")

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """The same of every address (RFC 5321 §7.3)."""
        del arg
        await self.push("252 2.5.2 That is seen when it is written to")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Takes the content, or says why not."""
        assert self.envelope is not None
        if arg:
            await self.push("501 5.5.4 DATA takes nothing behind it")
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 HELO, MAIL and RCPT come first")
            return
        await self.push("354 End it with a dot on a line of its own")
        held = bytearray()
        try:
            refusal = await self._content(held)
            # Between the taking and its reply nothing may come; the reply that gets lost is only sent again.
            answered = self.loop.create_future()
            self._reception.working(answered)
            try:
                await self.push(refusal or await self._reception.take(self.envelope.rcpt_tos[0], bytes(held)))
            finally:
                answered.cancel()
        finally:
            self._reception.held -= len(held)
        self.envelope = self._create_envelope()

    async def _content(self, held: bytearray) -> str:
        """Puts into `held` what comes before the lone dot, without the dots that were put before others
        (RFC 5321 §4.5.2). Only CRLF ends a line: a lone CR or LF is content. Returns why it is refused, else nothing.
        """
        begins, refusal = True, ""
        while True:
            try:
                piece, ends = await self._reader.readuntil(b"\r\n"), True
            except asyncio.LimitOverrunError as overrun:
                piece, ends = await self._reader.read(overrun.consumed), False
            if begins and piece == b".\r\n":
                return "421 4.3.2 We are closing" if self._reception.closing else refusal
            piece = piece[1:] if begins and piece.startswith(b".") else piece
            begins = ends
            if len(held) + len(piece) > BIGGEST_MAIL:
                refusal = f"552 5.3.4 It has more than {BIGGEST_MAIL} octets"
            elif not refusal and self._reception.held + len(piece) > MOST_HELD:
                refusal = "452 4.3.1 There is too much at once; come again later"
            if refusal:
                self._reception.held -= len(held)
                held.clear()
            else:
                self._reception.held += len(piece)
                held += piece


def _said(error: Exception) -> str:
    """Our own errors are sentences; those of libraries may hold what was written, so only their kind is told."""
    return str(error) if isinstance(error, MailerError) else type(error).__name__
