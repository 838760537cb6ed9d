"""The tables of config.toml about reports of failed copies, and about the letters to secretary and operator."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from mailer.config.hosts import listen_at, listen_or_none
from mailer.config.reading import CommandLine, Days, Interval, default_text
from mailer.config.sections import ConfigTable, DomainOrNone
from mailer.domain.address import is_loopback
from mailer.domain.errors import BadInput
from mailer.formats.address import parse


def _imap(value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme == "imaps" and parts.hostname and parts.username and (parts.port or 993)
    except ValueError:  # the port is no number
        whole = None
    if value and (not whole or parts.password or parts.query or parts.fragment):
        raise ValueError('allowed: "imaps://USER@HOST/FOLDER", with a port behind the host if need be, no password')
    return value


def _address_or_none(value: str) -> str:
    if value:
        try:
            parse(value)
        except BadInput as error:
            raise ValueError(str(error)) from error
    return value


class Bounces(ConfigTable):
    """The return-path domain, the ways in of reports, and how long reports are kept."""

    # Some keys need each other, so defaults are checked too.
    model_config = ConfigDict(validate_default=True)

    return_path_domain: DomainOrNone = ""
    listen_cert_file: str = ""
    listen_key_file: str = ""
    listen: Annotated[str, AfterValidator(listen_or_none)] = ""
    imap_url: Annotated[str, AfterValidator(_imap)] = ""
    imap_password_file: str = ""
    # From the environment only, never from config.toml.
    imap_password: SecretStr = SecretStr("")
    imap_oauth_token_file: str = ""
    imap_oauth_token_command: CommandLine = ""
    imap_ca_file: str = ""
    maildir: str = ""
    every: Interval = default_text("5 min")
    keep_days: Days = Field(default=180, ge=1)

    @field_validator("listen_key_file")
    @classmethod
    def _both_or_neither(cls, value: str, others: ValidationInfo) -> str:
        if "listen_cert_file" in others.data and bool(others.data["listen_cert_file"]) != bool(value):
            raise ValueError("listen_cert_file and listen_key_file come together")
        return value

    @field_validator("imap_oauth_token_command")
    @classmethod
    def _one_source_of_tokens(cls, value: str, others: ValidationInfo) -> str:
        if value and others.data.get("imap_oauth_token_file"):
            raise ValueError("the token comes from imap_oauth_token_file already: name one of them")
        return value

    @field_validator("listen")
    @classmethod
    def _encrypted_or_loopback(cls, value: str, others: ValidationInfo) -> str:
        if value and not is_loopback(listen_at(value)[0]) and not others.data.get("listen_cert_file"):
            raise ValueError("without listen_cert_file only a loopback address is allowed, such as 127.0.0.1:2525")
        return value


class Notify(ConfigTable):
    """The addresses for letters, and their language: digests and tasks to the secretary, alarms to the operator."""

    secretary: Annotated[str, AfterValidator(_address_or_none)] = ""
    operator: Annotated[str, AfterValidator(_address_or_none)] = ""
    language: Literal["en", "ru"] = "en"
