"""Opens an installation: reads its settings, opens its database, and joins both with the key and the templates."""

import gc
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from threading import Event

from mailer.app.bell import bell_of
from mailer.app.proof_processes import ProofProcesses
from mailer.config import (
    Config,
    Schedules,
    fingerprint,
    fingerprint_after_reload,
    load_config,
    load_schedules,
)
from mailer.domain.errors import BadInput, Refused
from mailer.domain.newsletter import Newsletter
from mailer.domain.ports import Clock, EditableSource, IssueSource
from mailer.domain.retention import Retention
from mailer.formats.message.dkim import DkimSigner
from mailer.formats.token import Keyring
from mailer.gateways import private_files
from mailer.gateways.caller import caller
from mailer.gateways.clock import SystemClock
from mailer.gateways.key_file import read_keys
from mailer.gateways.machine_state import has_room_to_send
from mailer.gateways.new_installation import SCRIPT, shipped
from mailer.gateways.process.ledger_epoch import EpochFile
from mailer.gateways.process.program import program_mark
from mailer.gateways.sources.editable import EditableFolder
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline import servicelog
from mailer.pipeline.context import Context
from mailer.pipeline.upkeep.nightly import NightlyBackups
from mailer.store import Connection, Notices, Store, resolve
from mailer.store.ledger import backups, claims

