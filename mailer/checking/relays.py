"""Checks that each relay can be reached, accepts the login and takes copies of their size; no message is sent."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from mailer.app.installation import App
from mailer.app.relays import relay_settings
from mailer.checking.result import CheckResult, result_of
from mailer.domain.ehlo_name import EhloOrigin
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.trouble import Trouble
from mailer.gateways.smtp.settings import SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport
from mailer.pipeline.issues.copies import workbench
from mailer.pipeline.issues.size import size_note
from mailer.pipeline.mailings.changes import unbegun_mailings
from mailer.store import DatabaseError
from mailer.store.relays import keep_sizes, sizes
from mailer.store.trouble import trouble_of
from mailer.views.remedies import sentence

_ORIGINS = {
    EhloOrigin.SETTING: "by the setting ehlo_name",
    EhloOrigin.MACHINE: "the full name of this machine",
    EhloOrigin.SENDER: "the domain of the newsletters' sender, since this machine has no full name",
    EhloOrigin.ADDRESS: "since neither this machine nor a newsletter has a full name",
}


def check_relays(app: App) -> Iterator[CheckResult]:
    """Connect to every relay of the settings."""
    try:
        relays = relay_settings(app)
    except MailerError as error:  # a password file is missing
        yield CheckResult(subject="the relay", ok=False, finding=sentence(error))
        return
    for relay in relays:
        subject = "the relay" if len(relays) == 1 else f"the relay {relay.name}"
        yield result_of(subject, partial(_connect, app, relay.name, relay.smtp))
        with suppress(MailerError):  # the line before says what is wrong
            yield _ehlo_name(f"{subject}: EHLO", relay.smtp)


def check_sizes(app: App) -> Iterator[CheckResult]:
    """Name each mailing that has not left yet and whose copies no relay would take, by what they announced last."""
    with app.store.reading() as connection:
        for mailing in unbegun_mailings(connection, app.context):
            largest = workbench(connection, app.context, mailing).largest
            if note := size_note(connection, app.context, largest):
                yield CheckResult(subject=f"{mailing.issue}: size", ok=False, finding=note)


def _ehlo_name(subject: str, relay: SmtpSettings) -> CheckResult:
    """Name the name by which we greet the relay, and where it comes from."""
    ehlo = asyncio.run(SmtpTransport(relay).ehlo_name())
    finding = f"{ehlo.name or 'the address of the connection'}, {_ORIGINS[ehlo.origin]}"
    if ehlo.fault:
        finding += f"; it {ehlo.fault}, and many relays refuse that: set ehlo_name of {relay.section} to a full name"
    return CheckResult(subject=subject, ok=not ehlo.fault, finding=finding)


def _connect(app: App, name: str, relay: SmtpSettings) -> str:
    if relay.username and not relay.password and not relay.token_source:
        remedy = ", or set MAILER_SMTP__PASSWORD" if relay.section == "[smtp]" else ""
        raise BadInput(f"{relay.section} username has no password: name a password_file{remedy}")
    octets = asyncio.run(_size_limit(relay))
    _keep_size(app, name, octets)
    takes = f", takes messages of {octets:,} octets at most" if octets else ""
    logged_in = ", logged in" if relay.username else ""
    return f"{relay.name} answers ({relay.security}{logged_in}{takes})"


def _keep_size(app: App, name: str, octets: int) -> None:
    """Keep the size that a relay announced, unless another process writes: a check waits for none, and a sender keeps it."""
    with app.store.reading() as connection:
        if sizes(connection, [name]) == {name: octets}:
            return
    try:
        with app.store.transaction(waits=False) as connection:
            keep_sizes(connection, {name: octets}, app.context.clock.now())
    except DatabaseError as error:
        if trouble_of(error) is not Trouble.LOCKED:
            raise


async def _size_limit(relay: SmtpSettings) -> int:
    async with SmtpTransport(relay).connect() as connection:
        return connection.size_limit
