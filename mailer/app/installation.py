"""The composition root: joins settings, database, relay and sources; the only place that chooses between them."""

import getpass
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from threading import Event

from mailer.config import Config, Schedules, load_config, load_schedules
from mailer.config.relays import Relay as RelaySettings
from mailer.config.relays import provider_limits
from mailer.domain.errors import BadInput, Refused
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import Clock, IssueSource, Transport
from mailer.domain.retry import Backoff
from mailer.formats.message.dkim import DkimSigner
from mailer.formats.token import Keyring
from mailer.gateways import private_files
from mailer.gateways.clock import SystemClock
from mailer.gateways.key_file import read_keys
from mailer.gateways.new_installation import shipped
from mailer.gateways.process import locks
from mailer.gateways.process.journal import Journal
from mailer.gateways.process.journal import read as read_journal
from mailer.gateways.process.ledger_epoch import EpochFile
from mailer.gateways.smtp.transport import Security, SmtpSettings, SmtpTransport
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline.context import Context
from mailer.pipeline.sending.lane import AHEAD, Relay
from mailer.pipeline.sending.limits import RelayLimit
from mailer.pipeline.sending.sender import Sender
from mailer.pipeline.sending.turn import SendSettings
from mailer.store import Store, resolve
from mailer.store.ledger import claims
from mailer.store.ledger.leftovers import Traces
from mailer.store.ledger.owners import Owner, add_owner, end_owner, lease_holder, take_lease

# The one daemon that pulls, plans and begins scheduled mailings holds this lease.
SCHEDULER = "scheduler"
SCHEDULER_LEASE = timedelta(seconds=30)
# A source is read twice, this long apart (seconds): what grew in between is not finished.
STILL = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An open installation."""

    config: Config
    schedules: Schedules
    context: Context

    @property
    def store(self) -> Store:
        """The database."""
        return self.context.store

    @property
    def state_folder(self) -> Path:
        """Where senders keep their locks: beside the database when that is a file, else beside config.toml."""
        return self.database_files[0].parent if self.database_files else self.config.folder

    @property
    def epoch(self) -> EpochFile:
        """What remembers beside the database how far the ledger had come."""
        database = resolve(self.config.database_url, self.config.folder)
        return EpochFile(self.state_folder / f".{Path(database.database or 'mailer').name}.epoch")  # each has its own

    @property
    def database_files(self) -> list[Path]:
        """The database with its journal, when it is a file."""
        database = resolve(self.config.database_url, self.config.folder)
        if database.get_backend_name() != "sqlite" or not database.database:
            return []
        return [Path(database.database + suffix) for suffix in ("", "-wal", "-shm")]


def open_app(config_file: Path, *, who: str | None = None, clock: Clock | None = None) -> App:
    """The installation of a config.toml, its database made when it is not there. Raises MailerError naming what is wrong."""
    config = load_config(config_file)
    schedules = load_schedules(config.path(config.paths.schedules))
    context = Context(
        store=Store.open(config.database_url, config.folder),
        clock=clock or SystemClock(),
        newsletters=schedules.newsletters,
        fees=schedules.fees,
        templates=config.path(config.paths.templates),
        keys=Keyring(keys=read_keys(config.path(config.secrets.key_file))),
        return_path_domain=config.bounces.return_path_domain,
        who=who or getpass.getuser(),
        secretary=config.notify.secretary,
        operator=config.notify.operator,
        language=config.notify.language,
        shipped=shipped("templates"),
        # Read where something is signed: a key that cannot be read must not keep anybody from pausing a mailing.
        signing=cache(partial(signer, config)),
    )
    return App(config=config, schedules=schedules, context=context)


def reload(app: App) -> App:
    """The same installation with schedules/ read again. Raises BadInput naming every bad file; the old App stays good."""
    schedules = load_schedules(app.config.path(app.config.paths.schedules))
    context = replace(app.context, newsletters=schedules.newsletters, fees=schedules.fees)
    return replace(app, schedules=schedules, context=context)


def signer(config: Config) -> DkimSigner | None:
    """What signs copies, by [dkim]; None when its domain is empty. Raises BadInput naming the key that cannot be used."""
    given = config.dkim
    if not given.domain:
        return None
    from mailer.formats.message.dkim_key import read_dkim_key

    keys = [("key_file", given.selector, given.key_file)]
    if given.ed25519_selector:
        keys.append(("ed25519_key_file", given.ed25519_selector, given.ed25519_key_file))
    read = []
    for key, selector, name in keys:
        try:
            one = read_dkim_key(selector, config.path(name).read_bytes())
        except (OSError, BadInput) as error:
            raise BadInput(f"{config.file}: [dkim] {key}: {config.path(name)}: {error}") from error
        if (one.algorithm == "rsa") != (key == "key_file"):
            said = "an RSA key belongs into key_file, an Ed25519 key into ed25519_key_file"
            raise BadInput(f"{config.file}: [dkim] {key}: {config.path(name)}: {said}")
        read.append(one)
    return DkimSigner(domain=given.domain, keys=tuple(read))


def source(app: App, newsletter: Newsletter) -> IssueSource:
    """Where a newsletter's issues are pulled from."""
    return FolderSource(newsletter.source.url, app.config.folder, _stand_still)


def _stand_still() -> None:
    Event().wait(STILL)


