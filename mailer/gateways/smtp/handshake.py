"""Takes the steps from a relay's address to the login: connect, greeting, EHLO, TLS with a verified certificate, login."""

import asyncio
import ssl
from collections.abc import Collection

from aiosmtplib import SMTP, SMTPConnectError, SMTPException, SMTPHeloError, SMTPServerDisconnected

from mailer.domain.bounce import Phase
from mailer.domain.ehlo_name import address_literal
from mailer.gateways.smtp import addresses, login
from mailer.gateways.smtp.settings import Mechanism, Security, SmtpSettings

_COMMAND_UNKNOWN = range(500, 505)  # to EHLO: the relay knows only HELO (RFC 5321 §3.2)


class NoLogin(SMTPException):
    """The relay offers no login that the settings have something for."""


class Handshake:
    """One connection on its way to the login. `phase` is the step under way, also after a failure.

    `ehlo_name` is the name in EHLO; an empty one becomes the address of the connection. `tried` are the addresses tried,
    `announced` the relay's mechanisms; `mechanism` is that of the login, and `alternatives` are those left after it.
    """

    def __init__(self, settings: SmtpSettings, tls: ssl.SSLContext | None, ehlo_name: str) -> None:
        self.phase = Phase.CONNECT
        self.tried = ""
        self.ehlo_name = ehlo_name
        self.announced: list[str] = []
        self.mechanism: Mechanism | None = None
        self.alternatives: list[Mechanism] = []
        self._settings = settings
        self._tls = tls
        self._client = SMTP()

    async def run(self, refused: Collection[Mechanism], token: str) -> SMTP:
        """Take all steps, with a login by none of the mechanisms that the relay has refused.

        Raises OSError, ValueError or what aiosmtplib raises.
        """
        settings = self._settings
        try:
            await self._connect()
            await self._greet()
            if settings.security is Security.STARTTLS:
                self.phase = Phase.STARTTLS
                await self._client.starttls()  # it fails if the relay does not offer it
                await self._greet()
            if settings.username:
                self.phase = Phase.AUTH
                await self._log_in(refused, token)
        except BaseException:
            self._client.close()
            raise
        return self._client

    async def _connect(self) -> None:
        """Connect, and read the greeting. An address that hangs up before its greeting is as good as dead."""
        settings = self._settings
        encrypted = settings.security is not Security.NONE
        async with asyncio.timeout(settings.timeout_seconds):
            candidates = await addresses.resolve(settings.host, settings.port, loopback_only=not encrypted)
        self.tried = addresses.listed(candidates)
        while True:
            async with asyncio.timeout(settings.timeout_seconds):
                socket = await addresses.connect(candidates)
            candidates = addresses.without(candidates, socket.getpeername()[0])
            self.ehlo_name = self.ehlo_name or address_literal(socket.getsockname()[0])
            self._client = SMTP(
                hostname=settings.host,
                sock=socket,
                local_hostname=self.ehlo_name,
                timeout=settings.timeout_seconds,
                use_tls=settings.security is Security.TLS,
                start_tls=False,  # `run` does it
                tls_context=self._tls,
            )
            try:
                await self._client.connect()
            except SMTPConnectError as error:
                if not candidates or not isinstance(error.__cause__, (SMTPServerDisconnected, ConnectionError)):
                    raise
            else:
                return

    async def _greet(self) -> None:
        self.phase = Phase.HELLO
        try:
            await self._client.ehlo()
        except SMTPHeloError as error:
            if error.code not in _COMMAND_UNKNOWN:
                raise
            await self._client.helo()

    async def _log_in(self, refused: Collection[Mechanism], token: str) -> None:
        settings, self.announced = self._settings, self._client.server_auth_methods
        usable = [mechanism for mechanism in settings.mechanisms if mechanism in self.announced]
        usable = [mechanism for mechanism in usable if mechanism not in refused]
        if not usable:
            raise NoLogin(_no_login(settings, self.announced))
        self.mechanism, *self.alternatives = usable
        secret = token if self.mechanism is Mechanism.XOAUTH2 else settings.password
        await login.log_in(self._client, self.mechanism, settings.username, secret)


def _no_login(settings: SmtpSettings, announced: Collection[str]) -> str:
    """Say what the relay offers instead of the login that is set, and which keys to set."""
    section = settings.section
    if not announced:
        return f"offers no login (AUTH) on this port; check port and security of {section}, or leave username empty"
    offer = f"offers no login but {', '.join(sorted(announced)).upper()}"
    if settings.token_source is None and login.wants_oauth(announced):
        return f'{offer}: it wants OAuth; set auth = "xoauth2" and oauth_token_file or oauth_token_command of {section}'
    if settings.auth is not None:
        return f"{offer}; check auth of {section}"
    if settings.token_source is not None:
        return f"{offer}; it takes no OAuth token: set password_file in place of {settings.token_source.key}"
    names = ", ".join(mechanism.upper() for mechanism in Mechanism)
    return (
        f"{offer}, and this service knows only {names}; check port of {section}, or ask its operator for one of these"
    )
