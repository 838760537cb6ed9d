"""Connects to a relay: greeting, TLS with a verified certificate, EHLO and login; says why a connection failed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from mailer.domain.address import is_loopback
from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.errors import LoginRefused, Refused, TransportDown
from mailer.gateways.server_text import printable
from mailer.gateways.smtp import replies
from mailer.gateways.smtp.connection import SmtpConnection
from mailer.gateways.smtp.settings import Security, SmtpSettings
from mailer.gateways.tls import client_context


class _Client(SMTP):
    """Attempts a login once; aiosmtplib would try a wrong password with every mechanism that the relay announces."""

    # PLAIN first, since every relay has it and the connection is encrypted. Relays that store only password hashes
    # announce CRAM-MD5 all the same, and refuse it.
    AUTH_METHODS = ("plain", "login", "cram-md5")

    @property
    def supported_auth_methods(self) -> list[str]:
        return super().supported_auth_methods[:1]


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
                failure = self._last_failure
                raise type(failure)(str(failure), reply=failure.reply, phase=failure.phase)
            try:
                return await self._connect()
            except TransportDown as error:
                self._login_failures += 1
                self._last_failure = error
                raise

    async def _connect(self) -> tuple[SMTP, SmtpConnection]:
        settings = self._settings
        client = _Client(
            hostname=settings.host,
            port=settings.port,
            local_hostname=settings.local_hostname,
            timeout=settings.timeout_seconds,
            use_tls=settings.security is Security.TLS,
            start_tls=False,  # `_Handshake` does it
            tls_context=self._tls,
        )
        handshake = _Handshake(client, settings)
        try:
            await handshake.run()
            connection = self._take_over(client)
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            refused = _is_login_refusal(error)
            self._login_ok &= not refused
            kind = LoginRefused if refused else TransportDown
            reason = f"the relay {settings.name} {_reason(error, settings)}"
            raise kind(reason, reply=_reply_of(error), phase=handshake.phase) from error
        except BaseException:
            client.close()
            raise
        self._login_ok = True
        return client, connection

    def _take_over(self, client: SMTP) -> SmtpConnection:
        """Continue the client's connection, which is encrypted and logged in, with our own protocol."""
        if not client.is_connected:
            raise SMTPServerDisconnected("it closed the connection after its greeting")
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


class _Handshake:
    """The steps from the connection to the login; `phase` is the one under way."""

    def __init__(self, client: SMTP, settings: SmtpSettings) -> None:
        self.phase = Phase.CONNECT
        self._client = client
        self._settings = settings

    async def run(self) -> None:
        """Take all steps. Raises what aiosmtplib raises."""
        client, settings = self._client, self._settings
        await client.connect()
        await self._greet()
        if settings.security is Security.STARTTLS:
            self.phase = Phase.STARTTLS
            await client.starttls()  # it fails if the relay does not offer it
            await self._greet()
        if settings.username:
            self.phase = Phase.AUTH
            await client.login(settings.username, settings.password)

    async def _greet(self) -> None:
        self.phase = Phase.HELLO
        try:
            await self._client.ehlo()
        except SMTPHeloError as error:
            if error.code not in _COMMAND_UNKNOWN:
                raise
            await self._client.helo()


_COMMAND_UNKNOWN = range(500, 505)  # to EHLO: the relay knows only HELO (RFC 5321 §3.2)
_GROUPING = frozenset({"pipelining", "chunking"})


def _size_limit(announced: str) -> int:
    """The number after SIZE; 0 where there is none, which is no limit (RFC 1870 §4)."""
    number = announced.strip()
    return int(number) if number.isascii() and number.isdecimal() else 0


def _reply_of(error: Exception) -> Reply | None:
    """The relay's reply that the error is about; None if there was none, or if it was no reply by RFC 5321."""
    if isinstance(error, SMTPResponseException) and 200 <= error.code <= 599:
        return replies.parse(error.code, error.message)
    return None


def _is_login_refusal(error: Exception) -> bool:
    """Whether username or password is wrong; a 4xx says only that they cannot be checked now (RFC 4954 §6)."""
    return isinstance(error, SMTPAuthenticationError) and error.code >= 500


def _reason(error: Exception, settings: SmtpSettings) -> str:
    """Say why there is no connection and what to do, without any part of the password."""
    # aiosmtplib wraps TLS errors of an implicit TLS connection, but not those after STARTTLS.
    cause = error.__cause__ if isinstance(error, SMTPConnectError) and error.__cause__ else error
    match cause:
        case ssl.SSLCertVerificationError():
            return (
                f"shows a certificate that cannot be trusted ({cause.verify_message}); nothing was sent; "
                f"check host of {settings.section}, or name its authority in ca_file"
            )
        case ssl.SSLError():
            return f"does not agree on TLS ({cause.reason}); nothing was sent; check port and security of {settings.section}"
        case SMTPAuthenticationError() if _is_login_refusal(cause):
            reply = replies.quoted(replies.parse(cause.code, cause.message))
            return f"refuses the login of {settings.username} ({reply}); check username and password_file of {settings.section}"
        case SMTPResponseException():
            return f"answers {replies.quoted(replies.parse(cause.code, cause.message))}; ask its operator"
        case TimeoutError():
            return f"does not answer within {settings.timeout_seconds:g} seconds; check host and port of {settings.section}"
        case ValueError():  # its text could contain a character of the password
            return f"cannot be used with these settings; check host, username and password_file of {settings.section}"
        case _:
            reason = printable(str(cause))
            return f"cannot be used ({reason}); nothing was sent; check host, port and security of {settings.section}"
