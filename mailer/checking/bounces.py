"""Checks how bounces come back: the return paths, the listener, the mailbox and the Maildir."""

from collections.abc import Iterator
from functools import partial

from mailer.app import inbound
from mailer.app.installation import App
from mailer.checking.listener import listener_state
from mailer.checking.result import CheckResult, result_of
from mailer.domain.errors import MailerError
from mailer.domain.ports import BounceInbox
from mailer.pipeline.bounces import unmoved
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
    """Name the senders for which DMARC ignores SPF, since their domain is not that of the return path (RFC 7489 §3.1.2).

    Domains with the same last two labels count as one organisation, for want of a list of public suffixes.
    """
    organisation = app.config.bounces.return_path_domain.split(".")[-2:]
    senders = {newsletter.sender.address.domain for newsletter in app.context.newsletters.values()}
    others = sorted(domain for domain in senders if domain.split(".")[-2:] != organisation)
    return f"; SPF will not align with {', '.join(others)} for DMARC, only a DKIM signature counts" if others else ""


def _count(app: App, inbox: BounceInbox) -> str:
    state = f"it can be read; {inbox.count()} mails wait"
    with app.store.reading() as connection:
        trouble = unmoved.noted(connection, inbox.way)
    if trouble:
        raise MailerError(f"{state}; {trouble}")
    return state
