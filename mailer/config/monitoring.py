"""The table [monitoring]: where a monitor reads figures."""

from typing import Annotated

from pydantic import AfterValidator

from mailer.config.hosts import listen_at, listen_or_none
from mailer.config.sections import ConfigTable
from mailer.domain.address import is_loopback


def _loopback(value: str) -> str:
    listen_or_none(value)
    if value and not is_loopback(listen_at(value)[0]):
        raise ValueError('allowed: a loopback address and a port, such as "127.0.0.1:9464"; a proxy may pass it on')
    return value


class Monitoring(ConfigTable):
    """How a monitor learns how the service is. As shipped nothing is told to anybody."""

    metrics_listen: Annotated[str, AfterValidator(_loopback)] = ""