def relays(app: App) -> list[Relay]:
    """The relays of the settings. Raises MailerError for settings that would send in clear, or cannot be signed for."""
    _ = app.context.signer  # its keys are read now, before a copy is claimed
    return [Relay(name=one.name, transport=transport_to(one), connections=one.connections) for one in app.config.relays]


def transport(app: App) -> Transport:
    """The relay that test mailings go through: the first of the settings. Raises MailerError as `relays` does."""
    return transport_to(app.config.relays[0])


def transport_to(relay: RelaySettings) -> SmtpTransport:
    """How connections to a relay are made. Raises MailerError for settings that would send in clear."""
    return SmtpTransport(
        SmtpSettings(
            host=relay.host,
            port=relay.port,
            security=Security(relay.security),
            username=relay.username,
            password=relay.password,
            ca_file=relay.ca_file,
            timeout_seconds=relay.timeout_seconds,
            window=relay.window,
            messages_per_connection=relay.messages_per_connection,
            section=relay.section,
        )
    )


def spool(folder: Path) -> Callable[[str, bytes], Path]:
    """What writes dry runs and previews into a folder, for its owner alone."""
    return partial(private_files.write, folder)


def manner(config: Config) -> SendSettings:
    """How copies are sent, by [delivery], the relays and [[domain]]."""
    slowest = max(one.timeout_seconds for one in config.relays)
    return SendSettings(
        give_up_after=timedelta(hours=config.delivery.give_up_after_hours),
        backoff=Backoff(first=timedelta(minutes=config.delivery.retry_minutes)),
        resend_unknown=config.delivery.on_unknown == "resend",
        relays={
            one.name: RelayLimit(
                per_minute=one.per_minute, new_relay_per_hour=one.new_relay_per_hour, weight=one.weight
            )
            for one in config.relays
        },
        families=provider_limits(config.file, config.domain),
        consequences=config.consequences,
        # MAIL, RCPT, DATA and the content: as many answers a copy, each within the time-out, for all that is in hand.
        lease=timedelta(minutes=1) + timedelta(seconds=slowest) * 5 * AHEAD,
    )


@contextmanager
def sending(app: App) -> Iterator[tuple[Sender, int]]:
    """A sender of this process with its owner's id: its lock is held inside, so that others can tell whether it lives.

    Its journal is gone afterwards, unless the ledger could not be written: then the next sender reads it.
    """
    refuse_restored(app)
    name = f"mailer-{os.getpid()}-{secrets.token_hex(8)}"
    lock = app.state_folder / name
    with locks.hold(app.state_folder, name), Journal(journal_of(lock)) as journal:
        with app.store.transaction() as connection:
            owner = add_owner(
                connection,
                host=locks.host(),
                boot_id=locks.boot_id(),
                pid=os.getpid(),
                lock=str(lock),
                now=app.context.clock.now(),
            )
        sender = Sender(
            app.context,
            relays(app),
            manner(app.config),
            owner=owner.id,
            journal=journal,
            legacy=legacy,
            bury=bury,
            reach=app.epoch.reach,
        )
        try:
            yield sender, owner.id
        finally:
            if sender.close():
                with app.store.transaction() as connection:
                    end_owner(connection, owner.id, app.context.clock.now())
                journal_of(lock).unlink(missing_ok=True)


def journal_of(lock: Path) -> Path:
    """Where the sender with this lock writes its journal."""
    return lock.with_name(f".{lock.name}.journal")


def bury(owner: Owner) -> None:
    """A dead sender's journal is gone: the ledger has what it told."""
    journal_of(Path(owner.lock)).unlink(missing_ok=True)


def legacy(owner: Owner) -> tuple[Traces | None] | None:
    """What a sender left behind that is proved to have ended: its journal. None while it may be alive."""
    return (read_journal(journal_of(Path(owner.lock))),) if is_dead(owner) else None


def refuse_restored(app: App) -> int:
    """Refused when the database is older than its epoch file: a backup was restored, and would send copies again.

    Returns the ledger's epoch.
    """
    with app.store.reading() as connection:
        reached = claims.ledger_epoch(connection)
    if app.epoch.read() > reached:
        raise Refused(
            f"the database is older than {app.epoch} says (epoch {reached}, not {app.epoch.read()}): a backup was "
            "restored, and copies that left since would leave again. Nothing is sent: see docs/operating.md, Backups"
        )
    return reached


def is_dead(owner: Owner) -> bool:
    """Whether a process is proved to have ended: same machine, same boot, and its lock can be taken."""
    here = owner.host == locks.host() and owner.boot_id == locks.boot_id() != ""
    # The lock's whole path: its absence proves something only where the owner put it.
    lock = Path(owner.lock)
    return here and locks.is_dead(lock.parent, lock.name)


def daemon_runs(app: App) -> bool:
    """Whether a living daemon holds the scheduler's lease."""
    with app.store.reading() as connection:
        holder = lease_holder(connection, SCHEDULER, app.context.clock.now())
    return holder is not None and not is_dead(holder)


def hold_scheduler(app: App, owner: int) -> bool:
    """Take or renew the scheduler's lease; False while another living daemon has it."""
    now = app.context.clock.now()
    with app.store.transaction() as connection:
        holder = lease_holder(connection, SCHEDULER, now)
        if holder is not None and holder.id != owner and not is_dead(holder):
            return False
        take_lease(connection, SCHEDULER, owner, now=now, lasting=SCHEDULER_LEASE)
        return True
