"""Checks that each relay can be reached, accepts the login, and takes copies of their size and kind; no message is sent."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailer.app.installation import App
from mailer.app.relays import relay_settings
from mailer.checking.result import note_of
from mailer.config.relays import RelaySettings
from mailer.domain.check_result import CheckResult
from mailer.domain.ehlo_name import EhloName, EhloOrigin
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.trouble import Trouble
from mailer.gateways.smtp.encryption import Encryption
from mailer.gateways.smtp.settings import SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport
from mailer.pipeline.issues.copies import workbench
from mailer.pipeline.issues.size import size_note
from mailer.pipeline.mailings.changes import unbegun_mailings
from mailer.store import DatabaseError
from mailer.store.ledger import outages
from mailer.store.register_figures import register_figures
from mailer.store.relay_paces import slow_relays
from mailer.store.relays import keep_sizes, sizes
from mailer.store.trouble import trouble_of
from mailer.views.plain_words import counted
from mailer.views.progress import slow_relay_sentence
from mailer.views.remedies import sentence

_ORIGINS = {
    EhloOrigin.SETTING: "by the setting ehlo_name",
    EhloOrigin.MACHINE: "the full name of this machine",
    EhloOrigin.SENDER: "the domain of the newsletters' sender, since this machine has no full name",
    EhloOrigin.ADDRESS: "since neither this machine nor a newsletter has a full name",
}

# The seconds for all answers of a relay together; a sender may wait longer for each.
PATIENCE = 15.0
SOON = timedelta(days=14)
_USED = ("size", "pipelining", "chunking", "8bitmime", "smtputf8", "dsn")
_LOSSES = {"pipelining": "each copy takes several round trips"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """What a relay offers once it is greeted and logged in to."""

    size_limit: int
    extensions: frozenset[str]
    encryption: Encryption | None


@dataclass(slots=True, kw_only=True)
class _Talk:
    """A relay, and how far one got with it: the name by which it is greeted, and what it offers, or why it offers nothing."""

    relay: RelaySettings
    subject: str
    ehlo: EhloName | None = None
    offer: _Offer | None = None
    failure: MailerError | None = None


def check_relays(app: App) -> Iterator[CheckResult]:
    """Connect to every relay of the settings, all at once."""
    relays = relay_settings(app)
    subjects = ["the relay" if len(relays) == 1 else f"the relay {relay.name}" for relay in relays]
    talks = [_Talk(relay=relay, subject=subject) for relay, subject in zip(relays, subjects, strict=True)]
    asyncio.run(_talk_to(talks))
    for talk in talks:
        yield from _results(app, talk)


def check_outage(app: App) -> Iterator[CheckResult]:
    """Say whether sending has found no relay that can be used, and which relay has asked to slow down."""
    with app.store.reading() as connection:
        outage, slow = outages.open_now(connection), slow_relays(connection)
        left_out = outages.left_out(connection)
    if outage:
        yield note_of("the last attempts", f"no relay could be used: {outage}")
    for name, why in sorted(left_out.items()):
        yield note_of("the last attempts", f"the relay {name} was left out: {why}")
    for relay in slow.values():
        yield note_of("the last attempts", slow_relay_sentence(relay))
    if not outage and not slow and not left_out:
        yield CheckResult(subject="the last attempts", ok=True, finding="no relay is out of use or asks to slow down")


def check_sizes(app: App) -> Iterator[CheckResult]:
    """Compare the largest copy of each mailing that has not left yet with what the relays announced last."""
    with app.store.reading() as connection:
        for mailing in unbegun_mailings(connection, app.context):
            largest = workbench(connection, app.context, mailing).largest
            note = size_note(connection, app.context, largest)
            finding = note or f"its largest copy has {largest:,} octets, which every relay takes"
            yield CheckResult(subject=f"{mailing.issue}: size", ok=not note, finding=finding)


async def _talk_to(talks: Sequence[_Talk]) -> None:
    await asyncio.gather(*map(_talk, talks))


async def _talk(talk: _Talk) -> None:
    """Connect and log in to a relay, and leave again."""
    settings = talk.relay.smtp
    try:
        transport = SmtpTransport(replace(settings, timeout_seconds=min(settings.timeout_seconds, PATIENCE)))
        talk.ehlo = await transport.ehlo_name()
        _refuse_without_password(settings)
        async with asyncio.timeout(PATIENCE), transport.connect() as connection:
            talk.offer = _Offer(
                size_limit=connection.size_limit, extensions=connection.extensions, encryption=connection.encryption
            )
    except TimeoutError:
        login = ", its username and password" if settings.username else ""  # many delay the answer to a wrong one
        if settings.token_source:
            login = f", and {settings.token_source.key}"
        talk.failure = MailerError(
            f"the relay {settings.name} does not let us in within {PATIENCE:g} seconds; check host, port and security of "
            f"{settings.section}{login}"
        )
    except MailerError as error:
        talk.failure = error


def _results(app: App, talk: _Talk) -> Iterator[CheckResult]:
    """Say what a relay offers, and by which name it is greeted."""
    settings, subject, offer = talk.relay.smtp, talk.subject, talk.offer
    if talk.failure is not None:
        yield CheckResult(subject=subject, ok=False, finding=sentence(talk.failure))
    elif offer is not None:
        _note(app, talk.relay.name, offer.size_limit)
        takes = f", takes messages of {offer.size_limit:,} octets at most" if offer.size_limit else ""
        logged_in = ", logged in" if settings.username else ""
        yield CheckResult(
            subject=subject, ok=True, finding=f"{settings.name} answers ({settings.security}{logged_in}{takes})"
        )
        yield _encryption(f"{subject}: TLS", offer.encryption, app.context.clock.now())
        yield _extensions(app, f"{subject}: extensions", offer.extensions)
    if talk.ehlo is not None:
        yield _ehlo_name(f"{subject}: EHLO", talk.ehlo, settings.section)


def _refuse_without_password(relay: SmtpSettings) -> None:
    if relay.username and not relay.password and not relay.token_source:
        remedy = ", or set MAILER_SMTP__PASSWORD" if relay.section == "[smtp]" else ""
        raise BadInput(f"{relay.section} username has no password: name a password_file{remedy}")


def _encryption(subject: str, encryption: Encryption | None, now: datetime) -> CheckResult:
    """Name the version of TLS, and until when the relay's certificate is valid."""
    if encryption is None:
        return CheckResult(subject=subject, ok=True, finding="none: the relay is on this machine")
    until = encryption.certificate_until
    finding = f"{encryption.version}{f', its certificate is valid until {until:%Y-%m-%d}' if until else ''}"
    if until is not None and until - now < SOON:
        return note_of(subject, f"{finding}: it is refused from then on")
    return CheckResult(subject=subject, ok=True, finding=finding)


