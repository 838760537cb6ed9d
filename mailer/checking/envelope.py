"""Tries each relay with a sender and a recipient where the operator allows it; no message is sent."""

import asyncio
from collections.abc import Iterator
from functools import partial

from mailer.app.installation import App
from mailer.app.relays import relay_settings
from mailer.checking.result import result_of
from mailer.domain.bounce import Phase
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.domain.ports import Envelope
from mailer.domain.relay_matter import RelayMatter
from mailer.formats.reports.relay_reply import matter_of
from mailer.formats.return_path import return_path
from mailer.gateways.smtp.replies import quoted
from mailer.gateways.smtp.settings import SmtpSettings
from mailer.gateways.smtp.transport import SmtpTransport


def check_envelopes(app: App) -> Iterator[CheckResult]:
    """Try MAIL with each sender of copies and letters, and RCPT with the secretary's address, at each relay."""
    recipient, senders = app.config.notify.secretary, _senders(app)
    if not recipient or not senders:
        fault = "nothing to try: it takes a newsletter, and the address in [notify] secretary"
        yield CheckResult(subject="envelope", ok=False, finding=fault)
        return
    for relay in relay_settings(app):
        for sender, subject in senders.items():
            envelope = Envelope(sender=sender, recipient=recipient)
            yield result_of(f"envelope: {subject} at {relay.name}", partial(_try, relay.smtp, envelope))


def _senders(app: App) -> dict[str, str]:
    """The senders of copies and letters, each with whose it is."""
    senders = {newsletter.sender.address.wire: newsletter.id for newsletter in app.context.newsletters.values()}
    if senders and (domain := app.context.return_path_domain):
        senders[return_path(app.context.keys, 1, domain)] = "return paths"
    return senders


def name_untried(_app: App) -> Iterator[CheckResult]:
    """Say that only the operator lets a relay be tried with an envelope."""
    finding = (
        "not tried; `mailer check --envelope` gives each relay a sender and the secretary's address, and no message"
    )
    yield CheckResult(subject="envelope", ok=True, finding=finding)


def _try(relay: SmtpSettings, envelope: Envelope) -> str:
    phase, reply = asyncio.run(SmtpTransport(relay).try_envelope(envelope))
    tried = envelope.sender if phase is Phase.MAIL else f"{envelope.sender} to {envelope.recipient}"
    if reply.code // 100 == 2:
        return f"it takes mail from {tried}: {quoted(reply)}; no message was sent"
    matter = matter_of(reply, phase)
    if matter is RelayMatter.SLOW or reply.code // 100 == 4:
        return (
            f"it asks to wait with mail from {tried}: {quoted(reply)}; that is no fault, mail is tried again; ask its "
            "operator if it stays so"
        )
    if phase is Phase.RCPT and matter is RelayMatter.COPY:
        raise MailerError(f"it refuses mail to {envelope.recipient}: {quoted(reply)}; is this address right?")
    refused = "the sender" if phase is Phase.MAIL else f"us, not the address {envelope.recipient}: the sender is"
    raise MailerError(
        f"it refuses {refused} {envelope.sender}: {quoted(reply)}; check username of {relay.section}, or ask its operator "
        "to allow this sender"
    )
