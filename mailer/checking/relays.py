"""Checks that each relay can be reached and accepts the login; no message is sent."""

import asyncio
from collections.abc import Iterator
from functools import partial

from mailer.app.installation import App
from mailer.checking.result import CheckResult, result_of
from mailer.domain.errors import BadInput, MailerError
from mailer.gateways.smtp.settings import SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport
from mailer.views.remedies import sentence


def check_relays(app: App) -> Iterator[CheckResult]:
    """Connect to every relay of the settings."""
    try:
        relays = app.config.relays
    except MailerError as error:  # a password file is missing
        yield CheckResult(subject="the relay", ok=False, finding=sentence(error))
        return
    for relay in relays:
        subject = "the relay" if len(relays) == 1 else f"the relay {relay.name}"
        yield result_of(subject, partial(_connect, relay.smtp))


def _connect(relay: SmtpSettings) -> str:
    if relay.username and not relay.password:
        remedy = ", or set MAILER_SMTP__PASSWORD" if relay.section == "[smtp]" else ""
        raise BadInput(f"{relay.section} username has no password: name a password_file{remedy}")
    asyncio.run(_connect_once(relay))
    return f"{relay.name} answers ({relay.security}{', logged in' if relay.username else ''})"


async def _connect_once(relay: SmtpSettings) -> None:
    async with SmtpTransport(relay).connect():
        pass
