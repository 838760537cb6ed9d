"""Checks an installation: everything that sending needs, each with what was found."""

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mailer.app import inbound
from mailer.app import installation as composition
from mailer.app.installation import App
from mailer.config import Config, load_config, load_schedules
from mailer.config.inbound import listen_at
from mailer.config.relays import Relay, provider_limits
from mailer.daemon import next_time
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import BounceInbox
from mailer.formats.message.dkim import public_record, record_name
from mailer.gateways.key_file import read_keys
from mailer.gateways.listener.server import IDENT
from mailer.gateways.private_files import too_open
from mailer.pipeline.issues.specimen import compile_specimen
from mailer.pipeline.letters.specimens import write_specimens
from mailer.store import letters

# A letter that was refused more often will not leave until somebody mends something.
TRIES = 3
# Seconds that another program at our port has to greet us, and so many octets of a reply are read (RFC 5321 §4.5.3.1.5).
GREETS_WITHIN = 5.0
LONGEST_REPLY = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One thing that was looked at, and what was found or what to do."""

    what: str
    ok: bool
    said: str


async def check(config: Path) -> list[CheckResult]:
    """Look at settings, key, schedules, database, templates, rights, signing, ways in and relays, in this order.

    What cannot be looked at, because something before it is wrong, is left out.
    """
    found = [_try("config.toml", lambda: str(load_config(config).file))]
    if found[-1].ok:
        found += _files(load_config(config))
    if not all(one.ok for one in found):
        return found
    try:
        opened = composition.open_app(config)
    except MailerError as error:
        return [*found, CheckResult(what="the database", ok=False, said=str(error))]
    with closing(opened.store):
        found.append(CheckResult(what="the database", ok=True, said=opened.store.name))
        limits = _try("limits", lambda: f"{len(provider_limits(opened.config.file, opened.config.domain))} providers")
        found += [] if limits.ok else [limits]
        found += [_ledger(opened), *_newsletters(opened), *_letters(opened), *_rights(opened), *_signing(opened)]
        found += _bounces(opened)
        settings = _try("the relay", lambda: f"{len(opened.config.relays)} in the settings")
        if not settings.ok:  # a password file is not there
            return [*found, settings]
        return [*found, *[await _relay(opened, relay) for relay in opened.config.relays]]


def _files(config: Config) -> Iterator[CheckResult]:
    key, schedules = config.path(config.secrets.key_file), config.path(config.paths.schedules)
    yield _try("the key", lambda: f"{key}, {_counted(len(read_keys(key)))}")
    yield _try("schedules/", lambda: ", ".join(load_schedules(schedules).newsletters) or "no newsletter yet")


def _counted(keys: int) -> str:
    return "1 key" if keys == 1 else f"{keys} keys, the first of them signs"


def _ledger(opened: App) -> CheckResult:
    return _try("the ledger", lambda: f"epoch {composition.refuse_restored(opened)}, no restored backup")


def _newsletters(opened: App) -> Iterator[CheckResult]:
    for one in opened.context.newsletters.values():
        yield _try(f"{one.id}: cron", partial(_cron, opened, one))
        yield _try(f"{one.id}: templates", partial(_templates, opened, one))
        yield _try(f"{one.id}: source", partial(_source, opened, one))


def _letters(opened: App) -> Iterator[CheckResult]:
    """Whether the letters to secretary and operator can be written, and whether they leave."""
    context = opened.context
    yield _try(
        "letters: templates", lambda: f"{len(list(write_specimens(context, context.language)))} letters can be written"
    )
    with context.store.reading() as connection:
        found = letters.outbox(connection)
    failed = f", the last failure: {found.failure}" if found.failure else ""
    yield CheckResult(what="letters", ok=found.tries <= TRIES, said=f"{found.waiting or 'none'} wait{failed}")


def _cron(opened: App, newsletter: Newsletter) -> str:
    return f"next {next_time(newsletter.schedule, opened.context.clock.now()):%Y-%m-%d %H:%M} UTC"


def _templates(opened: App, newsletter: Newsletter) -> str:
    return f"{compile_specimen(opened.context, newsletter)} editions compile"


def _source(opened: App, newsletter: Newsletter) -> str:
    return f"{len(composition.source(opened, newsletter).read())} folders in {newsletter.source.url}"


def _rights(opened: App) -> Iterator[CheckResult]:
    private = [*opened.config.private_files, *_database(opened)]
    wrong = [said for path in private if (said := too_open(path))]
    yield CheckResult(what="rights of files", ok=not wrong, said="; ".join(wrong) or "only their owner can read them")


def _database(opened: App) -> list[Path]:
    """The database, and its journal unless that has just been made with the database's own rights."""
    files = opened.database_files
    return files[:1] if files and too_open(files[0]) else files