def _extensions(app: App, subject: str, extensions: frozenset[str]) -> CheckResult:
    """Name what the relay offers of that which speeds sending up, or which addresses need."""
    offered = [word.upper() for word in _USED if word in extensions]
    lacking = [f"no {word.upper()}: {loss}" for word, loss in _LOSSES.items() if word not in extensions]
    with app.store.reading() as connection:
        beyond_ascii = register_figures(connection).beyond_ascii
    finding = ", ".join(offered) or "none"
    if beyond_ascii and "smtputf8" not in extensions:
        people = counted(beyond_ascii, "person has", "people have")
        lacking.append(f"no SMTPUTF8: {people} an address with letters beyond ASCII, and would get no copy")
    if lacking:
        return note_of(subject, f"{finding}; {'; '.join(lacking)}")
    return CheckResult(subject=subject, ok=True, finding=finding)


def _ehlo_name(subject: str, ehlo: EhloName, section: str) -> CheckResult:
    """Name the name by which we greet the relay, and where it comes from."""
    finding = f"{ehlo.name or 'the address of the connection'}, {_ORIGINS[ehlo.origin]}"
    if ehlo.fault:
        finding += f"; it {ehlo.fault}, and many relays refuse that: set ehlo_name of {section} to a full name"
    return CheckResult(subject=subject, ok=not ehlo.fault, finding=finding)


def _note(app: App, name: str, octets: int) -> None:
    """Note that a relay can be used, and its size, unless another process writes: a check waits for none, a sender notes it."""
    with app.store.reading() as connection:
        is_up = outages.open_now(connection) is None and name not in outages.left_out(connection)
        if is_up and sizes(connection, [name]) == {name: octets}:
            return
    now = app.context.clock.now()
    try:
        with app.store.transaction(waits=False) as connection:
            keep_sizes(connection, {name: octets}, now)
            outages.end(connection, now)
            outages.take_in(connection, now, name)
    except DatabaseError as error:
        if trouble_of(error) is not Trouble.LOCKED:
            raise
