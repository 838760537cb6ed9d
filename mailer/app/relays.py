"""Connects the relays of the settings: how copies, test mailings and letters reach them, and how fast."""

from dataclasses import replace
from datetime import timedelta

from mailer.app.installation import App
from mailer.config import Config
from mailer.config.relays import RelaySettings, provider_limits
from mailer.domain.pacing import Portion
from mailer.domain.ports import Transport
from mailer.domain.retry import Backoff
from mailer.gateways.smtp.transport import SmtpTransport
from mailer.pipeline.sending.carrier import Relay
from mailer.pipeline.sending.lane import AHEAD
from mailer.pipeline.sending.settings import SendSettings

# The portion of a process that sends alone.
WHOLE = Portion()
# Of a worker beside others on other machines, where only a lease tells that it is dead: how long a lease lasts, and how many
# copies are in doubt at most if the machine never comes back.
WORKER_LEASE, MARKED_AT_MOST = timedelta(seconds=5), 64


def relay_settings(app: App) -> tuple[RelaySettings, ...]:
    """Every relay of the settings; the domain of the first newsletter's sender may stand for this machine's name.

    Raises BadInput when a password's file cannot be read.
    """
    senders = (newsletter.sender.address.domain for newsletter in app.context.newsletters.values())
    domain = next(senders, "")
    return tuple(replace(relay, smtp=replace(relay.smtp, sender_domain=domain)) for relay in app.config.relays)


def all_relays(app: App, portion: Portion = WHOLE) -> list[Relay]:
    """The relays of the settings, with a process's portion of their connections.

    A relay of weight 0 is the first process's alone. Raises MailerError for settings that would send in clear, or cannot
    be signed for.
    """
    _ = app.context.signer  # reads its keys, before a copy is claimed
    relays = []
    for relay in relay_settings(app):
        own = portion if relay.limit.weight else WHOLE
        if relay.limit.weight or not portion.process:
            connections = own.of(relay.connections)
            share = connections / relay.connections
            transport = SmtpTransport(relay.smtp)
            relays.append(Relay(name=relay.name, transport=transport, connections=connections, share=share))
    return relays


def processes(config: Config) -> int:
    """How many processes send together: as `[delivery] processes` has it, and none without a connection of its own.

    No password is read.
    """
    if not config.relay:
        return min(config.delivery.processes, config.smtp.connections)
    weighted = [relay.connections for relay in config.relay if relay.weight]
    return min(config.delivery.processes, *weighted) if weighted else 1


def first_transport(app: App) -> Transport:
    """How the first relay of the settings is reached, for test mailings. Raises as `SmtpTransport` does."""
    return transports(app)[0]


def transports(app: App) -> list[Transport]:
    """How each relay of the settings is reached, in their order, for letters. Raises as `SmtpTransport` does."""
    return [SmtpTransport(relay.smtp) for relay in relay_settings(app)]


def send_settings(config: Config) -> SendSettings:
    """How copies are sent, by [delivery], the relays and [[domain]]."""
    slowest = max(relay.smtp.timeout_seconds for relay in config.relays)
    return SendSettings(
        give_up_after=timedelta(hours=config.delivery.give_up_after_hours),
        backoff=Backoff(first=timedelta(minutes=config.delivery.retry_minutes)),
        resend_unknown=config.delivery.on_unknown == "resend",
        relays={relay.name: relay.limit for relay in config.relays},
        families=provider_limits(config.file, config.domain),
        # A copy waits for those before it, each with its replies; once its content has begun, its lease is renewed.
        lease=timedelta(minutes=1) + timedelta(seconds=slowest) * 5 * AHEAD,
    )


def worker_settings(config: Config) -> SendSettings:
    """The same for a worker beside others on other machines."""
    return replace(send_settings(config), lease=WORKER_LEASE, marked_at_most=MARKED_AT_MOST)