def _signing(opened: App) -> Iterator[CheckResult]:
    """What the DNS must say of each signing key, and whether it is the sender's domain that signs."""
    try:
        signer = opened.context.signer
    except MailerError as error:
        yield CheckResult(what="DKIM", ok=False, said=str(error))
        return
    if signer is None:
        return
    for key in signer.keys:
        said = f"publish TXT {record_name(signer.domain, key)}: {public_record(key)}"
        yield CheckResult(what=f"DKIM {key.selector}", ok=True, said=said)
    for one in opened.context.newsletters.values():
        domain = one.sender.address.domain
        if f".{domain}".endswith(f".{signer.domain}"):
            continue
        said = (
            f"[dkim] domain {signer.domain} is not that of {one.sender.address}, nor above it: DMARC will not count it"
        )
        yield CheckResult(what=f"{one.id}: DKIM", ok=False, said=said)


def _bounces(opened: App) -> Iterator[CheckResult]:
    """Whether what comes back gets in, and by which ways."""
    given = opened.config.bounces
    ways = bool(given.listen or given.imap_url or given.maildir)
    match bool(given.return_path_domain), ways:
        case True, True:
            said = f"they come to addresses at {given.return_path_domain}{_unaligned(opened)}"
        case True, False:
            said = "[bounces] return_path_domain has no way in: name listen, imap_url or maildir, or leave it empty"
        case False, True:
            said = "without return_path_domain only the Message-ID that a report shows names a copy"
        case _:
            said = "they go to the newsletter's sender address; nobody reads them here"
    yield CheckResult(what="bounces", ok=ways or not given.return_path_domain, said=said)
    if given.listen:
        yield _try("bounces: listener", partial(_listener, opened))
    if given.imap_url and not opened.config.bounces.imap_password_file and not given.imap_password.get_secret_value():
        said = "[bounces] imap_url has no password: name an imap_password_file, or set MAILER_BOUNCES__IMAP_PASSWORD"
        yield CheckResult(what="bounces: imap", ok=False, said=said)
        return
    try:
        inboxes = inbound.inboxes(opened)
    except MailerError as error:
        yield CheckResult(what="bounces: imap", ok=False, said=str(error))
        return
    for inbox in inboxes:
        yield _try(f"bounces: {inbox.way}", partial(_inbox, inbox))


def _unaligned(opened: App) -> str:
    """What DMARC makes of the return paths' domain (RFC 7489 §3.1.2), where that is another house than a sender's."""
    ours = opened.config.bounces.return_path_domain
    senders = {one.sender.address.domain for one in opened.context.newsletters.values()}
    # Without a list of public suffixes: two labels in common are one house.
    others = sorted(one for one in senders if one.split(".")[-2:] != ours.split(".")[-2:])
    return f"; SPF will not align with {', '.join(others)} for DMARC, only a DKIM signature counts" if others else ""


def _listener(opened: App) -> str:
    given = opened.config.bounces.listen
    said = f"{given}, {'with' if inbound.certificate(opened) else 'without'} STARTTLS"
    host, port = listen_at(given)
    runs = composition.daemon_runs(opened)
    if _is_free(host, port):
        if runs:
            raise MailerError(f"{said}: the daemon runs, but does not listen there; see its log")
        return f"{said}; free, the daemon will listen there"
    if IDENT not in _greeting(host, port):
        raise MailerError(f"{said}: another program listens there; end it, or choose another port in [bounces] listen")
    if not runs:
        raise MailerError(f"{said}: the daemon of another installation listens there, and none runs for this one")
    return f"{said}; the daemon listens"


def _is_free(host: str, port: int) -> bool:
    """Whether we could listen there. Raises MailerError when nobody can."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as one:
                one.setsockopt(
                    socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
                )  # as asyncio does: what has just ended is over
                one.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise MailerError(f"it is not possible to listen at {host}:{port} ({error.strerror or error})") from error
    return True


def _greeting(host: str, port: int) -> str:
    """The first line of whoever listens there; empty for who says nothing in time, or hangs up."""
    try:
        with socket.create_connection((host, port), timeout=GREETS_WITHIN) as one, one.makefile("rb") as lines:
            return lines.readline(LONGEST_REPLY).decode("ascii", "replace")
    except OSError:
        return ""


def _inbox(inbox: BounceInbox) -> str:
    return f"it can be read; {inbox.count()} mails wait"


async def _relay(opened: App, relay: Relay) -> CheckResult:
    what = "the relay" if len(opened.config.relays) == 1 else f"the relay {relay.name}"
    try:
        if relay.username and not relay.password:
            also = ", or set MAILER_SMTP__PASSWORD" if relay.section == "[smtp]" else ""
            raise BadInput(f"{relay.section} username has no password: name a password_file{also}")
        async with composition.transport_to(relay).connect():
            pass
    except MailerError as error:
        return CheckResult(what=what, ok=False, said=str(error))
    how = f"{relay.security}{', logged in' if relay.username else ''}"
    return CheckResult(what=what, ok=True, said=f"{relay.host}:{relay.port} answers ({how})")


def _try(what: str, look: Callable[[], str]) -> CheckResult:
    try:
        return CheckResult(what=what, ok=True, said=look())
    except MailerError as error:
        return CheckResult(what=what, ok=False, said=str(error))
