"""Connects to the club's relay: greeted, private, with a checked certificate, logged in; or says why that failed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from mailer.domain.address import is_loopback
from mailer.domain.errors import BadInput, LoginRefused, Refused, TransportDown
from mailer.gateways.smtp import replies
from mailer.gateways.smtp.connection import SmtpConnection


class Security(StrEnum):
    """How the conversation is kept private."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where the relay is and how to log in. `ca_file` is trusted beside the system's roots; no username: no login.

    `timeout_seconds` is the longest wait for any one answer. `local_hostname` None: the machine's own name.
    `window` is how many copies may be under way at once on a connection, where the relay is far away and offers
    CHUNKING. `messages_per_connection` 0: no limit.
    """

    host: str
    port: int
    security: Security
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout_seconds: float = 60.0
    local_hostname: str | None = None
    window: int = 1
    messages_per_connection: int = 0
    section: str = "[smtp]"  # where config.toml names it

    @property
    def name(self) -> str:
        """How errors name it."""
        return f"{self.host}:{self.port}"


class _Client(SMTP):
    """Tries a login once; aiosmtplib would try a wrong password by every mechanism that it finds announced."""

    # PLAIN comes first, since the line is private and every relay has it: CRAM-MD5 fails, though announced, where only
    # hashes of passwords are kept.
    AUTH_METHODS = ("plain", "login", "cram-md5")

    @property
    def supported_auth_methods(self) -> list[str]:
        return super().supported_auth_methods[:1]


class SmtpTransport:
    """Makes connections to the relay of the settings.

    Refused when they would send in clear over a network; BadInput when `ca_file` cannot be read.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        if settings.security is Security.NONE and not is_loopback(settings.host):
            raise Refused(
                f'security = "none" is only for a loopback host, not for {settings.host}; '
                'set [smtp] security to "starttls" or "tls"'
            )
        self._settings = settings
        self._tls = _tls_context(settings.ca_file) if settings.security is not Security.NONE else None
        self._welcome = not settings.username  # the last login was accepted, or none is wanted
        self._knocking = asyncio.Lock()
        self._failures = 0  # of those who knocked; the last one's:
        self._failed_with: type[TransportDown] = TransportDown
        self._failed_for = ""
        self._one_by_one = False  # it announced PIPELINING, and its answers did not fit its commands

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[SmtpConnection]:
        """A greeted, secured, logged-in connection, closed at the end. Raises TransportDown when there is none.

        Until a login was accepted one connection at a time tries it, and those that wait share its failure: relays lock
        out who fails too often.
        """
        client, connection = await (self._come_in() if self._welcome else self._knock())
        try:
            yield connection
        finally:
            try:
                await connection.leave()
            finally:
                self._one_by_one |= connection.out_of_step
                client.close()

    async def _knock(self) -> tuple[SMTP, SmtpConnection]:
        before = self._failures
        async with self._knocking:
            if self._failures > before:
                raise self._failed_with(self._failed_for)
            try:
                return await self._come_in()
            except TransportDown as error:
                self._failures, self._failed_with, self._failed_for = self._failures + 1, type(error), str(error)
                raise

    async def _come_in(self) -> tuple[SMTP, SmtpConnection]:
        settings = self._settings
        client = _Client(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.password if settings.username else None,
            local_hostname=settings.local_hostname,
            timeout=settings.timeout_seconds,
            use_tls=settings.security is Security.TLS,
            start_tls=settings.security is Security.STARTTLS,  # never None, which goes on in clear without STARTTLS
            tls_context=self._tls,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            connection = self._taken_over(client)
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            refused = _refuses_login(error)
            self._welcome &= not refused
            kind = LoginRefused if refused else TransportDown
            raise kind(f"the relay {settings.name} {_why(error, settings)}") from error
        except BaseException:
            client.close()
            raise
        self._welcome = True
        return client, connection

    def _taken_over(self, client: SMTP) -> SmtpConnection:
        """The client's connection in our own protocol: it is greeted, private and logged in."""
        if not client.is_connected:
            raise SMTPServerDisconnected("it closed the connection after its greeting")
        extensions = frozenset(client.esmtp_extensions)
        return SmtpConnection(
            cast(asyncio.WriteTransport, client.transport),
            name=self._settings.name,
            extensions=extensions - _GROUPED if self._one_by_one else extensions,
            timeout_seconds=self._settings.timeout_seconds,
            window=self._settings.window,
            messages_at_most=self._settings.messages_per_connection,
        )


_GROUPED = frozenset({"pipelining", "chunking"})


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Checks certificate and host name against the system's roots (TLS 1.2 or newer is Python's own floor)."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise BadInput(f"[smtp] ca_file {ca_file} is no readable file of PEM certificates ({error})") from error
    return context


def _refuses_login(error: Exception) -> bool:
    """Whether it is about our name and password; a 4xx says only that they cannot be looked at now (RFC 4954 §6)."""
    return isinstance(error, SMTPAuthenticationError) and error.code >= 500


def _why(error: Exception, settings: SmtpSettings) -> str:
    """Why there is no connection, and what to do; never a word of the password."""
    # aiosmtplib wraps what goes wrong with TLS from the first octet, but not what goes wrong after STARTTLS.
    cause = error.__cause__ if isinstance(error, SMTPConnectError) and error.__cause__ else error
    match cause:
        case ssl.SSLCertVerificationError():
            return (
                f"shows a certificate that cannot be trusted ({cause.verify_message}); nothing was sent; "
                f"check host of {settings.section}, or name its authority in ca_file"
            )
        case ssl.SSLError():
            return f"does not agree on TLS ({cause.reason}); nothing was sent; check port and security of {settings.section}"
        case SMTPAuthenticationError() if _refuses_login(cause):
            reply = replies.quoted(replies.read(cause.code, cause.message))
            return f"refuses the login of {settings.username} ({reply}); check username and password_file of {settings.section}"
        case SMTPResponseException():
            return f"answers {replies.quoted(replies.read(cause.code, cause.message))}; ask its operator"
        case TimeoutError():
            return f"does not answer within {settings.timeout_seconds:g} seconds; check host and port of {settings.section}"
        case ValueError():  # its text could show a character of the password
            return f"cannot be used with these settings; check host, username and password_file of {settings.section}"
        case _:
            reason = replies.printable(str(cause))
            return f"cannot be used ({reason}); nothing was sent; check host, port and security of {settings.section}"
