"""Joins the settings of what comes back to the ways in: the listener, the mailbox and the Maildir."""

import ssl
from pathlib import Path

from mailer.app import App
from mailer.config.inbound import listen_at
from mailer.domain.address import is_loopback
from mailer.domain.ports import BounceInbox
from mailer.gateways.imap import ImapSettings
from mailer.gateways.listener import Listener, tls_context
from mailer.gateways.mailbox import ImapInbox
from mailer.gateways.maildir import MaildirInbox
from mailer.gateways.reception import Admit, Take


def listener(app: App, admit: Admit, take: Take) -> Listener | None:
    """What listens for the return-path domain's mail inside `async with`; None where nothing shall.

    Raises BadInput when its certificate or key cannot be used. Others than this machine must use STARTTLS.
    """
    given = app.config.bounces
    if not given.listen:
        return None
    host, port = listen_at(given.listen)
    return Listener(
        host,
        port,
        admit=admit,
        take=take,
        tls_context=certificate(app),
        require_starttls=not is_loopback(host),
    )


def certificate(app: App) -> ssl.SSLContext | None:
    """What the listener shows to those who ask for STARTTLS; None where no certificate is named. Raises BadInput."""
    given = app.config.bounces
    if not given.listen_cert_file:
        return None
    return tls_context(app.config.path(given.listen_cert_file), app.config.path(given.listen_key_file))


def inboxes(app: App) -> list[BounceInbox]:
    """Where reports are fetched from: the mailbox, the Maildir, both or none. Nothing is connected yet.

    Raises BadInput when the password's file or the authority's cannot be read.
    """
    given, found = app.config.bounces, list[BounceInbox]()
    if given.imap_url:
        ca_file = app.config.path(given.imap_ca_file) if given.imap_ca_file else None
        found.append(ImapInbox(ImapSettings.read(given.imap_url, app.config.imap_password, ca_file)))
    if given.maildir:
        found.append(MaildirInbox(app.config.path(given.maildir)))
    return found


def maildir(folder: Path) -> BounceInbox:
    """A Maildir that somebody named: all that lies in it, though it was read before."""
    return MaildirInbox(folder, also_seen=True)
