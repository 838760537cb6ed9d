"""Makes connections to a relay that are greeted, encrypted and logged in; a login is never tried again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from aiosmtplib import SMTP, SMTPException

from mailer.domain.address import is_loopback
from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.ehlo_name import EhloName, choose_ehlo_name
from mailer.domain.errors import BadInput, Refused, TransportDown
from mailer.domain.ports import Envelope
from mailer.domain.retry import LOGIN_PAUSE
from mailer.gateways.clock import SystemClock
from mailer.gateways.machine_names import machine_names
from mailer.gateways.smtp.connection import SmtpConnection
from mailer.gateways.smtp.envelope_trial import ask
from mailer.gateways.smtp.failures import failure, is_login_refusal, is_token_refusal, reply_of
from mailer.gateways.smtp.handshake import Handshake
from mailer.gateways.smtp.login import refuses_mechanism
from mailer.gateways.smtp.settings import Mechanism, Security, SmtpSettings
from mailer.gateways.tls import client_context


class SmtpTransport:
    """Makes connections to the relay of the settings.

    Refused when they would send unencrypted over a network; BadInput when `ca_file` cannot be read.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        if settings.security is Security.NONE and not is_loopback(settings.host):
            raise Refused(
                f'security = "none" is only for a loopback host, not for {settings.host}; '
                f'set {settings.section} security to "starttls" or "tls"'
            )
        self._settings = settings
        encrypted = settings.security is not Security.NONE
        self._tls = client_context(settings.ca_file, setting=f"{settings.section} ca_file") if encrypted else None
        self._login_ok = not settings.username  # the last login was accepted, or none is configured
        self._login_lock = asyncio.Lock()
        self._login_failures = 0
        self._last_failure = TransportDown()
        self._unknown: dict[Mechanism, None] = {}  # announced by the relay, and refused all the same
        self._refused_token: _RefusedToken | None = None
        self._ehlo_name: EhloName | None = None
        self._one_by_one = False  # its replies once did not match commands sent in groups

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[SmtpConnection]:
        """Yield an encrypted, logged-in connection and close it at the end. Raises TransportDown when there is none.

        Until a login is accepted, connections log in one at a time, and those that wait share its failure: relays lock
        out clients that fail too often.
        """
        client, connection = await (self._connect() if self._login_ok else self._login_exclusively())
        try:
            yield connection
        finally:
            try:
                await connection.close()
            finally:
                self._one_by_one |= connection.out_of_step
                client.close()

    async def _login_exclusively(self) -> tuple[SMTP, SmtpConnection]:
        failures_before = self._login_failures
        async with self._login_lock:
            if self._login_failures > failures_before:
                raise self._last_failure.again()
            try:
                return await self._connect()
            except TransportDown as error:
                self._login_failures += 1
                self._last_failure = error
                raise

    async def _connect(self) -> tuple[SMTP, SmtpConnection]:
        client = await self._log_in()
        return client, self._take_over(client)

    async def _log_in(self) -> SMTP:
        """Return a connection with all steps taken. A mechanism that the relay does not know is followed by another."""
        ehlo_name = await self.ehlo_name()
        while True:
            handshake = Handshake(self._settings, self._tls, ehlo_name.name)
            try:
                token = await self._token()
                client = await handshake.run(self._unknown, token)
            except (SMTPException, OSError, ValueError, BadInput) as error:
                reply = reply_of(error)
                if handshake.mechanism and reply and refuses_mechanism(reply):
                    self._unknown[handshake.mechanism] = None
                    if handshake.alternatives:
                        continue
                down = failure(error, self._settings, handshake, self._unknown)
                self._login_ok &= not is_login_refusal(error)
                if is_token_refusal(error):
                    self._refused_token = _RefusedToken(token=token, at=elapsed(), failure=down)
                if handshake.phase is Phase.AUTH:
                    self._unknown.clear()
                raise down from error
            self._login_ok = True
            return client

    async def _token(self) -> str:
        """Return the OAuth token as it is now; empty if none is used. Raises BadInput when it cannot be read.

        Raises TransportDown for a token that the relay has refused: it is not shown again until it has changed, or has
        rested as long as a password does.
        """
        if self._settings.token_source is None:
            return ""
        token, refused = await self._settings.token_source.token(), self._refused_token
        if refused and token == refused.token and elapsed() - refused.at < LOGIN_PAUSE.total_seconds():
            raise refused.failure.again()
        return token

    async def try_envelope(self, envelope: Envelope) -> tuple[Phase, Reply]:
        """Ask the relay whether it takes mail from this sender to this recipient, without a message.

        Returns the last reply: to RCPT, or to MAIL when that was refused. Raises TransportDown when there is none.
        """
        client = await self._log_in()
        try:
            return await ask(client, envelope)
        except (SMTPException, OSError) as error:
            raise TransportDown(f"the relay {self._settings.name} broke off at MAIL or RCPT ({error})") from error
        finally:
            client.close()

    async def ehlo_name(self) -> EhloName:
        """Return the name to greet the relay by."""
        if self._ehlo_name is None:
            settings = self._settings
            names = () if settings.ehlo_name else await asyncio.to_thread(machine_names)
            self._ehlo_name = choose_ehlo_name(settings.ehlo_name, names, settings.sender_domain)
        return self._ehlo_name

    def _take_over(self, client: SMTP) -> SmtpConnection:
        """Continue the client's connection, which is encrypted and logged in, with our own protocol."""
        if not client.is_connected:
            raise TransportDown(
                f"the relay {self._settings.name} closed the connection when it was ready; nothing was sent"
            )
        extensions = frozenset(client.esmtp_extensions)
        return SmtpConnection(
            cast(asyncio.WriteTransport, client.transport),
            name=self._settings.name,
            extensions=extensions - _GROUPING if self._one_by_one else extensions,
            timeout_seconds=self._settings.timeout_seconds,
            final_timeout_seconds=self._settings.final_timeout_seconds,
            size_limit=_size_limit(client.esmtp_extensions.get("size", "")),
            window=self._settings.window,
            messages_at_most=self._settings.messages_per_connection,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _RefusedToken:
    """The last token that the relay has refused, and when."""

    token: str = field(repr=False)
    at: float
    failure: TransportDown


_GROUPING = frozenset({"pipelining", "chunking"})
# A relay may announce twenty digits (RFC 1870 §3); the ledger has room for so many.
_SIZE_DIGITS = 18
elapsed = SystemClock().elapsed


def _size_limit(announced: str) -> int:
    """The number after SIZE; 0 where there is none, which is no limit (RFC 1870 §4), and for one that no message reaches."""
    number = announced.strip()
    return int(number) if number.isascii() and number.isdecimal() and len(number) <= _SIZE_DIGITS else 0
