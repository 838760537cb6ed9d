"""Checks how bounces come back: the return paths, the listener, the mailbox and the Maildir, and what no one has read."""

from collections.abc import Iterator
from functools import partial

from mailer.app import inbound, scheduler
from mailer.app.installation import App
from mailer.checking.listener import listener_state
from mailer.checking.result import note_of, result_of
from mailer.config.hosts import listen_at
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.domain.ports import BounceInbox
from mailer.formats.organisation import organisation_of
from mailer.formats.return_path import TRIAL, return_path, token_in
from mailer.gateways.listener.trial import ask_listener
from mailer.pipeline.bounces import unmoved
from mailer.store import reports
from mailer.views.plain_words import counted
from mailer.views.remedies import sentence


def check_return_paths(app: App) -> Iterator[CheckResult]:
    """Check that bounces have a way in if the return paths have a domain of their own."""
    settings = app.config.bounces
    has_way_in = bool(settings.listen or settings.imap_url or settings.maildir)
    match bool(settings.return_path_domain), has_way_in:
        case True, True:
            finding = f"they come to addresses at {settings.return_path_domain}{_alignment(app)}"
        case True, False:
            finding = "[bounces] return_path_domain has no way in: name listen, imap_url or maildir, or leave it empty"
        case False, True:
            finding = "without return_path_domain only the Message-ID that a report shows names a copy"
        case _:
            finding = "they go to the newsletter's sender address; nobody reads them here"
    yield CheckResult(subject="bounces", ok=has_way_in or not settings.return_path_domain, finding=finding)


def check_listener(app: App) -> Iterator[CheckResult]:
    """Check that the daemon listens, or will be able to."""
    if app.config.bounces.listen:
        yield result_of("bounces: listener", partial(listener_state, app))


def check_return_address(app: App) -> Iterator[CheckResult]:
    """Sign a return path, read it again, and ask the listener, where the daemon has it, whether it takes mail there."""
    domain = app.context.return_path_domain
    if domain:
        yield result_of("a return path", partial(_return_address, app, domain))


def check_unread(app: App) -> Iterator[CheckResult]:
    """Count the reports that wait for a person."""
    with app.store.reading() as connection:
        unread = reports.count_open(connection)
    if unread:
        yield note_of("unread reports", f"{counted(unread, 'report waits', 'reports wait')} for a person")
    else:
        yield CheckResult(subject="unread reports", ok=True, finding="no report waits for a person")


def check_inboxes(app: App) -> Iterator[CheckResult]:
    """Log in to the mailbox, open the Maildir, and count what waits there."""
    settings = app.config.bounces
    has_password = bool(settings.imap_password_file or settings.imap_password.get_secret_value())
    if settings.imap_url and not has_password and app.config.imap_token_source is None:
        fault = "[bounces] imap_url has no password: name an imap_password_file, or set MAILER_BOUNCES__IMAP_PASSWORD"
        yield CheckResult(subject="bounces: imap", ok=False, finding=fault)
        return
    try:
        inboxes = inbound.inboxes(app)
    except MailerError as error:
        yield CheckResult(subject="bounces: imap", ok=False, finding=sentence(error))
        return
    for inbox in inboxes:
        yield result_of(f"bounces: {inbox.way}", partial(_count, app, inbox))


def _alignment(app: App) -> str:
    """Name the senders for which DMARC ignores SPF, since their domain is not that of the return path (RFC 7489 §3.1.2)."""
    organisation = organisation_of(app.config.bounces.return_path_domain)
    senders = {newsletter.sender.address.domain for newsletter in app.context.newsletters.values()}
    others = sorted(domain for domain in senders if organisation_of(domain) != organisation)
    return f"; SPF will not align with {', '.join(others)} for DMARC, only a DKIM signature counts" if others else ""


def _return_address(app: App, domain: str) -> str:
    address = return_path(app.context.keys, TRIAL, domain)
    if token_in(address.upper(), domain, app.context.keys) is None:
        raise MailerError(f"{address} is signed, and not known again")
    if not app.config.bounces.listen or not scheduler.daemon_runs_here(app):
        return f"{address} is known again; no message was sent, which `mailer check --round-trip` does"
    reply = ask_listener(*listen_at(app.config.bounces.listen), address)
    if reply.code // 100 != 2:
        raise MailerError(f"the listener refuses mail to {address}: ‘{reply.code} {reply.text}’")
    return f"the listener takes mail to {address}; no message was sent, which `mailer check --round-trip` does"


def _count(app: App, inbox: BounceInbox) -> str:
    state = f"it can be read; {counted(inbox.count(), 'mail waits', 'mails wait')}"
    with app.store.reading() as connection:
        trouble = unmoved.noted(connection, inbox.way)
    if trouble:
        raise MailerError(f"{state}; {trouble}")
    return state
