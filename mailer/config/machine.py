"""The machine's settings: where things are, the database, the relay, how deliveries are tried, the key."""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from mailer.config.reading import Number, Whole, explain, read_toml
from mailer.domain.address import is_loopback
from mailer.domain.errors import BadInput

PREFIX = "MAILER_"
# MAILER_CONFIG names the file itself; it is no setting.
NOT_SETTINGS = frozenset({"MAILER_CONFIG"})


class Section(BaseModel):
    """A table of config.toml: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paths(Section):
    """Where the templates and the schedules are."""

    templates: str = "templates"
    schedules: str = "schedules"


class Database(Section):
    """Which database; a URL that holds a password stands in a file of its own."""

    url: str = "sqlite:///mailer.db"
    url_file: str = ""


class Smtp(Section):
    """The relay. `password` comes from the environment only, never from config.toml."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: Whole = Field(default=25, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    password_file: str = ""
    ca_file: str = ""
    connections: Whole = Field(default=4, ge=1, le=100)
    per_minute: Whole = Field(default=0, ge=0)
    timeout_seconds: Number = Field(default=60, gt=0)

    @model_validator(mode="after")
    def _plain_only_at_home(self) -> "Smtp":
        if self.security == "none" and not is_loopback(self.host):
            raise ValueError('security = "none" is only for a loopback host; use "starttls" or "tls"')
        return self


class Delivery(Section):
    """How long and how often a copy is tried, and what becomes of an uncertain one."""

    give_up_after_hours: Number = Field(default=48, gt=0)
    on_unknown: Literal["ask", "resend"] = "ask"
    retry_minutes: Number = Field(default=5, gt=0)


class Secrets(Section):
    """The key that signs Message-IDs."""

    key_file: str = "mailer.key"


class _Environment(EnvSettingsSource):
    """The MAILER_… variables. They are text, so what must be a number is read as one here."""

    def __call__(self) -> dict[str, Any]:
        found = super().__call__()
        for section, values in found.items():
            model = Config.model_fields[section].annotation
            assert isinstance(model, type)
            assert issubclass(model, Section)
            for key, value in values.items():
                if key in model.model_fields:
                    values[key] = _read(value, model.model_fields[key].annotation)
        return found


def _read(value: Any, wanted: Any) -> Any:
    try:
        return wanted(value) if wanted in {int, float} else value
    except (TypeError, ValueError):
        return value  # the check that follows says what is allowed


class Config(BaseSettings):
    """config.toml, with MAILER_… variables over it. Relative paths are relative to the file."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, case_sensitive=False
    )

    paths: Paths = Paths()
    database: Database = Database()
    smtp: Smtp = Smtp()
    delivery: Delivery = Delivery()
    secrets: Secrets = Secrets()
    _file: Path = PrivateAttr(default=Path("config.toml"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment over the file, and nothing else: no .env is read."""
        del env_settings, dotenv_settings, file_secret_settings
        return _Environment(settings_cls), init_settings

    @property
    def file(self) -> Path:
        """The config.toml that was read."""
        return self._file

    @property
    def folder(self) -> Path:
        """What every relative path is relative to."""
        return self._file.parent

    def path(self, value: str) -> Path:
        """A path of the settings, made absolute."""
        return (self.folder / value).resolve()

    @property
    def database_url(self) -> str:
        """The URL, from its file when one is named. Raises BadInput when that cannot be read."""
        return self.secret(self.database.url_file, "[database] url_file") or self.database.url

    @property
    def smtp_password(self) -> str:
        """The relay's password, from the environment or from its file; empty without one."""
        return self.smtp.password.get_secret_value() or self.secret(self.smtp.password_file, "[smtp] password_file")

    def secret(self, name: str, key: str) -> str:
        """The content of a …_file, without the line's end; empty when no file is named."""
        if not name:
            return ""
        try:
            return self.path(name).read_text().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{self.file}: {key}: {self.path(name)} cannot be read: {error}") from error


def load_config(file: Path) -> Config:
    """The settings of this installation. Raises BadInput naming the file or variable, the key, and what is allowed."""
    file = file.resolve()
    tables = read_toml(file)
    if isinstance(tables.get("smtp"), dict) and "password" in tables["smtp"]:
        raise BadInput(f"{file}: [smtp] password: a secret does not belong here; name a file in password_file")
    variables = _variables()
    try:
        config = Config(**tables)
    except ValidationError as error:
        raise explain(error, file, Config, variables) from error
    except ValueError as error:  # what pydantic-settings makes of a variable it cannot read
        raise BadInput(f"a {PREFIX}… variable cannot be read: {error}") from error
    config._file = file  # noqa: SLF001  (its own private attribute; the model is frozen)
    return config


def _variables() -> dict[tuple[str, ...], str]:
    """The MAILER_… variables that are set, by section and key. Raises BadInput naming one that is no setting."""
    found: dict[tuple[str, ...], str] = {}
    for name in sorted(os.environ):
        if not name.upper().startswith(PREFIX) or name.upper() in NOT_SETTINGS:
            continue
        section, separator, key = name.lower().removeprefix(PREFIX.lower()).partition("__")
        if section not in Config.model_fields or not separator:
            allowed = ", ".join(f"{PREFIX}{known.upper()}__…" for known in sorted(Config.model_fields))
            raise BadInput(f"the environment variable {name} is not a setting; allowed: MAILER_CONFIG, {allowed}")
        found[section, key] = name
    return found
