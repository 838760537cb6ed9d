"""The machine's settings: config.toml with the environment over it, checked, and what is derived from both."""

import shlex
from collections.abc import Iterable
from os.path import realpath
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from mailer.config.environment import overlay, retired_variables, set_variables
from mailer.config.inbound import Bounces, Notify
from mailer.config.monitoring import Monitoring
from mailer.config.reading import explain, read_toml
from mailer.config.relays import DomainTable, RelaySettings, RelayTable, Server, Smtp
from mailer.config.retired import without_retired
from mailer.config.sections import BackupTable, Database, DeliveryTable, Dkim, Paths, RetentionTable, Secrets
from mailer.config.web import Web
from mailer.domain.errors import BadInput
from mailer.domain.pacing import RelayLimit
from mailer.gateways.oauth import TokenSource
from mailer.gateways.service_manager import credential
from mailer.gateways.smtp.settings import Mechanism, SmtpSettings

# The ends of the keys that name a file which holds no secret.
_PUBLIC = ("cert_file", "ca_file")


class Config(BaseModel):
    """config.toml, with MAILER_… variables over it. Relative paths are relative to the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    paths: Paths = Paths()
    database: Database = Database()
    backup: BackupTable = BackupTable()
    smtp: Smtp = Smtp()
    relay: tuple[RelayTable, ...] = ()
    domain: tuple[DomainTable, ...] = ()
    delivery: DeliveryTable = DeliveryTable()
    dkim: Dkim = Dkim()
    bounces: Bounces = Bounces()
    notify: Notify = Notify()
    web: Web = Web()
    retention: RetentionTable = RetentionTable()
    monitoring: Monitoring = Monitoring()
    secrets: Secrets = Secrets()
    _file: Path = PrivateAttr(default=Path("config.toml"))
    _retired: tuple[str, ...] = PrivateAttr(default=())

    @property
    def file(self) -> Path:
        """The config.toml that was read."""
        return self._file

    @property
    def retired(self) -> tuple[str, ...]:
        """The keys in the file, and the variables, that have no effect any more."""
        return self._retired

    @property
    def folder(self) -> Path:
        """What every relative path is relative to."""
        return self._file.parent

    def path(self, value: str) -> Path:
        """A path of the settings, made absolute. A bare name may be that of a file which the service manager hands over."""
        return credential(value) or Path(realpath(self.folder / value))

    @property
    def database_url(self) -> str:
        """The URL, from its file when one is named. Raises BadInput when that cannot be read."""
        return self.secret(self.database.url_file, "[database] url_file") or self.database.url

    @property
    def imap_password(self) -> str:
        """The password of the mailbox of reports. Raises BadInput when its file cannot be read."""
        password = self.bounces.imap_password.get_secret_value()
        return password or self.secret(self.bounces.imap_password_file, "[bounces] imap_password_file")

    @property
    def imap_token_source(self) -> TokenSource | None:
        """Where the OAuth token for the mailbox of reports comes from; None if no key names it."""
        file, command = self.bounces.imap_oauth_token_file, self.bounces.imap_oauth_token_command
        return self._token_source("[bounces] imap_", file, command)

    @property
    def relays(self) -> tuple[RelaySettings, ...]:
        """Every relay, one or more, in the order of the file: each [[relay]], or [smtp] where there is none.

        Raises BadInput when a password's file cannot be read.
        """
        if self.relay:
            return tuple(
                self._relay(table, f"[[relay]] {number}", weight=table.weight)
                for number, table in enumerate(self.relay, 1)
            )
        password = self.smtp.password.get_secret_value()
        return (self._relay(self.smtp, "[smtp]", weight=1, password=password),)

    @property
    def relay_names(self) -> frozenset[str]:
        """The names of the relays in the ledger; no password is read."""
        servers: tuple[Server, ...] = self.relay or (self.smtp,)
        return frozenset(map(_name_of, servers))

    def _relay(self, server: Server, section: str, *, weight: int, password: str = "") -> RelaySettings:
        smtp = SmtpSettings(
            host=server.host,
            port=server.port,
            security=server.security,
            username=server.username,
            password=password or self.secret(server.password_file, f"{section} password_file"),
            auth=Mechanism(server.auth) if server.auth else None,
            token_source=self._token_source(f"{section} ", server.oauth_token_file, server.oauth_token_command),
            ehlo_name=server.ehlo_name,
            ca_file=self.path(server.ca_file) if server.ca_file else None,
            timeout_seconds=server.timeout_seconds,
            final_timeout_seconds=server.final_timeout_seconds,
            window=server.window,
            messages_per_connection=server.messages_per_connection,
            section=section,
        )
        limit = RelayLimit(per_minute=server.per_minute, new_relay_per_hour=server.new_relay_per_hour, weight=weight)
        return RelaySettings(name=_name_of(server), connections=server.connections, limit=limit, smtp=smtp)

    def _token_source(self, place: str, file: str, command: str) -> TokenSource | None:
        """Where the OAuth token of keys at this place comes from; None if both are empty."""
        if command:
            words = tuple(shlex.split(command))
            return TokenSource(key=f"{place}oauth_token_command", folder=self.folder, command=words)
        if file:
            return TokenSource(key=f"{place}oauth_token_file", folder=self.folder, file=self.path(file))
        return None

    def named_files(self, *, public: bool = True) -> tuple[str, ...]:
        """What every key `…_file` says, where it names a file; without the `public` ones those that hold a secret."""
        sections = [self.secrets, *(getattr(self, name) for name in type(self).model_fields if name != "secrets")]
        tables = [table for section in sections for table in (section if isinstance(section, tuple) else (section,))]
        keys = [(table, key) for table in tables for key in type(table).model_fields if key.endswith("_file")]
        named = [getattr(table, key) for table, key in keys if public or not key.endswith(_PUBLIC)]
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def private_files(self) -> tuple[Path, ...]:
        """The settings and every file named in them that holds a secret, but for those that the service manager guards.

        What it hands over it makes anew at each start, with rights of its own kind (an access list shows as a group's).
        """
        return (self.file, *(self.path(name) for name in self.named_files(public=False) if credential(name) is None))

    @property
    def read_at_the_start(self) -> tuple[Path, ...]:
        """The files that a process reads only once, besides schedules/: another one may find others there."""
        servers: tuple[Server, ...] = self.relay or (self.smtp,)
        named = [self.secrets.key_file, self.database.url_file, self.dkim.key_file, self.dkim.ed25519_key_file]
        return (
            self.file,
            *(self.path(name) for name in [*named, *(server.password_file for server in servers)] if name),
        )

    def secret(self, name: str, key: str) -> str:
        """The content of a …_file, without a byte order mark and the line's end; empty when no file is named."""
        if not name:
            return ""
        try:
            return self.path(name).read_text(encoding="utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{self.file}: {key}: {self.path(name)} cannot be read: {error}") from error


def load_config(file: Path) -> Config:
    """The settings of this installation. Raises BadInput naming the file or variable, the key, and what is allowed."""
    file = file.resolve()
    tables, retired = without_retired(read_toml(file))
    _refuse_passwords(file, tables)
    variables = set_variables(Config)
    try:
        config = Config(**overlay(tables, variables, Config))
    except ValidationError as error:
        raise explain(error, file, Config, variables) from error
    if config.relay:
        _refuse_smtp_beside_relays(
            file, "smtp" in tables, [name for (section, _), name in variables.items() if section == "smtp"]
        )
    _refuse_duplicates(file, "relay", [_name_of(table) for table in config.relay])
    _refuse_duplicates(file, "domain", [table.name for table in config.domain])
    config._file = file  # noqa: SLF001  (its own private attributes; the model is frozen)
    config._retired = (*retired, *retired_variables())  # noqa: SLF001
    return config


def _name_of(server: Server) -> str:
    """A relay's name in the ledger and the log: its own, else its host's."""
    name = server.name if isinstance(server, RelayTable) else ""
    return name or server.host.lower()


def _refuse_passwords(file: Path, tables: dict[str, Any]) -> None:
    smtp, relays = tables.get("smtp"), tables.get("relay")
    places = [("[smtp]", smtp)]
    places += [
        (f"[[relay]] {number}", relay) for number, relay in enumerate(relays if isinstance(relays, list) else [], 1)
    ]
    places += [("[bounces]", tables.get("bounces"))]
    for place, table in places:
        for key in ("password", "imap_password"):
            if isinstance(table, dict) and key in table:
                raise BadInput(f"{file}: {place} {key}: a secret does not belong here; name a file in {key}_file")


def _refuse_smtp_beside_relays(file: Path, section: bool, variables: list[str]) -> None:
    """Refuse [smtp], in the file or in variables, beside [[relay]]."""
    if section:
        raise BadInput(f"{file}: [smtp] stands beside [[relay]]; name the relay in one place: make it a [[relay]] too")
    if variables:
        raise BadInput(
            f"the environment variable {variables[0]} is for [smtp], but {file} names its relays in [[relay]]"
        )


def _refuse_duplicates(file: Path, table: str, names: Iterable[str]) -> None:
    first: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if first.setdefault(name, number) != number:
            raise BadInput(
                f"{file}: [[{table}]] {number} name: found {name!r}, as in [[{table}]] {first[name]}; each needs its own"
            )
