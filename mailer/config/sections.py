"""The plain tables of config.toml: where things are, the database, how copies are tried, who signs, the key."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from mailer.config.reading import Days, Number, Whole
from mailer.domain.errors import BadInput
from mailer.formats.address import parse

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"


def _domain(value: str) -> str:
    try:
        return parse(f"postmaster@{value}").domain
    except BadInput:
        raise ValueError('allowed: a domain such as "club.example"') from None


def _domain_or_none(value: str) -> str:
    return _domain(value) if value else value


def _selector(value: str) -> str:
    if value and not re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", value):
        raise ValueError("allowed: letters, digits, hyphens and dots, as in a domain")  # RFC 6376 §3.1
    return value


# A domain as lower-case A-labels, as the addresses of the register have it.
DomainName = Annotated[str, AfterValidator(_domain)]
DomainOrNone = Annotated[str, AfterValidator(_domain_or_none)]
Selector = Annotated[str, AfterValidator(_selector)]


class ConfigTable(BaseModel):
    """A table of config.toml: unknown keys are errors, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("allowed: a text without the character U+0000, which no name of a file or host may have")
        return value


class Paths(ConfigTable):
    """Where the templates and the schedules are."""

    templates: str = "templates"
    schedules: str = "schedules"


class Database(ConfigTable):
    """Which database; a URL that holds a password stands in a file of its own."""

    url: str = "sqlite:///mailer.db"
    url_file: str = ""


class BackupTable(ConfigTable):
    """Where the daemon puts a backup each night, and how many of them stay. Without a folder it makes none."""

    folder: str = "backups"
    keep: Whole = Field(default=14, ge=1)


class RetentionTable(ConfigTable):
    """For how many days what is kept about people is kept; `[bounces] keep_days` says it of mails that came back."""

    letters: Days = Field(default=365, ge=1)
    attempts: Days = Field(default=365, ge=30)
    sessions: Days = Field(default=30, ge=7)
    wishes: Days = Field(default=365, ge=30)


class DeliveryTable(ConfigTable):
    """How long and how often a copy is tried, what becomes of an uncertain one, and how many processes send."""

    give_up_after_hours: Number = Field(default=48, gt=0)
    on_unknown: Literal["ask", "resend"] = "ask"
    retry_minutes: Number = Field(default=5, gt=0)
    processes: Whole = Field(default=1, ge=1, le=16)


class Dkim(ConfigTable):
    """What signs the copies (RFC 6376). Without a domain nothing is signed here."""

    # Some keys need each other, so defaults are checked too.
    model_config = ConfigDict(validate_default=True)

    domain: DomainOrNone = ""
    selector: Selector = ""
    key_file: str = ""
    ed25519_selector: Selector = ""
    ed25519_key_file: str = ""

    @field_validator("selector", "key_file")
    @classmethod
    def _with_a_domain(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("domain") and not value:
            raise ValueError("[dkim] domain needs it")
        return value

    @field_validator("ed25519_selector")
    @classmethod
    def _differs_from_selector(cls, value: str, others: ValidationInfo) -> str:
        # One name has one key record (RFC 6376 §3.6.2.2).
        if value and value.lower() == others.data.get("selector", "").lower():
            raise ValueError("each key needs a selector of its own")
        return value

    @field_validator("ed25519_key_file")
    @classmethod
    def _both_or_neither(cls, value: str, others: ValidationInfo) -> str:
        if "ed25519_selector" in others.data and bool(others.data["ed25519_selector"]) != bool(value):
            raise ValueError("ed25519_selector and ed25519_key_file come together")
        return value


class Secrets(ConfigTable):
    """The key that signs Message-IDs."""

    key_file: str = "mailer.key"
