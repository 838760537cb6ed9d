"""Receives a report in an SMTP session and confirms it only once it is stored, with the sender of its envelope."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailer.domain.bounce import RawReport, Way
from mailer.domain.errors import MailerError, TryLater
from mailer.domain.ports import BIGGEST_MAIL

MAX_BUFFERED = 4 * BIGGEST_MAIL  # octets of content in all sessions together; more must be sent later
TIMEOUT_SECONDS = 300.0  # for the next command of a client (RFC 5321 §4.5.3.2.7), and for a whole content
SESSION_SECONDS = 900.0  # from the beginning, or from one report, to the next
QUIET_SECONDS = 30.0  # without an octet: then a report that has begun keeps its room no longer
LINGER_SECONDS = 5.0  # for a client to read the last reply

log = logging.getLogger("mailer")

Admit = Callable[[str], Awaitable[bool]]
Take = Callable[[RawReport], Awaitable[None]]


class ReportHandler:
    """The state that all sessions share, and their replies. `closing`: nothing new is accepted."""

    def __init__(self, admit: Admit, take: Take) -> None:
        self.closing = False
        self.buffered = 0  # octets of content that have no reply yet
        self.sessions: set[ListenerSession] = set()
        self.pending = set[asyncio.Future[Any]]()  # must finish before the connections are closed
        self._admit = admit
        self._take = take

    @property
    def staying(self) -> "list[ListenerSession]":
        """The sessions that were not asked to go."""
        return [session for session in self.sessions if not session.is_dismissed]

    def add_pending(self, work: "asyncio.Future[Any]") -> None:
        """Keep it in `pending` until it is done."""
        self.pending.add(work)
        work.add_done_callback(self.pending.discard)

    async def take(self, sender: str | None, recipient: str, content: bytes) -> str:
        """Store a complete report and return the reply; the storing continues if the client disconnects.

        The sender of the envelope is kept as RFC 5321 §4.4 asks of the last server: in a Return-Path line at the top.
        """
        path = "".join((sender or "").strip("<>").split()).encode("utf-8", "surrogateescape")
        content = b"Return-Path: <" + path + b">\r\n" + content
        storing = asyncio.ensure_future(self._store(RawReport(content=content, recipient=recipient, way=Way.LISTENER)))
        self.add_pending(storing)
        return await asyncio.shield(storing)

    async def _store(self, report: RawReport) -> str:
        try:
            await self._take(report)
        except Exception as error:  # noqa: BLE001  # no failure is a reason to lose the report
            if not isinstance(error, TryLater):
                log.warning("a report could not be stored; its sender will try again: %s", _error_text(error))
            return "451 4.3.0 The report could not be stored; try again later"
        return "250 2.0.0 Report stored"

    # --- aiosmtpd's hooks ---------------------------------------------------------------------------------------------

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, lines: list[str]
    ) -> list[str]:
        """Announce PIPELINING (RFC 2920) and no AUTH."""
        session.host_name = name
        extensions = [line for line in lines[1:-1] if not line.startswith("250-AUTH")]
        return [lines[0], "250-PIPELINING", *extensions, lines[-1]]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, recipient: str, _options: list[str]
    ) -> str:
        """Accept one recipient per transaction, so that each report has its own reply (RFC 5321 §4.5.3.1.10)."""
        if self.closing:
            return "421 4.3.2 The service is closing"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient per transaction; send to the others in further ones"
        try:
            # aiosmtpd decodes octets that are not UTF-8 as lone surrogates, which are not printable.
            accepted = recipient.isprintable() and await self._admit(recipient)
        except Exception as error:  # noqa: BLE001  # no failure is the sender's fault
            log.warning("a recipient could not be looked up; the sender will try again: %s", _error_text(error))
            return "451 4.3.0 The recipient could not be looked up; try again later"
        if not accepted:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(recipient)
        return "250 2.1.5 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """Answer input on which aiosmtpd fails, which is an error of the client."""
        log.info("the listener cannot parse what a client sent: %s", type(error).__name__)
        return "500 5.5.2 Syntax error"


class ListenerSession(SMTP):
    """The session of one client; unlike aiosmtpd it accepts lines of any length and keeps every octet of the content."""

    line_length_limit = 1 << 16  # octets read at once

    def __init__(self, handler: ReportHandler, address: str, **options: Any) -> None:
        super().__init__(
            handler, data_size_limit=BIGGEST_MAIL, enable_SMTPUTF8=True, timeout=TIMEOUT_SECONDS, **options
        )
        self._shared = handler
        self.address = address
        self.since = self._heard_at = self.loop.time()
        self.is_dismissed = False
        self._is_storing = False

    @property
    def is_idle(self) -> bool:
        """Whether no report is on its way here: none was begun, or its client has fallen silent."""
        has_begun = self.envelope is not None and bool(self.envelope.rcpt_tos)
        return not self._is_storing and not (has_begun and self.loop.time() < self._heard_at + QUIET_SECONDS)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._shared.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._shared.sessions.discard(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self.loop.time()
        super().data_received(data)

    def dismiss(self, reason: str) -> None:
        """Tell the client to try again later, and close the connection."""
        self.is_dismissed = True
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(f"421 4.3.2 {reason}; try again later\r\n".encode())
            self.transport.close()
            self.loop.call_later(LINGER_SECONDS, self.abort)

    def _reset_timeout(self, duration: float | None = None) -> None:
        # A command gives more time for the next one, but not for ever.
        left = self.since + SESSION_SECONDS - self.loop.time()
        super()._reset_timeout(max(min(duration or TIMEOUT_SECONDS, left), 0.001))

    def _timeout_cb(self) -> None:
        if not self._is_storing:
            self.dismiss("Nothing came for too long")

    def abort(self) -> None:
        """Close the connection without a reply."""
        # The transport below TLS: asyncio's TLS transport, closed twice, waits for the client's close_notify (3.11).
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()

    async def _handle_client(self) -> None:
        try:
            await super()._handle_client()
        except ConnectionError:
            return  # the client disconnected; an incomplete report is not stored

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Refuse: there is no login."""
        del arg
        await self.push("502 5.5.1 AUTH is not implemented")

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Give the same reply for every address (RFC 5321 §7.3)."""
        del arg
        await self.push("252 2.5.2 Cannot verify; send a message")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """Receive the content, or refuse it."""
        assert self.envelope is not None
        if arg:
            await self.push("501 5.5.4 DATA has no parameters")
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Send EHLO, MAIL and RCPT first")
            return
        sender, recipient = self.envelope.mail_from, self.envelope.rcpt_tos[0]
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        content = bytearray()
        try:
            refusal = await self._receive_content(content)
            # The connection must not be closed between storing and reply: the client would send the report again.
            replied = self.loop.create_future()
            self._shared.add_pending(replied)
            self._is_storing = True
            try:
                reply = refusal or await self._shared.take(sender, recipient, bytes(content))
                self.since = self.loop.time() if reply.startswith("250") else self.since
                await self.push(reply)
            finally:
                self._is_storing = False
                replied.cancel()
        finally:
            self._shared.buffered -= len(content)
        self.envelope = self._create_envelope()
        self._reset_timeout()

    async def _receive_content(self, content: bytearray) -> str:
        """Read the content up to the lone dot, with dot-stuffing removed (RFC 5321 §4.5.2); return a refusal, or "".

        Only CRLF ends a line: a lone CR or LF is content.
        """
        line_begins, refusal = True, ""
        while True:
            try:
                piece, line_ends = await self._reader.readuntil(b"\r\n"), True
            except asyncio.LimitOverrunError as overrun:
                piece, line_ends = await self._reader.read(overrun.consumed), False
            if line_begins and piece == b".\r\n":
                return "421 4.3.2 The service is closing" if self._shared.closing else refusal
            piece = piece[1:] if line_begins and piece.startswith(b".") else piece
            line_begins = line_ends
            if len(content) + len(piece) > BIGGEST_MAIL:
                refusal = f"552 5.3.4 The message has more than {BIGGEST_MAIL} octets"
            elif not refusal and self._shared.buffered + len(piece) > MAX_BUFFERED:
                refusal = "452 4.3.1 Too much mail at once; try again later"
            if refusal:
                self._shared.buffered -= len(content)
                content.clear()
            else:
                self._shared.buffered += len(piece)
                content += piece


def _error_text(error: Exception) -> str:
    """Return the text of our own errors; texts of libraries may contain parts of a report, so return their type only."""
    return str(error) if isinstance(error, MailerError) else type(error).__name__
