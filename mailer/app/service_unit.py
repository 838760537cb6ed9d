"""Makes the unit by which systemd runs an installation's daemon: its login, its folders, its ports."""

import os
import pwd
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from mailer.app.bell import refuse_without_cluster
from mailer.config import Config, load_config, load_schedules
from mailer.config.hosts import listen_at
from mailer.domain.errors import BadInput
from mailer.formats.service_unit import ServiceUnit
from mailer.gateways import machine_state
from mailer.gateways.private_files import too_open
from mailer.gateways.sources.folder import FolderSource
from mailer.store import resolve

# The login of an installation that belongs to root: the service needs none of its rights.
LOGIN = "club-mailer"
_ROOT = 0


def unit_of(config_file: Path, credentials: Mapping[str, Path], *, worker: bool = False) -> ServiceUnit:
    """The unit of the installation of a config.toml, as one `worker` of many or as the daemon; its database is not opened.

    `credentials` are files that systemd hands to the service, by the names that settings have for them. Raises BadInput for
    a name that no setting has, Refused where no worker can work.
    """
    config = load_config(config_file.resolve())
    if worker:
        url = _database_url(config, credentials)
        refuse_without_cluster(url is None or resolve(url, config.folder).get_backend_name() == "postgresql")
    for name in credentials:
        if name not in config.named_files():
            raise BadInput(f"{config.file}: no key names the file {name!r}: write its name there, without a folder")
    return ServiceUnit(
        user=login_of(config),
        folder=config.folder,
        command=_command(sys.executable, config.file, "worker" if worker else "daemon"),
        writable=tuple(_writable(config, credentials)),
        needed=(
            Path(sys.executable),
            *(config.path(name) for name in config.named_files() if name not in credentials),
            *map(config.path, (config.paths.templates, config.paths.schedules)),
        ),
        ports=tuple(_ports(config)),
        credentials=credentials,
    )


def usual_unit() -> ServiceUnit:
    """The unit of an installation as the manual and the Debian package make it."""
    folder = Path("/var/lib/club-mailer")
    return ServiceUnit(
        user=LOGIN,
        folder=folder,
        command=_command("/opt/club-mailer/bin/python3", folder / "config.toml"),
        credentials={},
    )


def _command(python: str, config: Path, command: str = "daemon") -> tuple[str, ...]:
    return (python, "-I", "-m", "mailer", "--config", str(config), command)


def login_of(config: Config) -> str:
    """The login that the installation belongs to."""
    owner = config.file.stat().st_uid
    if owner == _ROOT:
        return LOGIN
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)


def notes_of(unit: ServiceUnit) -> list[str]:
    """What is to be done before the unit can work."""
    notes = [note for file in unit.credentials.values() if (note := _note_of_credential(file))]
    try:
        login = pwd.getpwnam(unit.user)
    except KeyError:
        return [f"there is no login {unit.user} yet: docs/operating.md, Install, says how to make it", *notes]
    owner = unit.folder.stat().st_uid
    if owner != login.pw_uid:
        whose = f"{unit.folder} belongs to {machine_state.login_of(owner)}"
        notes.append(f"{whose}, and the service runs as {unit.user}: chown -R {unit.user}: {unit.folder}")
    program = Path(unit.command[0])
    closed = [folder for folder in (*program.parents, *program.resolve().parents) if not _may_enter(folder, login)]
    if closed:
        notes.append(
            f"{unit.user} may not enter {closed[0]}, so {program} cannot be started: install the program where each login "
            "may enter, such as /opt/club-mailer (docs/operating.md, Install)"
        )
    if owner == login.pw_uid:
        notes += [
            f"{unit.user} cannot read {path}: let that login read it, or root keep it and hand it over "
            "(install-service --credential, docs/operating.md, Secrets)"
            for path in unit.needed[1:]
            if os.path.exists(path) and not _may_read(path, login)  # noqa: PTH110  (Path.exists raises where we may not look)
        ]
    return notes


def _note_of_credential(file: Path) -> str | None:
    """What is to be done about root's file; None where it is right, and where only root may look."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return (
            f"there is no file {file}: make it for root alone, mode 0600; systemd does not start the service without it"
        )
    except OSError:
        return None
    allowed = too_open(file)
    return f"{file} is {mode:04o}, others can read it; `chmod {allowed:o} {quote(str(file))}`" if allowed else None


def _may_read(path: Path, login: pwd.struct_passwd) -> bool:
    """Whether the rights of a file, or of a folder to list, and of what it lies in let a login read it."""
    return _has_right(path, login, stat.S_IRUSR) and all(_may_enter(folder, login) for folder in path.parents)


def _may_enter(folder: Path, login: pwd.struct_passwd) -> bool:
    """Whether the rights of a folder let a login in."""
    return _has_right(folder, login, stat.S_IXUSR)


def _has_right(path: Path, login: pwd.struct_passwd, right: int) -> bool:
    """Whether a login has this right of the owner's: as owner, by its groups, or as anybody."""
    rights = path.stat()
    if login.pw_uid == rights.st_uid:
        return bool(rights.st_mode & right)
    if rights.st_gid in os.getgrouplist(login.pw_name, login.pw_gid):
        return bool(rights.st_mode & right >> 3)
    return bool(rights.st_mode & right >> 6)


def _database_url(config: Config, credentials: Mapping[str, Path]) -> str | None:
    """The URL of the database; None where its URL stands in a file that only the service, or root, can read."""
    name = config.database.url_file
    if not name:
        return config.database.url
    try:
        text = (credentials.get(name) or config.path(name)).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    return text.rstrip("\r\n")


def _writable(config: Config, credentials: Mapping[str, Path]) -> Iterator[Path]:
    """The folders in which the service writes: the database's, the backups', the Maildir, and where issues are edited."""
    url = _database_url(config, credentials)
    database = resolve(url, config.folder) if url is not None else None
    if database is not None and database.get_backend_name() == "sqlite" and database.database:
        yield Path(database.database).parent
    if config.backup.folder:
        yield config.path(config.backup.folder)
    if config.bounces.maildir:
        yield config.path(config.bounces.maildir)
    for newsletter in load_schedules(config.path(config.paths.schedules)).newsletters.values():
        source = FolderSource(newsletter.source.url, config.folder, lambda: None).local_root
        if source is not None:
            yield Path(source)


def _ports(config: Config) -> Iterator[int]:
    for address in (config.web.listen, config.bounces.listen, config.monitoring.metrics_listen):
        if address:
            yield listen_at(address)[1]
