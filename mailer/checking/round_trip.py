"""Sends a made-up report to a return path of ours through the relay, and waits until it comes back by the ways in."""

import asyncio
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from threading import Event

from mailer.app import inbound, scheduler
from mailer.app.installation import App
from mailer.app.relays import first_transport
from mailer.checking.result import result_of
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError, Refused
from mailer.domain.ports import Envelope
from mailer.formats.reports.trial import trial_report
from mailer.formats.return_path import TRIAL, return_path
from mailer.pipeline.bounces.fetch import fetch
from mailer.pipeline.parcels import AddressedMessage, Handful
from mailer.store.reports import kept, last_mail

SUBJECT = "the round trip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How many times it looks for the mail, and the seconds between two looks."""

    looks: int = 60
    seconds: float = 1.0


def check_round_trip(app: App, patience: Patience | None = None) -> Iterator[CheckResult]:
    """Say whether a mail to a return path gets here, and how long it takes."""
    yield result_of(SUBJECT, partial(_round_trip, app, patience or Patience()))


def _round_trip(app: App, patience: Patience) -> str:
    settings = app.config.bounces
    if not settings.return_path_domain:
        raise Refused("[bounces] return_path_domain is empty: bounces go to the newsletter's own address")
    runs = scheduler.daemon_runs(app)
    if not (runs or settings.imap_url or settings.maildir):
        raise Refused("no daemon runs, so no one listens for what comes back; start it first")
    with app.store.reading() as connection:
        before = last_mail(connection)
    mark, begun = f"trial{secrets.token_hex(12)}", app.context.clock.elapsed()
    address = return_path(app.context.keys, TRIAL, settings.return_path_domain)
    asyncio.run(_send(app, address, mark))
    for _ in range(patience.looks):
        if not runs:
            _take_in(app)
        if way := _way_of(app, before, mark):
            return f"the trial came back by {way} after {app.context.clock.elapsed() - begun:.1f} seconds"
        Event().wait(patience.seconds)
    raise MailerError(
        f"the relay took the trial to {address}, and it has not come back in {patience.looks * patience.seconds:.0f} seconds"
        + (
            f"; the daemon looks into the mailbox every {settings.every}"
            if settings.imap_url or settings.maildir
            else ""
        )
    )


async def _send(app: App, address: str, mark: str) -> None:
    sender = next((newsletter.sender.address for newsletter in app.context.newsletters.values()), None)
    if sender is None:
        raise Refused("there is no newsletter yet, in whose name the trial could be sent")
    message = trial_report(sender=sender, recipient=address, mark=mark, at=app.context.clock.now())
    envelope = Envelope(sender=sender.wire, recipient=address)
    parcels = Handful([AddressedMessage(envelope=envelope, message=message)])
    await parcels.hand_over(first_transport(app))
    if parcels.failed:
        raise MailerError(f"the relay refuses the trial to {address}: {parcels.failed[0][1]}")


def _take_in(app: App) -> None:
    """Read the mailbox and the Maildir, as a daemon would."""
    for inbox in inbound.inboxes(app):
        fetch(app.context, inbox)


def _way_of(app: App, before: int, mark: str) -> str:
    """By which way the trial has come; empty while it has not."""
    with app.store.reading() as connection:
        mails = kept(connection, after=before)
    return next((mail.raw.way for mail in mails if mark.encode() in mail.raw.content), "")
