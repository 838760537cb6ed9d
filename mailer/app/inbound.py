"""Opens the ways in of reports by the settings: the SMTP listener, the mailbox and the Maildir."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.app.installation import App
from mailer.config.hosts import listen_at
from mailer.domain.address import is_loopback
from mailer.domain.bounce import Way
from mailer.domain.ports import BounceInbox
from mailer.gateways.inbox.imap_settings import ImapSettings
from mailer.gateways.inbox.maildir import MaildirInbox
from mailer.gateways.tls import RenewedCertificate
from mailer.pipeline import maillog, servicelog
from mailer.pipeline.bounces import fetch, unmoved
from mailer.pipeline.bounces.receive import ReportReceiver
from mailer.pipeline.sending.sender import Sender

# The SMTP and IMAP libraries are imported where the settings ask for them: they take time and memory.
if TYPE_CHECKING:
    from mailer.gateways.listener.server import Listener
    from mailer.gateways.listener.session import Admit, Take

# Seconds until a listener that could not start is tried again.
RETRY_AFTER = 300


def listener(app: App, admit: "Admit", take: "Take") -> "Listener | None":
    """The listener for mail to the return-path domain, which listens inside `async with`; None where none is set.

    Other machines must use STARTTLS. Raises BadInput when its certificate or key cannot be used.
    """
    settings = app.config.bounces
    if not settings.listen:
        return None
    from mailer.gateways.listener.server import Listener

    host, port = listen_at(settings.listen)
    return Listener(
        host,
        port,
        admit=admit,
        take=take,
        tls_context=certificate(app),
        require_starttls=not is_loopback(host),
    )


def certificate(app: App) -> ssl.SSLContext | None:
    """The listener's certificate for STARTTLS; None where none is set. Raises BadInput."""
    settings = app.config.bounces
    if not settings.listen_cert_file:
        return None
    files = map(app.config.path, (settings.listen_cert_file, settings.listen_key_file))
    return RenewedCertificate(*files, setting="[bounces] listen_", tell=servicelog.certificate_refused).context


def inboxes(app: App, stopped: Callable[[], bool] = lambda: False) -> list[BounceInbox]:
    """The mailbox and the Maildir that reports are fetched from, whichever are set. None is connected yet.

    `stopped`: once it is true, no server is waited for.
    Raises BadInput when the file of the password or of the certificate authority cannot be read.
    """
    settings, inboxes = app.config.bounces, list[BounceInbox]()
    if settings.imap_url:
        from mailer.gateways.inbox.imap import ImapInbox

        ca_file = app.config.path(settings.imap_ca_file) if settings.imap_ca_file else None
        mailbox = ImapSettings.read(
            settings.imap_url, app.config.imap_password, ca_file, token_source=app.config.imap_token_source
        )
        inboxes.append(ImapInbox(mailbox, stopped))
    if settings.maildir:
        inboxes.append(MaildirInbox(app.config.path(settings.maildir)))
    return inboxes


def maildir(folder: Path) -> BounceInbox:
    """A Maildir named by hand: all mails in it, also those that were read before."""
    return MaildirInbox(folder, also_seen=True)


def unmoved_mails(app: App) -> list[str]:
    """A sentence for each inbox of the settings out of which mails cannot be moved."""
    settings = app.config.bounces
    ways = {Way.IMAP: settings.imap_url, Way.MAILDIR: settings.maildir}
    with app.store.reading() as connection:
        sentences = [unmoved.noted(connection, way) for way, place in ways.items() if place]
    return [sentence for sentence in sentences if sentence]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysIn:
    """The ways in of a daemon, open until its sender is stopped. `app` returns the installation as it is then.

    `leads` returns whether this daemon is the one that reads mailboxes; it blocks. When `reloaded` is set, a listener that
    could not start is started at once.
    """

    app: Callable[[], App]
    sender: Sender
    leads: Callable[[], bool]
    reloaded: asyncio.Event
    taken: dict[Way, fetch.Taken] = field(default_factory=dict)

    async def listen(self) -> None:
        """Receive reports by SMTP."""
        receiver = ReportReceiver(lambda: self.app().context)
        while not await self.sender.stopped(0):
            try:
                listening = listener(self.app(), receiver.admit, receiver.take)
                if listening is None:
                    return
                async with listening:
                    servicelog.listening(self.app().config.bounces.listen)
                    await self.sender.until_stopped()
            except Exception as error:  # noqa: BLE001  (the port may become free, a certificate be renewed)
                maillog.failed("listening for return paths", error)
                await self._wait_to_retry()

    async def fetch(self) -> None:
        """Read the mailbox and the Maildir every so often."""
        settings = self.app().config.bounces
        while settings.imap_url or settings.maildir:
            try:
                await asyncio.to_thread(self._fetch)
            except Exception as error:  # noqa: BLE001  (the database is away, for example: nobody can tell who leads)
                maillog.failed("fetching reports", error)
            if await self.sender.stopped(settings.every.interval.total_seconds()):
                return

    async def _wait_to_retry(self) -> None:
        self.reloaded.clear()
        events = [asyncio.create_task(event) for event in (self.reloaded.wait(), self.sender.until_stopped())]
        await asyncio.wait(events, timeout=RETRY_AFTER, return_when=asyncio.FIRST_COMPLETED)
        for event in events:
            event.cancel()

    def _fetch(self) -> None:
        if self.leads():
            self.fetch_now()

    def fetch_now(self) -> None:
        """Read the mailbox and the Maildir once, whoever leads. It blocks."""
        try:
            sources = inboxes(self.app(), self.sender.is_stopped)
        except Exception as error:  # noqa: BLE001  (an unknown failure means later)
            maillog.failed("fetching reports", error)
            return
        for inbox in sources:
            try:
                taken = self.taken.setdefault(inbox.way, fetch.Taken())
                fetched = fetch.fetch(self.app().context, inbox, self.sender.is_stopped, taken)
                maillog.fetched(inbox.way, fetched.new, fetched.duplicates, fetched.failed)
            except Exception as error:  # noqa: BLE001  (mails that were not moved wait, and the other inbox is read)
                maillog.failed(f"fetching reports by {inbox.way}", error)
