"""Puts a backup in the place of an installation's database, which need not be there, nor whole."""

from pathlib import Path

from mailer.app.installation import state_folder
from mailer.config import Config
from mailer.domain.database_check import PutInPlace
from mailer.domain.errors import NotFound, Refused
from mailer.gateways.clock import SystemClock
from mailer.gateways.process import locks
from mailer.store import backup, resolve


def name_of(config: Config) -> str:
    """The URL of the database, without its password."""
    return resolve(config.database_url, config.folder).render_as_string(hide_password=True)


def refuse_running(config: Config) -> None:
    """Refused while a daemon or a sender of this machine runs: it would go on with the old database."""
    if locks.any_lives(state_folder(config)):
        raise Refused("the daemon, or a command that sends, is running: stop it, then try again; nothing was changed")


def refuse_open(config: Config) -> None:
    """Refused while a service runs, and while any other process of this machine has the SQLite file open, as a console has."""
    refuse_running(config)
    backup.refuse_open(resolve(config.database_url, config.folder))


def restore(config: Config, file: Path) -> PutInPlace:
    """Put the backup in place. It does nothing by itself until `resume-after-restore`. Raises what the store raises."""
    if not file.is_file():
        raise NotFound(f"there is no file {file}")
    refuse_running(config)
    return backup.restore(resolve(config.database_url, config.folder), file, SystemClock().now())