# Seconds between the two readings of a source: a folder that changed in between is not finished.
STILL = 0.5
# Seconds that a database that is away is waited for: by a command, to which a person looks, and by each step of a service,
# which tries again in its own time.
FOR_A_COMMAND, FOR_A_SERVICE = 60.0, 3.0
NOTICES = Notices(
    waits_for_writer=servicelog.waits_for_writer,
    is_away=servicelog.database_away,
    answers_again=servicelog.database_answers,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An open installation."""

    config: Config
    schedules: Schedules
    context: Context
    program: str  # the mark of the files that this process runs, whatever takes their place later

    @property
    def store(self) -> Store:
        """The database."""
        return self.context.store

    @property
    def state_folder(self) -> Path:
        """Where senders keep their locks: beside the database when that is a file, else beside config.toml."""
        return state_folder(self.config)

    @property
    def epoch(self) -> EpochFile:
        """The file beside the database that keeps the ledger's last epoch."""
        database = resolve(self.config.database_url, self.config.folder)
        return EpochFile(self.state_folder / f".{Path(database.database or 'mailer').name}.epoch")  # each has its own

    @property
    def database_files(self) -> list[Path]:
        """The database with its journal, when it is a file."""
        database = database_file(self.config)
        return (
            [] if database is None else [database.with_name(database.name + suffix) for suffix in ("", "-wal", "-shm")]
        )

    @property
    def nightly_backups(self) -> NightlyBackups | None:
        """Where the daemon puts backups; None where the settings name no folder."""
        folder, keep = self.config.backup.folder, self.config.backup.keep
        return NightlyBackups(folder=self.config.path(folder), keep=keep) if folder else None

    @property
    def retention(self) -> Retention:
        """For how many days what is kept about people is kept."""
        return Retention(**self.config.retention.model_dump())

    @property
    def kept_with_the_database(self) -> list[Path]:
        """What a backup needs besides the database: the settings with the files that they name, and two folders."""
        folders = (self.config.paths.templates, self.config.paths.schedules)
        return [*self.config.private_files, *map(self.config.path, folders)]


def database_file(config: Config) -> Path | None:
    """The database, when it is a file."""
    database = resolve(config.database_url, config.folder)
    return Path(database.database) if database.get_backend_name() == "sqlite" and database.database else None


def state_folder(config: Config) -> Path:
    """Where senders keep their locks: beside the database when that is a file, else beside config.toml."""
    database = database_file(config)
    return config.folder if database is None else database.parent


def open_app(config_file: Path, *, who: str | None = None, clock: Clock | None = None, patience: float = 0.0) -> App:
    """The installation of a config.toml, its database made when it is not there. Raises MailerError naming what is wrong.

    A database that is away is waited for, here and at each transaction, so many seconds at most.
    """
    # By default Python looks for garbage after every 700 new objects, at times among all that the libraries have made. A
    # plan and a mailing make many, hardly any of them garbage: that took a tenth of the time of sending, a fifth of planning.
    gc.set_threshold(10_000)
    program = program_mark()
    config = load_config(config_file)
    read = fingerprint(config)  # first: what changes while it is read must not pass as read
    schedules = load_schedules(config.path(config.paths.schedules))
    store = Store.open(config.database_url, config.folder, NOTICES, patience=patience)
    with ExitStack() as opened:
        opened.callback(store.close)
        context = Context(
            store=store,
            clock=clock or SystemClock(),
            newsletters=schedules.newsletters,
            fees=schedules.fees,
            templates=config.path(config.paths.templates),
            keys=Keyring(keys=read_keys(config.path(config.secrets.key_file))),
            return_path_domain=config.bounces.return_path_domain,
            public_url=config.web.public_url,
            console=config.web.address if config.web.listen else "",
            who=who or caller(config.folder),
            secretary=config.notify.secretary,
            operator=config.notify.operator,
            language=config.notify.language,
            relays=config.relay_names,
            fingerprint=read,
            command=SCRIPT if (config.folder / SCRIPT).exists() else "mailer",
            shipped=shipped("templates"),
            # The keys are read at the first signature: a bad key must not prevent a pause.
            signing=cache(partial(signer, config)),
            bell=bell_of(config.database_url),
            proof_parts=ProofProcesses(config=config.file, program=program),
            has_room=partial(has_room_to_send, state_folder(config)),
        )
        app = App(config=config, schedules=schedules, context=context, program=program)
        _mark_restored(app)
        opened.pop_all()
    return app


def reload(app: App) -> App:
    """The same installation with schedules/ read again. Raises BadInput naming every bad file; the old App stays good."""
    read = fingerprint_after_reload(app.config, app.context.fingerprint)
    schedules = load_schedules(app.config.path(app.config.paths.schedules))
    context = replace(app.context, newsletters=schedules.newsletters, fees=schedules.fees, fingerprint=read)
    return replace(app, schedules=schedules, context=context)


def signer(config: Config) -> DkimSigner | None:
    """Signs copies as [dkim] says; None when its domain is empty. Raises BadInput naming the key that cannot be used."""
    settings = config.dkim
    if not settings.domain:
        return None
    from mailer.formats.message.dkim_key import read_dkim_key

    files = [("key_file", settings.selector, settings.key_file)]
    if settings.ed25519_selector:
        files.append(("ed25519_key_file", settings.ed25519_selector, settings.ed25519_key_file))
    keys = []
    for setting, selector, name in files:
        where = f"{config.file}: [dkim] {setting}: {config.path(name)}"
        try:
            key = read_dkim_key(selector, config.path(name).read_bytes())
        except (OSError, BadInput) as error:
            raise BadInput(f"{where}: {error}") from error
        if (key.algorithm == "rsa") != (setting == "key_file"):
            raise BadInput(f"{where}: an RSA key belongs into key_file, an Ed25519 key into ed25519_key_file")
        keys.append(key)
    return DkimSigner(domain=settings.domain, keys=tuple(keys))


def source(app: App, newsletter: Newsletter) -> IssueSource:
    """Where a newsletter's issues are pulled from."""
    return FolderSource(newsletter.source.url, app.config.folder, _wait_between_readings)


def editable_source(app: App, newsletter: Newsletter) -> EditableSource:
    """The same, where it is a folder of this machine. Refused where it is not: the service only reads from there."""
    root = FolderSource(newsletter.source.url, app.config.folder, lambda: None).local_root
    if root is None:
        raise Refused(
            f"the issues of {newsletter.id} are pulled from another machine, where this one only reads: put the folder there "
            "as you did before, then pull"
        )
    return EditableFolder(root=root)


def _wait_between_readings() -> None:
    Event().wait(STILL)


def spool(folder: Path) -> Callable[[str, bytes], Path]:
    """Writes dry runs, previews, exports and drafts into a folder: for its owner, and for the group that shares it."""
    return partial(private_files.write_output, folder)


def desk_spool(folder: Path) -> Callable[[str, bytes], Path]:
    """The same, in place of an earlier preview."""
    return partial(private_files.write_output_again, folder)


def _mark_restored(app: App) -> None:
    """Mark a database that is older than its epoch file, that came without one, or that PostgreSQL has made anew.

    Several machines may work on one PostgreSQL database, each with a file of its own: there a missing one says nothing.
    """
    with app.store.reading() as connection:
        if not _is_restored(app, connection) and not backups.is_homeless(connection):
            return
    with app.store.transaction() as connection:  # no copy is claimed meanwhile
        if _is_restored(app, connection):
            backups.mark_as_backup(connection, backups.last_known(connection) or app.context.clock.now())
        else:
            backups.settle_home(connection)


def _is_restored(app: App, connection: Connection) -> bool:
    saved = app.epoch.read()  # before the ledger's, which a sender raises first
    reached = claims.ledger_epoch(connection)
    older = saved > reached if saved is not None else bool(app.database_files) and reached > 0
    return older or backups.is_copy(connection)
