"""Joins the settings of what comes back to the ways in, the listener, the mailbox and the Maildir, and keeps them open."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.app.installation import App
from mailer.config.inbound import listen_at
from mailer.domain.address import is_loopback
from mailer.domain.ports import BounceInbox
from mailer.gateways.inbox.imap_settings import ImapSettings
from mailer.gateways.inbox.maildir import MaildirInbox
from mailer.gateways.listener.starttls import tls_context
from mailer.pipeline import maillog
from mailer.pipeline.bounces import fetch
from mailer.pipeline.bounces.receive import Desk
from mailer.pipeline.sending.sender import Sender

# The SMTP and IMAP libraries are imported where the settings ask for them: they take time and memory.
if TYPE_CHECKING:
    from mailer.gateways.listener.server import Listener
    from mailer.gateways.listener.session import Admit, Take

# Seconds: so long a listener that could not begin waits for the next try.
AGAIN = 300


def listener(app: App, admit: "Admit", take: "Take") -> "Listener | None":
    """What listens for the return-path domain's mail inside `async with`; None where nothing shall.

    Raises BadInput when its certificate or key cannot be used. Others than this machine must use STARTTLS.
    """
    given = app.config.bounces
    if not given.listen:
        return None
    from mailer.gateways.listener.server import Listener

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
        from mailer.gateways.inbox.imap import ImapInbox

        ca_file = app.config.path(given.imap_ca_file) if given.imap_ca_file else None
        found.append(ImapInbox(ImapSettings.read(given.imap_url, app.config.imap_password, ca_file)))
    if given.maildir:
        found.append(MaildirInbox(app.config.path(given.maildir)))
    return found


def maildir(folder: Path) -> BounceInbox:
    """A Maildir that somebody named: all that lies in it, though it was read before."""
    return MaildirInbox(folder, also_seen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysIn:
    """The ways in of a daemon, open until its sender is told to stop. `app` gives the installation as it is then.

    `leads` says whether this daemon is the one that looks into mailboxes; it blocks. `reloaded`: what could not begin is
    tried again at once.
    """

    app: Callable[[], App]
    sender: Sender
    leads: Callable[[], bool]
    reloaded: asyncio.Event

    async def listen(self) -> None:
        """Take in what the return-path domain's mail server brings."""
        desk = Desk(lambda: self.app().context)
        while not await self.sender.stopped(0):
            try:
                listening = listener(self.app(), desk.admit, desk.take)
                if listening is None:
                    return
                async with listening:
                    maillog.listening(self.app().config.bounces.listen)
                    await self.sender.until_stopped()
            except Exception as error:  # noqa: BLE001  (another may still have the port, a certificate be renewed)
                maillog.failed("listening for return paths", error)
                await self._later()

    async def fetch(self) -> None:
        """Look into the mailbox and the Maildir, again and again."""
        given = self.app().config.bounces
        while given.imap_url or given.maildir:
            await asyncio.to_thread(self._fetch)
            if await self.sender.stopped(given.every.interval.total_seconds()):
                return

    async def _later(self) -> None:
        self.reloaded.clear()
        signs = [asyncio.create_task(one) for one in (self.reloaded.wait(), self.sender.until_stopped())]
        await asyncio.wait(signs, timeout=AGAIN, return_when=asyncio.FIRST_COMPLETED)
        for one in signs:
            one.cancel()

    def _fetch(self) -> None:
        try:
            found = inboxes(self.app()) if self.leads() else []
        except Exception as error:  # noqa: BLE001  (an unknown failure means later)
            maillog.failed("fetching reports", error)
            return
        for inbox in found:
            try:
                fetched = fetch.fetch(self.app().context, inbox, self.sender.is_stopped)
                maillog.fetched(inbox.way, fetched.new, fetched.duplicates, fetched.failed)
            except Exception as error:  # noqa: BLE001  (what was not moved waits on, and the others are looked into)
                maillog.failed(f"fetching reports by {inbox.way}", error)
