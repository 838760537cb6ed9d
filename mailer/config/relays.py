"""The relays that take the messages, and the limits for the domains of the recipients."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from mailer.config.hosts import EhloHostName, HostName
from mailer.config.reading import CommandLine, Number, Whole, slug
from mailer.config.sections import ConfigTable, DomainName
from mailer.domain.address import is_loopback
from mailer.domain.errors import BadInput
from mailer.domain.families import family_of
from mailer.domain.pacing import FamilyLimit, RelayLimit
from mailer.gateways.smtp.settings import Security, SmtpSettings


def _slug_or_none(value: str) -> str:
    return slug(value) if value else value


class Server(ConfigTable):
    """The keys that [smtp] and [[relay]] share."""

    host: HostName = "127.0.0.1"
    port: Whole = Field(default=25, ge=1, le=65535)
    security: Security = Security.STARTTLS
    username: str = ""
    password_file: str = ""
    auth: Literal["", "plain", "login", "xoauth2"] = ""
    oauth_token_file: str = ""
    oauth_token_command: CommandLine = ""
    ehlo_name: EhloHostName = ""
    ca_file: str = ""
    connections: Whole = Field(default=4, ge=1, le=100)
    messages_per_connection: Whole = Field(default=0, ge=0)
    window: Whole = Field(default=4, ge=1, le=20)
    per_minute: Whole = Field(default=0, ge=0)
    new_relay_per_hour: Whole = Field(default=0, ge=0)
    timeout_seconds: Number = Field(default=60, gt=0)
    final_timeout_seconds: Number = Field(default=600, gt=0)

    @model_validator(mode="after")
    def _encrypted_or_loopback(self) -> "Server":
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError('security = "none" is only for a loopback host; use "starttls" or "tls"')
        return self

    @model_validator(mode="after")
    def _login_is_whole(self) -> "Server":
        has_token = bool(self.oauth_token_file or self.oauth_token_command)
        if self.oauth_token_file and self.oauth_token_command:
            raise ValueError("the token comes from oauth_token_file or from oauth_token_command: name one of them")
        if self.auth == "xoauth2" and not has_token:
            raise ValueError('auth = "xoauth2" needs oauth_token_file or oauth_token_command')
        if self.auth in {"plain", "login"} and has_token:
            raise ValueError(f'auth = "{self.auth}" takes no token: leave auth empty, or remove the oauth_token_… key')
        if (self.auth or has_token) and not self.username:
            raise ValueError("a login needs a username")
        return self


class Smtp(Server):
    """The one relay. `password` comes from the environment only, never from config.toml."""

    password: SecretStr = SecretStr("")


class RelayTable(Server):
    """One relay of several."""

    name: Annotated[str, AfterValidator(_slug_or_none)] = ""
    weight: Whole = Field(default=1, ge=0)


class DomainTable(ConfigTable):
    """The limits for the provider that serves a domain of recipients. 0 is no limit."""

    name: DomainName
    per_minute: Whole = Field(default=0, ge=0)
    connections: Whole = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelaySettings:
    """A relay of the settings: its name in the ledger, its limit, and all that is needed to connect to it."""

    name: str
    connections: int
    limit: RelayLimit
    smtp: SmtpSettings


def provider_limits(file: Path, tables: Iterable[DomainTable]) -> dict[str, FamilyLimit]:
    """The limits of [[domain]] by provider. Raises BadInput where two tables are about one provider's domains."""
    names: dict[str, str] = {}
    limits = {}
    for table in tables:
        family = family_of(table.name)
        if names.setdefault(family, table.name) != table.name:
            raise BadInput(f"{file}: [[domain]] {names[family]} and {table.name} are one provider's: limit one of them")
        limits[family] = FamilyLimit(per_minute=table.per_minute, connections=table.connections)
    return limits
