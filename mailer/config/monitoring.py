"""The table [monitoring]: where a monitor reads figures, which address is told that all is well, and how the log is written."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator

from mailer.config.hosts import listen_at, listen_or_none
from mailer.config.sections import ConfigTable
from mailer.domain.address import is_loopback


def _loopback(value: str) -> str:
    listen_or_none(value)
    if value and not is_loopback(listen_at(value)[0]):
        raise ValueError('allowed: a loopback address and a port, such as "127.0.0.1:9464"; a proxy may pass it on')
    return value


def _https(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_right = not value or (parts.scheme == "https" and bool(parts.hostname) and parts.port != 0)
    except ValueError:  # the port is no number, or a bracket is open
        is_right = False
    if not is_right or any(character.isspace() or not character.isprintable() for character in value):
        raise ValueError('allowed: an address that begins with "https://"')
    return value


class Monitoring(ConfigTable):
    """How a machine, and a person who sleeps, learn how the service is. As shipped nothing is told to anybody."""

    metrics_listen: Annotated[str, AfterValidator(_loopback)] = ""
    ping_url: Annotated[str, AfterValidator(_https)] = ""
    log_format: Literal["text", "json"] = "text"
